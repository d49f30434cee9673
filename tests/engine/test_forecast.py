"""What is foreseen of a search, and what is counted of it, on random searches of the real plan."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result, Status, Trial
from hpsearch.engine.forecast import forecast
from hpsearch.engine.history import History
from hpsearch.engine.overlap import Overlapping
from hpsearch.engine.plan import Confirm, Halving, Plan
from hpsearch.engine.watcher import Snapshot, Watcher
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Choice, Linear, Log, Real, Space
from hpsearch.storage.reached import Reached

LOSS = Metric("loss", "minimize")
SPACE = Space([Real("lr", Log(1e-4, 1)), Real("decay", Linear(0, 1))])
SMALL = Space([Choice("a", (1, 2, 3)), Choice("b", (1, 2, 3, 4))])


def a_plan(
    trials: int,
    halving: Halving | None,
    confirm: Confirm | None,
    space: Space = SPACE,
    sampler: str = "random",
) -> Plan:
    made = SAMPLERS[sampler].from_settings({}, trials)
    return Plan(space, made, Streams(0), trials, 8, 27, halving, confirm)


@dataclass
class Walk:
    """A search with random results on a clock of its own, one second for each epoch."""

    plan: Plan
    seed: int
    failing: float = 0.0
    leaving: float = 0.0
    shown: list[Snapshot] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.history = History(self.plan.space, LOSS)
        self._draw = random.Random(self.seed)
        self._watcher = Watcher(self._note, self.plan, LOSS, clock=lambda: self.now)

    def _note(self, snapshot: Snapshot) -> None:
        self.shown.append(snapshot)
        self.times.append(self.now)
        self.ended.append(len(self.history.results))

    def go(self) -> Walk:
        history = self.history
        while jobs := self.plan.next_round(history):
            history.add_round(jobs)
            self._watcher.round_begins(history.rounds - 1, jobs, history)
            for job in self._draw.sample(jobs, len(jobs)):
                self._watcher.training_begins([job], 1)
                if self._draw.random() < self.leaving:
                    self._watcher.training_waits([job])
                    assert self._watcher.snapshot(history).total.running == 0
                    self._watcher.training_begins([job], 1)
                self.now += job.epochs - job.start
                result = self._result(job)
                history.add(result)
                self._watcher.results_came([result], history)
        return self

    def _result(self, job: Job) -> Result:
        status: Status = "failed" if self._draw.random() < self.failing else "done"
        metrics = {"loss": self._draw.random()} if status == "done" else {}
        seconds = float(job.epochs - job.start)
        return Result(job.trial.number, job.epochs, status, metrics, seconds=seconds, replicate=job.replicate)


@settings(max_examples=12)
@given(
    st.integers(1, 90),
    st.sampled_from([None, Halving(3, 1), Halving(2, 1), Halving(3, 9)]),
    st.sampled_from([None, Confirm(3, 3), Confirm(1, 2)]),
    st.sampled_from([0.0, 0.2, 1.0]),
    st.integers(0, 100),
)
def test_counts_add_up_at_every_moment_and_nothing_is_to_come_at_the_end(
    trials: int, halving: Halving | None, confirm: Confirm | None, failing: float, seed: int
) -> None:
    walk = Walk(a_plan(trials, halving, confirm), seed, failing, leaving=0.2).go()
    for ended, snapshot in zip(walk.ended, walk.shown, strict=True):
        total = snapshot.total
        assert total.ended == ended
        assert min(total.ended, total.running, total.waiting) >= 0
        assert total.all == total.ended + total.running + total.waiting
        assert total.running <= 1
        assert snapshot.workers == (1 if total.running else None)
        assert 0 <= snapshot.share <= 1
        assert snapshot.left is None or snapshot.left > 0
    last = walk.shown[-1]
    assert forecast(walk.plan, walk.history) == []
    assert last.total.ended == last.total.all == len(walk.history.results)
    assert last.share == 1
    assert last.left is None


@pytest.mark.parametrize("confirm", [None, Confirm(3, 3)])
@pytest.mark.parametrize("trials", [5, 24, 60])
def test_without_halving_all_is_known_from_the_start(trials: int, confirm: Confirm | None) -> None:
    walk = Walk(a_plan(trials, None, confirm), 0).go()
    assert {snapshot.total.all for snapshot in walk.shown} == {len(walk.history.results)}
    assert {snapshot.epochs_all for snapshot in walk.shown} == {27 * len(walk.history.results)}


@pytest.mark.parametrize("eta", [2, 3])
@pytest.mark.parametrize("trials", [24, 60, 100])
def test_what_is_foreseen_at_the_start_is_nearly_what_comes(trials: int, eta: int) -> None:
    for seed in range(3):
        walk = Walk(a_plan(trials, Halving(eta, 1), Confirm(3, 3)), seed).go()
        assert walk.shown[0].total.all == pytest.approx(len(walk.history.results), rel=0.15)


@pytest.mark.parametrize(("trials", "overlap"), [(160, 1), (240, 2)])
def test_what_is_foreseen_where_rounds_overlap_is_what_comes(trials: int, overlap: int) -> None:
    """New trials start shorter there, and promotions leave a rung out, which is known after a tenth of them."""
    shares = []
    for seed in range(3):
        plan = replace(a_plan(trials, Halving(3, 1), Confirm(3, 3)), overlap=overlap)
        history, draw = Overlapping(SPACE, LOSS, overlap), random.Random(seed)
        running: deque[Job] = deque()
        done, foreseen = 0.0, 0.0
        while True:
            while jobs := history.ask(plan.next_round):
                history.add_round(jobs)
                running += jobs
            if not running:
                break
            job = running.popleft()
            metrics = {"loss": draw.random()}
            history.add(Result(job.trial.number, job.epochs, "done", metrics, replicate=job.replicate))
            done += job.epochs - job.start
            if len(history.results) == trials // 10:
                ahead = sum((one.epochs - one.start) * one.count for one in forecast(plan, history))
                foreseen = done + ahead + sum(job.epochs - job.start for job in history.pending())
        shares.append(foreseen / done)
    assert sum(shares) / len(shares) == pytest.approx(1, abs=0.012)


@pytest.mark.parametrize("sampler", ["grid", "random"])
def test_a_space_that_ends_is_foreseen(sampler: str) -> None:
    walk = Walk(a_plan(50, None, None, SMALL, sampler), 0).go()
    assert {snapshot.total.all for snapshot in walk.shown} == {12}


def test_the_time_left_is_true_where_trainings_are_alike() -> None:
    walk = Walk(a_plan(30, None, Confirm(2, 2)), 0).go()
    known = [
        (at, shown.left) for at, shown in zip(walk.times, walk.shown, strict=True) if shown.left is not None
    ]
    assert len(known) > 25
    for at, left in known:
        assert left == pytest.approx(walk.now - at)


def test_no_time_is_said_from_one_length_about_another() -> None:
    walk = Walk(a_plan(60, Halving(3, 1), None), 0).go()
    for snapshot in walk.shown:
        if all(stage.ended == 0 for stage in snapshot.stages[1:]):
            assert snapshot.left is None
    assert any(snapshot.left is not None for snapshot in walk.shown)


def test_of_rounds_that_overlap_the_first_are_running_and_the_others_to_come() -> None:
    """Seen from another process, which knows the rounds and the results, and not what has begun."""
    shown: list[Snapshot] = []
    plan = a_plan(40, Halving(3, 1), None)
    history = Overlapping(SPACE, LOSS, 2)
    watcher = Watcher(shown.append, plan, LOSS, at_once=3)
    for number in range(3):
        jobs = history.ask(plan.next_round)
        assert jobs
        history.add_round(jobs)
        watcher.round_begins(number, jobs, history)
    assert len(history.pending()) == 24
    assert all((shown.total.running, shown.total.ended) == (3, 0) for shown in shown)
    assert [stage.running for stage in watcher.snapshot(history).stages] == [3, 0, 0, 0]
    history.add(Result(1, 1, "done", {"loss": 0.5}, seconds=1))
    watcher.results_came([history.results[1, 0, 1]], history)
    total = watcher.snapshot(history).total
    assert (total.ended, total.running) == (1, 3)
    assert total.waiting == total.all - 4


def test_what_tells_of_itself_is_running_wherever_it_stands() -> None:
    plan = a_plan(40, Halving(3, 1), None)
    history = History(SPACE, LOSS)
    telling = (Reached((7, 0, 9), 2, 9, 0.5),)
    watcher = Watcher(lambda _: None, plan, LOSS, at_once=2, reached=lambda _: telling)
    trials = [Trial(number, 0, {"lr": 0.1, "decay": number / 8}, 0) for number in range(8)]
    jobs = [Job(trial, 9 if trial.number == 7 else 3) for trial in trials]
    history.add_round(jobs)
    watcher.round_begins(0, jobs, history)
    now = watcher.snapshot(history)
    assert now.reached == telling
    assert [(stage.epochs, stage.running) for stage in now.stages] == [(1, 0), (3, 1), (9, 1), (27, 0)]
