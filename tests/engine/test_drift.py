"""Whether a metric gets worse with more epochs, told by the longest trainings that tell it."""

from __future__ import annotations

import math
import random

import pytest

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Result
from hpsearch.engine.drift import Drift

LOSS = Metric("loss", "minimize")


def read(trial: int, *losses: float) -> list[Result]:
    """A trial's losses after 1, 3, 9 epochs."""
    return [
        Result(trial, epochs, "done", {"loss": loss}) for epochs, loss in zip((1, 3, 9), losses, strict=False)
    ]


@pytest.mark.parametrize(
    ("trials", "worsens"),
    [
        ([], False),
        ([(0.1,), (0.2,)], False),
        ([(0.1, 0.2)], False),
        ([(0.1, 0.2), (0.2, 0.3)], True),
        ([(0.1, 0.2), (0.2, 0.3), (0.3, 0.2)], False),
        ([(0.3, 0.2, 0.4), (0.3, 0.2, 0.5), (0.4, 0.3), (0.5, 0.3), (0.5, 0.4)], True),  # the longest tell
        ([(0.1, 0.3, 0.2), (0.1, 0.4, 0.2), (0.1, 0.3), (0.2, 0.4)], False),
        ([(0.1, 0.3, 0.4), (0.1, 0.3)], True),  # one of the longest, and all that are shorter
        ([(0.1, 0.1), (0.2, 0.2)], False),
        ([(0.2, 0.1), (0.3, 0.9), (0.3, 0.8), (0.4, 0.7)], False),  # the best gained by it
        (
            [(0.2, 0.25), (0.5, 0.1), (0.3, 0.8), (0.3, 0.9), (0.4, 0.7)],
            False,
        ),  # and whoever is the best by then
        ([(0.1, math.nan), (0.1, math.inf)], False),
    ],
)
def test_the_longest_trainings_tell_it(trials: list[tuple[float, ...]], worsens: bool) -> None:
    results = [result for number, losses in enumerate(trials) for result in read(number, *losses)]
    random.Random(0).shuffle(results)
    assert Drift.of(results, LOSS).worsens == worsens


def test_other_seeds_and_what_did_not_end_well_tell_nothing() -> None:
    again = [Result(n, 9, "done", {"loss": 0.9}, replicate=1) for n in range(3)]
    lost = [Result(n, 3, "diverged") for n in range(3)]
    results = [result for n in range(3) for result in read(n, 0.1)]
    assert not Drift.of([*results, *again, *lost], LOSS).worsens
