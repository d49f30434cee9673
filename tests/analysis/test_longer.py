"""Whether longer training is said to pay."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hpsearch.analysis.extrapolation import Curve
from hpsearch.analysis.verdicts.longer import longer
from hpsearch.engine.run import Run
from tests.analysis.runs import a_run

EPOCHS = 27


def curved(curve: list[float], *, other: list[float] | None = None, **config: object) -> Run:
    curves = [curve] if other is None else [curve, other]
    readings = [curve[-1]] if other is None else [curve[-1], other[-1]]
    return a_run([readings, 0.1], epochs=EPOCHS, metric="score", curves={0: curves})


def noisy(values: list[float], seed: int = 0, noise: float = 0.005) -> list[float]:
    return [
        value + noise * draw
        for value, draw in zip(
            values, np.random.default_rng(seed).standard_normal(len(values)).tolist(), strict=True
        )
    ]


RISING = [0.9 - 0.5 / math.sqrt(epoch) for epoch in range(1, EPOCHS + 1)]
AT_REST = [0.9 - 0.5 * math.exp(-epoch / 2) for epoch in range(1, EPOCHS + 1)]
WORSE = [0.9 - 0.5 * math.exp(-epoch / 3) - 0.005 * max(0, epoch - 10) for epoch in range(1, EPOCHS + 1)]


def test_it_pays_while_the_curve_rises_with_the_command_that_trains_longer() -> None:
    verdict = longer(curved(noisy(RISING, noise=0.002)))
    assert verdict is not None
    assert verdict.text.startswith(
        "longer training would pay: the score of the best still improves at its end"
    )
    assert "81 epochs instead of 27" in verdict.text
    assert verdict.command == "hpsearch refine run --set objective.epochs=81"


@pytest.mark.parametrize("curve", [AT_REST, WORSE, [0.5] * EPOCHS], ids=["at rest", "worse", "flat"])
def test_nothing_is_said_of_curves_at_rest_and_of_those_that_worsen(curve: list[float]) -> None:
    assert longer(curved(noisy(curve))) is None


def test_nothing_is_said_without_a_curve_or_of_a_short_one() -> None:
    assert longer(a_run([0.5, 0.1], epochs=EPOCHS)) is None
    short = a_run([0.5, 0.1], epochs=9, curves={0: [RISING[:9]]}, metric="val_acc")
    assert longer(short) is None


def test_the_gain_of_a_share_ends_at_one() -> None:
    high = [0.99 - 0.3 * 0.98**epoch for epoch in range(1, EPOCHS + 1)]
    verdict = longer(
        a_run([high[-1], 0.1], epochs=EPOCHS, curves={0: [[min(1, v) for v in noisy(high, noise=0.001)]]})
    )
    assert verdict is not None
    upper = float(verdict.text.split(" to gain")[0].rsplit(" ", 1)[1])
    assert upper <= 1 - high[-1] + 0.005


def test_the_noise_is_that_of_one_seed() -> None:
    one, mean = (
        Curve(
            np.arange(1.0, 201.0), -np.array(noisy([0.5] * 200, seed=4, noise=0.02 / math.sqrt(seeds))), seeds
        )
        for seeds in (1, 4)
    )
    assert one.noise == pytest.approx(0.02, rel=0.2)
    assert mean.noise == pytest.approx(0.02, rel=0.2)


def test_what_a_curve_leaves_open_covers_where_it_goes() -> None:
    covered = 0
    for seed in range(8):
        curve = Curve(np.arange(7.0, 28.0), -np.array(noisy(RISING, seed=seed)[6:]))
        low, high = np.quantile(curve.gains(3, np.random.default_rng(seed)), (0.01, 0.99))
        covered += low <= 0.5 / math.sqrt(27) - 0.5 / math.sqrt(81) <= high
    assert covered >= 6
