"""Rounds that overlap: what each follows from, told from what is tried."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Key, Result
from hpsearch.engine.history import History
from hpsearch.engine.overlap import OPENING, Overlapping, history_of
from hpsearch.engine.plan import Confirm, Halving, Plan
from hpsearch.samplers import coarse_to_fine
from hpsearch.samplers.surrogate import Surrogate
from tests.engine.test_plan import SPACE, a_plan, play, train

LOSS = Metric("loss", "minimize")


def overlapped(
    plan: Plan,
    order: random.Random,
    answer: Callable[[Job, int], Result] = lambda job, _: train(job),
    history: Overlapping | None = None,
    most: int = 1000,
) -> tuple[list[list[Job]], Overlapping]:
    """The rounds of a search, whose results come one by one in any order; `answer` is told the round.

    It goes on to its end, or until it has `most` rounds.
    """
    history = history or Overlapping(plan.space, LOSS, plan.overlap)
    rounds: list[list[Job]] = []
    while True:
        while jobs := history.ask(plan.next_round):
            history.add_round(jobs)
            rounds.append(jobs)
        pending = history.pending()
        if not pending or len(rounds) >= most:
            return rounds, history
        job = order.choice(pending)
        number = next(place for place, jobs in enumerate(rounds) if job in jobs)
        history.add(answer(job, number))


def keys(rounds: list[list[Job]]) -> list[list[tuple[Key, object]]]:
    return [[(job.key, dict(job.trial.config)) for job in jobs] for jobs in rounds]


@pytest.mark.parametrize("fit", [False, True])
@pytest.mark.parametrize("overlap", [1, 3])
def test_the_order_of_results_changes_nothing(fit: bool, overlap: int) -> None:
    plan = a_plan(fit=fit, trials=30, overlap=overlap, confirm=Confirm(2, 2), round_size=4)
    expected = keys(overlapped(plan, random.Random(0))[0])
    for seed in (1, 2):
        assert keys(overlapped(plan, random.Random(seed))[0]) == expected


class Noting(Overlapping):
    """One that overlaps gradually, and notes how many trainings are unknown to each round, of how many begun."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.space, LOSS, plan.overlap, gradual=True)
        self.noted: list[tuple[int, int]] = []

    def add_round(self, jobs: Sequence[Job]) -> None:
        """As ever, but for what is noted."""
        self.noted.append((len(self.known.pending()), len(self.results) + len(self.pending())))
        super().add_round(jobs)


@given(seed=st.integers(0, 99), overlap=st.integers(1, 9), size=st.integers(1, 9))
@settings(max_examples=20)
def test_where_rounds_overlap_gradually_twice_as_much_is_known_as_is_not(
    seed: int, overlap: int, size: int
) -> None:
    plan = a_plan(trials=60, overlap=overlap, round_size=size)
    rounds, history = overlapped(plan, random.Random(seed), history=Noting(plan))
    noted = history.noted  # type: ignore[attr-defined]
    assert all(2 * unknown <= begun - unknown for unknown, begun in noted if begun >= OPENING)
    # No more is waited for than that takes: in the end some round has all that may run beside it.
    if overlap * size <= 16:
        assert max(unknown for unknown, _ in noted) == overlap * size
    assert keys(overlapped(plan, random.Random(seed + 1), history=Noting(plan))[0]) == keys(rounds)


def test_what_was_learned_from_an_earlier_search_is_known() -> None:
    plan = a_plan(trials=20, overlap=2, halving=None, round_size=4)
    history = history_of(plan.space, LOSS, 2, gradual=True)
    configs = plan.space.decode(np.random.default_rng(0).random((24, len(plan.space))))
    history.inherit(configs, [{plan.epochs: float(place)} for place in range(24)])
    rounds = []
    while jobs := history.ask(plan.next_round):
        history.add_round(jobs)
        rounds.append(jobs)
    assert [len(jobs) for jobs in rounds] == [4, 4, 4]


@given(seed=st.integers(0, 99), overlap=st.integers(1, 4), size=st.integers(1, 5), last=st.integers(0, 6))
@settings(max_examples=10)
def test_a_round_follows_from_those_before_it_but_for_the_last_few(
    seed: int, overlap: int, size: int, last: int
) -> None:
    plan = a_plan(seed=seed, trials=100, overlap=overlap, round_size=size)

    def other(job: Job, number: int) -> Result:
        """As ever up to the round `last`, and then all the other way round."""
        result = train(job)
        if number <= last or result.status != "done":
            return result
        return Result(result.trial, result.epochs, "done", {"loss": -result.metrics["loss"]})

    known = last + 2 + overlap  # rounds 0 to last + 1 + overlap follow from rounds 0 to last
    as_ever, _ = overlapped(plan, random.Random(seed), most=known)
    changed, _ = overlapped(plan, random.Random(seed), other, most=known)
    assert keys(as_ever)[:known] == keys(changed)[:known]


def test_results_are_not_waited_for_that_a_round_does_not_follow_from() -> None:
    plan = a_plan(trials=40, overlap=2, round_size=4)
    history = history_of(plan.space, LOSS, 2)
    rounds = []
    while jobs := history.ask(plan.next_round):
        history.add_round(jobs)
        rounds.append(jobs)
    assert [len(jobs) for jobs in rounds] == [4, 4, 4]
    for job in rounds[1] + rounds[2] + rounds[0][1:]:
        history.add(train(job))
        assert history.ask(plan.next_round) is None
    history.add(train(rounds[0][0]))
    assert history.ask(plan.next_round)
    assert history.waited is None


def test_nothing_is_asked_for_twice_and_all_that_was_earned_is_trained() -> None:
    plan = a_plan(trials=40, overlap=3, confirm=Confirm(3, 3, probe=True), halving=Halving(3, 1))
    rounds, history = overlapped(plan, random.Random(0))
    jobs = [job.key for asked in rounds for job in asked]
    assert len(jobs) == len(set(jobs)) == len(history.results)
    for number, asked in enumerate(rounds):
        earlier = {job.key for before in rounds[:number] for job in before}
        assert all((job.trial.number, 0, job.start) in earlier for job in asked if job.start)
    assert len(history.trials) == 40
    assert plan.next_round(history) == []
    assert plan.next_round(history.known) == []


def test_later_trials_start_longer_the_more_trials_are_known() -> None:
    plan = a_plan(trials=100, overlap=2)
    rounds, _ = overlapped(plan, random.Random(0))
    for number, jobs in enumerate(rounds):
        unknown = sum(not job.start for before in rounds[max(0, number - 2) : number] for job in before)
        known = [job.trial.number - unknown for job in jobs if not job.start]
        assert [job.epochs for job in jobs if not job.start] == [plan.rungs[max(0, n) // 30] for n in known]


def test_what_is_likely_to_earn_two_promotions_gets_both_while_others_run() -> None:
    history = History(SPACE, LOSS)
    plan = a_plan(round_size=20)
    play(plan, history, most=1)
    best = np.argsort(history.losses(1))[:6].tolist()
    jobs = plan.next_round(history)
    assert [(job.trial.number, job.start, job.epochs) for job in jobs[:6]] == [(n, 1, 3) for n in best]
    history.add_round(jobs[6:])
    jobs = plan.next_round(history)
    asked = [*((n, 1, 9) for n in best[:2]), *((n, 1, 3) for n in best[2:])]
    assert [(job.trial.number, job.start, job.epochs) for job in jobs[:6]] == asked


def test_what_is_pending_keeps_others_away() -> None:
    """Two rounds that know the same results propose nowhere near the same."""
    plan = a_plan(fit=True, trials=60, overlap=1, halving=None, round_size=8)
    rounds, _ = overlapped(plan, random.Random(0))
    alone = replace(plan, overlap=0)
    history = history_of(plan.space, LOSS, 0)
    for jobs in rounds[:3]:
        history.add_round(jobs)
        for job in jobs:
            history.add(train(job))
    # Round 4 of the overlapping search knows of rounds 0 to 2 what this history does, and of round 3 what it asks.
    blind = alone.next_round(history)
    assert keys([rounds[3]]) != keys([blind])
    assert keys([rounds[4]])[0][0][1] != keys([blind])[0][0][1]


def test_the_fit_stays_small_however_much_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = a_plan(fit=True, trials=80, overlap=3, halving=None, round_size=16)
    monkeypatch.setattr(coarse_to_fine, "PENDING", 5)
    history = Overlapping(plan.space, LOSS, plan.overlap)
    sizes: list[int] = []
    fit = coarse_to_fine._fitted

    def noted(*given: Any) -> Any:
        belief = fit(*given)
        assert isinstance(belief.losses, Surrogate)
        sizes.append(len(belief.losses.places))
        return belief

    monkeypatch.setattr(coarse_to_fine, "_fitted", noted)
    while jobs := history.ask(plan.next_round):
        history.add_round(jobs)
    for job in history.pending()[:16]:
        history.add(train(job))
    assert history.ask(plan.next_round)
    ended = sum(result.status == "done" for result in history.results.values())
    assert sizes == [ended + 5]


def test_a_failure_that_is_tried_again_is_waited_for() -> None:
    plan = a_plan(trials=20, overlap=1, halving=None, round_size=2)
    history = history_of(plan.space, LOSS, 1)
    for _ in range(2):
        history.add_round(history.ask(plan.next_round) or [])
    first, *others = history.pending()
    history.add(Result(first.trial.number, first.epochs, "failed"))
    for job in others:
        history.add(train(job))
    asked = history.ask(plan.next_round)
    assert asked
    history.add_round(asked)
    for job in asked:
        history.add(train(job))
    assert history.retry() == 1
    assert history.ask(plan.next_round) is None
    history.add(train(first))
    assert history.ask(plan.next_round)


def test_what_ended_well_when_it_was_tried_again_is_known_although_more_is_tried_again_after_it() -> None:
    plan = a_plan(trials=12, overlap=1, halving=None, round_size=3, confirm=Confirm(2, 2))
    failing = {0, 1}

    def answer(job: Job, _: int) -> Result:
        failed = job.trial.number in failing and not job.replicate
        return Result(job.trial.number, job.epochs, "failed") if failed else train(job)

    rounds, _ = overlapped(plan, random.Random(0), answer)
    # As a process has it that reads the journal: no round follows by which the results become known.
    history = Overlapping(plan.space, LOSS, 1)
    for jobs in rounds:
        history.add_round(jobs)
        for job in jobs:
            history.add(answer(job, 0))
    for count in (2, 1):
        assert history.retry() == count
        failing.remove(2 - count)
        for job in history.pending():
            history.add(answer(job, 0))
    history.ask(plan.next_round)
    assert history.known.pending() == []
    assert history.known.leaders(12) == history.leaders(12)


def test_without_overlap_the_rounds_are_those_of_before() -> None:
    plan = a_plan(trials=40, confirm=Confirm(2, 2))
    expected = keys(play(plan)[0])
    history = history_of(plan.space, LOSS, 0)
    rounds = []
    while jobs := history.ask(plan.next_round):
        history.add_round(jobs)
        rounds.append(jobs)
        for job in jobs:
            history.add(train(job))
    assert keys(rounds) == expected
