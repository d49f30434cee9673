"""Whether the metric is said to get worse with more epochs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import comb
from typing import Any

import pytest

from hpsearch.analysis import rank_sums
from hpsearch.analysis.rank_sums import chance_of_rank_sum, chance_of_signs
from hpsearch.analysis.verdicts.worsening import worsening
from hpsearch.core.trial import Result
from hpsearch.core.verdict import Verdict
from tests.analysis.runs import a_run

RUNGS = (1, 3, 9, 27)


def said(losses: Sequence[tuple[float, ...]], **search: Any) -> Verdict | None:
    """What is said of trials with these losses at the rungs, each as far as it was trained."""
    run = a_run([0.0] * len(losses), epochs=27, metric="loss", **search)
    results = [
        Result(number, epochs, "done", {"loss": loss})
        for number, of_one in enumerate(losses)
        for epochs, loss in zip(RUNGS, of_one, strict=False)
    ]
    return worsening(replace(run, results=results))


def of_curves(curves: list[list[float]]) -> Verdict | None:
    """What is said of trials that were trained in full, with these curves."""
    readings = [curve[-1] for curve in curves]
    told = {number: [curve] for number, curve in enumerate(curves)}
    return worsening(a_run(readings, epochs=len(curves[0]), metric="loss", curves=told))


#: Twelve trials at the first rung, of which five were trained on to the last.
WORSE = [(0.1 * n, 0.1 * n + 0.02, 0.1 * n + 2, 0.1 * n + 5) for n in range(5)] + [
    (0.1 * n,) for n in range(5, 12)
]


def test_the_epoch_is_said_with_the_counts_and_what_to_do() -> None:
    verdict = said(WORSE)
    assert verdict is not None
    assert verdict.text == (
        "loss was best at epoch 1 in 5 of 5 trials that were trained for 9 epochs or more: fewer epochs, or "
        "search.value: best; those trained for longer rank first"
    )
    assert verdict.command == "hpsearch refine run --set search.value=best"


def test_what_may_be_chance_is_said_as_what_follows_for_the_ranking() -> None:
    lucky = [(0.0, 0.3), (0.1, 0.4), (0.5,), (0.6,), (0.7,)]
    verdict = said(lucky)
    assert verdict is not None
    assert "perhaps by chance" in verdict.text
    assert not verdict.command


@pytest.mark.parametrize(
    "losses",
    [
        [tuple(reversed(of_one)) for of_one in WORSE],
        [(0.1 * n,) for n in range(12)],
        [(0.1, 0.2), *((0.1 * n,) for n in range(11))],
    ],
    ids=["improves", "one rung", "one trial"],
)
def test_nothing_is_said_of_what_does_not_worsen(losses: Sequence[tuple[float, ...]]) -> None:
    assert said(losses) is None


def test_nothing_is_said_where_the_best_epoch_ranks() -> None:
    assert said(WORSE, value="best") is None


def test_curves_in_one_go_tell_it_of_trials_that_lie_far_apart() -> None:
    turning = [[10.0 * n + abs(epoch - 3) for epoch in range(1, 10)] for n in range(8)]
    verdict = of_curves(turning)
    assert verdict is not None
    assert verdict.text == (
        "loss was best by epoch 3 in 8 of 8 trials that were trained for 9 epochs: fewer epochs, or "
        "search.value: best"
    )
    assert of_curves(turning[:5]) is None
    assert of_curves([[-loss for loss in curve] for curve in turning]) is None


def test_early_stopping_is_named_where_there_is_such_a_thing() -> None:
    run = a_run([0.0] * len(WORSE), epochs=27, metric="loss")
    results = [
        Result(number, epochs, "done", {"loss": loss})
        for number, of_one in enumerate(WORSE)
        for epochs, loss in zip(RUNGS, of_one, strict=False)
    ]

    class Stopping(type(run.spec.objective)):  # type: ignore[misc]
        @property
        def values(self) -> dict[str, object]:
            return {"early_stopping": 0}

    objective = Stopping.model_construct(**dict(run.spec.objective))
    verdict = worsening(
        replace(run, spec=run.spec.model_copy(update={"objective": objective}), results=results)
    )
    assert verdict is not None
    assert ": fewer epochs, early_stopping, or search.value: best;" in verdict.text


@pytest.mark.parametrize(("n", "m"), [(1, 4), (2, 3), (3, 2), (3, 7), (4, 4)])
def test_the_chance_of_a_rank_sum_is_that_of_all_orders(n: int, m: int) -> None:
    draws = random.Random(n)
    for _ in range(5):
        drawn = [draws.random() for _ in range(n + m)]
        orders = [sum(a > b for a in one for b in set(drawn) - set(one)) for one in combinations(drawn, n)]
        seen = orders[0]
        expected = sum(above >= seen for above in orders) / comb(n + m, n)
        assert chance_of_rank_sum(drawn[:n], drawn[n:]) == pytest.approx(expected)


def test_of_many_the_normal_distribution_says_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = random.Random(0)
    values, others = [draws.random() + 0.2 for _ in range(9)], [draws.random() for _ in range(30)]
    nearly, signs = chance_of_rank_sum(values, others), chance_of_signs(40, 21)
    monkeypatch.setattr(rank_sums, "_MANY", 100)
    monkeypatch.setattr(rank_sums, "_SIGNS", 100)
    assert chance_of_rank_sum(values, others) == pytest.approx(nearly, rel=0.05)
    assert chance_of_signs(40, 21) == pytest.approx(signs, rel=0.05)


def test_without_anything_to_compare_all_is_chance() -> None:
    assert chance_of_signs(0, 0) == chance_of_rank_sum([], [0.1]) == chance_of_rank_sum([0.1], []) == 1
