"""Which parameters matter."""

from __future__ import annotations

import numpy as np

from hpsearch.analysis.importance import importance
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Standing, Trial
from hpsearch.space import Choice, Linear, Log, Real, Space

SPACE = Space([Real("lr", Log(1e-4, 1)), Real("idle", Linear(0, 1)), Choice("activation", ("relu", "tanh"))])
ACCURACY = Metric("val_acc", "maximize")


def standings(count: int, epochs: int = 9) -> list[Standing]:
    rng = np.random.default_rng(0)
    configs = SPACE.decode(rng.random((count, 3)))
    values = [
        0.9 - 0.2 * (np.log10(float(c["lr"])) + 2) ** 2 - 0.1 * (c["activation"] == "relu") for c in configs
    ]
    order = np.argsort(values)[::-1]
    return [
        Standing(rank, Trial(int(n), 0, configs[n], 0), epochs, "done", {"val_acc": values[n]})
        for rank, n in enumerate(order, start=1)
    ]


def test_what_decides_has_the_largest_share_and_what_does_nothing_none() -> None:
    shares = importance(standings(60), SPACE, ACCURACY)
    assert next(iter(shares)) == "lr"
    assert shares["lr"] > 0.6
    assert shares["idle"] < 0.05 < shares["activation"] + 0.05
    assert sum(shares.values()) < 1.1


def test_too_few_trials_tell_nothing() -> None:
    assert importance(standings(5), SPACE, ACCURACY) == {}
    assert importance([], SPACE, ACCURACY) == {}
