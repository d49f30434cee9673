"""Giving up: after so many failures, or when the first trials all fail the same way; never by chance of timing."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from hpsearch.core.trial import Job, Key, Result, Status, Trial
from hpsearch.engine.failures import ALIKE, Failures, Most

Ended = tuple[Status, str]
FINE: Ended = ("done", "")


def counted(ends: Sequence[Ended], order: Sequence[int] | None = None) -> Failures:
    """Trials that ended as `ends` say, their results coming in `order`."""
    failures, results = Failures(), dict[Key, Result]()
    jobs = [Job(Trial(number, 0, {"x": number}, 0), 1) for number in range(len(ends))]
    failures.await_jobs(jobs)
    for number in order or range(len(ends)):
        status, reason = ends[number]
        results[jobs[number].key] = Result(number, 1, status, reason=reason)
        failures.take(results)
    return failures


@pytest.mark.parametrize(
    "reasons",
    [
        ["no module 'torch'"] * ALIKE,
        [f"ValueError: lr {lr} is too large (train.py:3)" for lr in (0.1, 1, "3e-05", "-2.5e+10", 7)],
        [f"no file '{name}'" for name in "abcde"],
        [f"cannot open /tmp/hpsearch-{name}/result.json" for name in ("a1", "b", "c", "d", "e")],
    ],
)
def test_the_same_way_is_the_same_words_whatever_the_particulars(reasons: list[str]) -> None:
    said = counted([("failed", reason) for reason in reasons]).too_many("auto")
    assert said == f"the first 5 trials all failed the same way: {reasons[0]} (trial 0: failed)"


@pytest.mark.parametrize(
    "ends",
    [
        [("failed", "a")] * 4,
        [("failed", "a")] * 4 + [FINE],
        [FINE] + [("failed", "a")] * 20,
        [("failed", "a")] * 4 + [("failed", "b")],
        [("failed", "a")] * 4 + [("crashed", "a")],
        [("diverged", "loss is inf")] * 20,
    ],
)
def test_otherwise_it_goes_on(ends: list[Ended]) -> None:
    assert counted(ends).too_many("auto") == ""
    assert counted(ends).too_many(None) == ""


@pytest.mark.parametrize(("most", "expected"), [(1, "trial 1:"), (3, "trial 4:"), (4, ""), (None, "")])
def test_failures_are_counted_whatever_lies_between(most: Most, expected: str) -> None:
    ends: list[Ended] = [FINE, ("failed", "a"), ("diverged", ""), ("timeout", "b"), ("crashed", "c"), FINE]
    said = counted(ends).too_many(most)
    assert (expected in said) if expected else said == ""


def test_nothing_depends_on_the_order_in_which_results_come() -> None:
    ends: list[Ended] = [("failed", f"x is {n}") if n % 3 else FINE for n in range(20)]
    expected = counted(ends).too_many(5)
    for seed in range(50):
        order = list(range(20))
        random.Random(seed).shuffle(order)
        assert counted(ends, order).too_many(5) == expected
    # A failure that came early says nothing before those before it are there.
    assert counted([("failed", "a")] * 5, [4, 3, 2, 1]).too_many("auto") == ""


def test_what_was_seen_is_forgiven() -> None:
    failures, results = Failures(), dict[Key, Result]()
    jobs = [Job(Trial(number, 0, {}, 0), 1) for number in range(12)]
    failures.await_jobs(jobs)
    for job in [*jobs[:5], jobs[6]]:
        results[job.key] = Result(job.trial.number, 1, "failed", reason="a")
    failures.take(results)
    assert failures.too_many("auto")
    failures.forgive(results)
    assert failures.too_many("auto") == ""
    for job in (jobs[5], *jobs[7:]):
        assert failures.too_many("auto") == ""
        results[job.key] = Result(job.trial.number, 1, "failed", reason="a")
        failures.take(results)
        if job.trial.number == 10:
            break
    assert "(trial 5: failed)" in failures.too_many("auto")  # 5, 7, 8, 9, 10: what came before is not counted


@pytest.mark.parametrize("reason", ["a", ""])
def test_trainings_of_one_length_that_all_fail_alike_are_enough(reason: str) -> None:
    failures, results = Failures(), dict[Key, Result]()
    trials = [Trial(number, 0, {}, 0) for number in range(12)]
    short, longer = ([Job(trial, epochs) for trial in trials] for epochs in (1, 3))
    failures.await_jobs([*short, *longer])
    for job in short:
        results[job.key] = Result(job.trial.number, 1, "done")
    for job in longer[:ALIKE]:
        assert failures.too_many("auto") == ""
        results[job.key] = Result(job.trial.number, 3, "failed", reason=reason)
        failures.take(results)
    said = f"the first 5 trials asked for 3 epochs all failed the same way: {reason or 'failed'} (trial 0: failed)"
    assert failures.too_many("auto") == said
    assert failures.too_many(None) == ""


def test_replicates_do_not_count() -> None:
    failures = Failures()
    trial = Trial(0, 0, {}, 0)
    failures.await_jobs([Job(trial, 1, replicate=1)])
    results: dict[Key, Result] = {(0, 1, 1): Result(0, 1, "failed", replicate=1, reason="a")}
    failures.take(results)
    assert failures.too_many(1) == ""
