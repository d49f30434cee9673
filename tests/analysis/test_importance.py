"""Which parameters matter."""

from __future__ import annotations

import numpy as np

from hpsearch.analysis.importance import importance
from hpsearch.core.trial import Config, as_number
from hpsearch.engine.run import Run
from tests.analysis.constructed import done, run_of

SPACE = {
    "lr": {"scale": "log", "low": 1e-4, "high": 1},
    "idle": {"scale": "linear", "low": 0, "high": 1},
    "activation": {"choices": ["relu", "tanh"]},
}


def a_run(count: int, noise: float = 0.0, decisive: float = 0.2) -> Run:
    rng = np.random.default_rng(0)
    configs: list[Config] = [
        {"lr": float(10 ** (4 * u - 4)), "idle": float(v), "activation": "relu" if w < 0.5 else "tanh"}
        for u, v, w in rng.random((count, 3))
    ]
    scores = [
        0.9
        - decisive * (np.log10(as_number(config["lr"])) + 2) ** 2
        - 0.1 * (config["activation"] == "relu")
        + noise * rng.standard_normal()
        for config in configs
    ]
    return run_of(SPACE, configs, [done(number, float(score)) for number, score in enumerate(scores)])


def test_what_decides_has_the_largest_share_and_what_does_nothing_none() -> None:
    shares = importance(a_run(60, noise=0.01))
    assert shares[0].name == "lr"
    of = {share.name: share for share in shares}
    assert of["lr"].mean > 0.6
    assert of["idle"].mean < 0.05
    assert all(share.low <= share.mean <= share.high for share in shares)
    assert sum(share.mean for share in shares) < 1.1


def test_what_decides_is_told_from_all_trials_and_not_from_the_best() -> None:
    """Among the best hundred of thousands all have a fair learning rate, and what is left decides."""
    of = {share.name: share for share in importance(a_run(3_000, noise=0.02))}
    assert next(iter(of)) == "lr"
    assert of["lr"].low <= _true_share_of_lr() <= of["lr"].high


def _true_share_of_lr() -> float:
    """Of the variance of the losses, of which those beyond the median count by their logarithm."""
    units = (np.arange(2_000)[:, None] + 0.5) / 2_000
    losses = 0.2 * (4 * units - 2) ** 2 + [0.1, 0]
    seen = losses / np.median(losses)
    seen = np.where(seen > 1, 1 + 0.5 * np.log(np.maximum(seen, 1)), seen)
    return float(seen.mean(axis=1).var() / seen.var())


def test_too_few_trials_tell_nothing() -> None:
    assert importance(a_run(5)) == []
    assert importance(a_run(40, noise=1.0, decisive=0.01)) == []
    assert importance(run_of(SPACE, [{"lr": 0.1, "idle": 0.5, "activation": "relu"}], [])) == []
