from __future__ import annotations

import math

import numpy as np
import pytest

from hpsearch.core.goals import Goal
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.engine.history import History
from hpsearch.space import Choice, Linear, Log, Real, Space

SPACE = Space([Real("lr", Log(1e-4, 1)), Choice("width", (16, 32))])


def trial(number: int) -> Trial:
    return Trial(number, 0, {"lr": 10.0 ** -(number % 5), "width": 16}, seed=number)


def done(job: Job, value: float) -> Result:
    return Result(job.trial.number, job.epochs, "done", {"acc": value}, replicate=job.replicate)


def a_history(count: int, goal: Goal = "minimize") -> tuple[History, list[Job]]:
    history = History(SPACE, Metric("acc", goal))
    jobs = [Job(trial(number), epochs=3) for number in range(count)]
    history.add_round(jobs)
    return history, jobs


def test_a_job_is_pending_until_its_result_comes() -> None:
    history, jobs = a_history(3)
    history.add(done(jobs[1], 0.5))
    assert history.pending() == [jobs[0], jobs[2]]
    assert history.rounds == 1
    assert list(history.results) == [jobs[1].key]


def test_losses_are_nan_before_and_inf_after_failing() -> None:
    history, jobs = a_history(4, goal="maximize")
    history.add(done(jobs[0], 0.75))
    history.add(Result(1, 3, "diverged"))
    history.add(done(jobs[2], math.nan))
    np.testing.assert_array_equal(history.losses(3), [-0.75, math.inf, math.inf, math.nan])
    np.testing.assert_array_equal(history.losses(9), [math.nan] * 4)
    assert history.leaders(4) == [0]


def test_a_trial_counts_by_its_longest_training_whatever_came_first() -> None:
    history, jobs = a_history(1)
    longer = Job(jobs[0].trial, epochs=9, start=3)
    history.add_round([longer])
    history.add(done(longer, 0.2))
    history.add(done(jobs[0], 0.1))
    assert history.lowest() == 0.2
    assert (history.losses(3).tolist(), history.losses(9).tolist()) == ([0.1], [0.2])
    assert history.asked().tolist() == [9]


def test_a_trial_that_fails_when_trained_on_stands_where_it_stood_and_leads_no_more() -> None:
    history, jobs = a_history(2)
    for job, value in zip(jobs, (0.1, 0.5), strict=True):
        history.add(done(job, value))
    history.add_round([Job(jobs[0].trial, epochs=9, start=3)])
    history.add(Result(0, 9, "failed"))
    assert history.lowest() == 0.1
    assert history.leaders(2) == [1]
    assert list(history.waiting(3, 2)) == [1]
    assert list(history.waiting(9, 1)) == []


def test_what_failed_can_be_tried_again() -> None:
    history, jobs = a_history(3)
    for job, value in zip(jobs[:2], (0.1, 0.5), strict=True):
        history.add(done(job, value))
    history.add(Result(2, 3, "crashed"))
    longer = Job(jobs[0].trial, epochs=9, start=3)
    history.add_round([longer])
    history.add(Result(0, 9, "timeout"))
    assert history.retry() == 2
    assert history.pending() == [longer, jobs[2]]
    assert history.failed == 0
    for job, value in ((longer, 0.05), (jobs[2], 0.7)):
        history.add(done(job, value))
    assert history.leaders(3) == [0, 1, 2]
    assert history.retry() == 0


def test_what_fails_again_is_one_failure_also_where_others_are_awaited_before_it() -> None:
    history, jobs = a_history(2)
    for _ in range(2):
        history.add(Result(1, 3, "failed"))
        history.retry()
    history.add(Result(1, 3, "failed"))
    history.add(done(jobs[0], 0.1))
    assert history.failures.too_many(1)
    assert not history.failures.too_many(2)


def test_replicates_leave_the_losses_alone() -> None:
    history, jobs = a_history(1)
    history.add(done(jobs[0], 0.5))
    again = Job(jobs[0].trial, epochs=3, replicate=1)
    history.add_round([again])
    history.add(done(again, 0.1))
    assert history.losses(3).tolist() == [0.5]
    assert set(history.results) == {(0, 0, 3), (0, 1, 3)}


def test_what_does_not_fit_is_refused_and_changes_nothing() -> None:
    history, jobs = a_history(2)
    with pytest.raises(ValueError, match="twice"):
        history.add_round([jobs[0]])
    with pytest.raises(ValueError, match=r"\[3\] do not follow the 2"):
        history.add_round([Job(trial(3), epochs=3)])
    with pytest.raises(KeyError):
        history.add(Result(0, 9, "failed"))
    with pytest.raises(KeyError, match="acc"):
        history.add(Result(0, 3, "done", {"loss": 1.0}))
    assert (len(history.trials), history.rounds, history.pending()) == (2, 1, jobs)


def test_a_result_is_taken_once() -> None:
    history, jobs = a_history(1)
    history.add(done(jobs[0], 0.5))
    with pytest.raises(KeyError):
        history.add(done(jobs[0], 0.6))


def test_units_grow_with_the_trials() -> None:
    history = History(Space([Real("x", Linear(0, 1))]), Metric("acc", "minimize"))
    for first in range(0, 100, 5):
        numbers = range(first, first + 5)
        history.add_round([Job(Trial(n, first // 5, {"x": n / 100}, 0), epochs=1) for n in numbers])
    np.testing.assert_allclose(history.units()[:, 0], np.arange(100) / 100)
    assert len(history.tried) == 100
