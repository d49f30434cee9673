"""`search.value: best`: which epoch of a trial counts, from rung to rung."""

from __future__ import annotations

import math
import random

import pytest

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.engine.best_epochs import all_counted, counted
from hpsearch.engine.history import History
from hpsearch.engine.ranking import rank
from hpsearch.space import Linear, Real, Space

BEST, LAST = Metric("loss", "minimize", "best"), Metric("loss", "minimize")


def trained(epochs: int, *losses: float, trial: int = 0, replicate: int = 0) -> Result:
    """A training that ended after so many epochs, with the losses of its last ones; `acc` mirrors them."""
    curve = {"loss": list(losses), "acc": [1 - loss for loss in losses]}
    metrics = {name: values[-1] for name, values in curve.items()}
    return Result(trial, epochs, "done", metrics, curve, replicate=replicate)


@pytest.mark.parametrize(
    ("losses", "epoch", "loss"),
    [
        ([0.5, 0.3, 0.4], 2, 0.3),
        ([0.5, 0.3, 0.3], 2, 0.3),
        ([0.5, 0.4, 0.3], 3, 0.3),
        ([math.nan, math.inf, 0.3, 0.4], 3, 0.3),
    ],
)
def test_the_best_epoch_counts_with_all_its_metrics(losses: list[float], epoch: int, loss: float) -> None:
    result = counted(trained(len(losses), *losses), None, BEST)
    assert (result.best, result.epoch, dict(result.metrics)) == (
        epoch,
        epoch,
        {"loss": loss, "acc": 1 - loss},
    )
    assert result.at_last == {"loss": losses[-1], "acc": 1 - losses[-1]}
    assert result.curve["loss"] == losses


def test_more_is_better_where_it_is_to_be_maximized() -> None:
    result = counted(trained(3, 0.5, 0.3, 0.4), None, Metric("acc", "maximize", "best"))
    assert (result.best, result.metrics["acc"]) == (2, 0.7)


def test_the_best_of_a_shorter_training_is_remembered() -> None:
    rungs = [trained(1, 0.5), trained(3, 0.2, 0.4), trained(9, 0.6, 0.5, 0.4, 0.3, 0.25, 0.3)]
    again = [trained(9, 0.1, 0.2, replicate=1)]
    random.Random(1).shuffle(rungs)
    found = {
        (r.replicate, r.epochs): (r.best, r.metrics["loss"]) for r in all_counted([*again, *rungs], BEST)
    }
    assert found == {(0, 1): (1, 0.5), (0, 3): (2, 0.2), (0, 9): (2, 0.2), (1, 9): (8, 0.1)}


def test_without_a_curve_the_rungs_are_the_epochs_that_are_known() -> None:
    rungs = [Result(0, epochs, "done", {"loss": loss}) for epochs, loss in ((1, 0.4), (3, 0.3), (9, 0.5))]
    assert [(r.best, r.metrics["loss"]) for r in all_counted(rungs, BEST)] == [(1, 0.4), (3, 0.3), (3, 0.3)]


def test_counting_by_the_last_epoch_takes_it_back() -> None:
    rungs = [trained(1, 0.5), trained(3, 0.2, 0.4), Result(0, 9, "diverged", reason="boom")]
    by_best = all_counted(rungs, BEST)
    assert by_best != rungs
    assert all_counted(by_best, LAST) == rungs
    assert all_counted(by_best, BEST) == by_best


def test_a_history_and_a_ranking_go_by_the_best_epoch() -> None:
    history = History(Space([Real("x", Linear(0, 1))]), BEST)
    trials = [Trial(n, 0, {"x": n / 4}, n) for n in range(3)]
    steps = [
        ([trained(1, 0.5), trained(1, 0.4, trial=1), trained(1, 0.45, trial=2)], 0, 1),
        ([trained(3, 0.3, 0.6), trained(3, 0.7, 0.8, trial=1)], 1, 3),
    ]
    for results, start, epochs in steps:
        history.add_round([Job(trials[result.trial], epochs, start) for result in results])
        for result in results:
            history.add(result)
    assert history.leaders(3) == [0, 1, 2]
    assert [history.losses(3)[n] for n in (0, 1)] == [0.3, 0.4]
    raw = [result for results, _, _ in steps for result in results]
    assert sorted(history.results.values(), key=lambda r: r.key) == sorted(
        all_counted(raw, BEST), key=lambda r: r.key
    )
    standings = rank(trials, history.results.values(), BEST)
    assert [(s.trial.number, s.epochs, s.best, s.value(BEST)) for s in standings] == [
        (0, 3, 2, 0.3),
        (1, 3, 1, 0.4),
        (2, 1, 1, 0.45),
    ]
