"""A search of many trials: a round costs what it did among few, a record takes little room, a listing reads little.

Nothing is timed. Calls are counted, which grows with any loop over all trials, and so is the memory that is taken
for a moment, which grows with any array over all of them.
"""

from __future__ import annotations

import math
import statistics
import sys
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Self

import pytest
from msgspec import structs

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result, Trial, as_number
from hpsearch.engine.checkpoints import states_to_keep
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.engine.plan import Halving, Plan
from hpsearch.objectives.base import JobByJob
from hpsearch.runs import Journal
from hpsearch.runs.journal import replay
from hpsearch.runs.records import Reader
from hpsearch.runs.writing import header, result_record, round_record
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Choice, Integer, Log, Real, Space

SPACE = Space([Real("lr", Log(1e-4, 1)), Integer("units", Log(16, 256)), Choice("kind", ("a", "b"))])
FEW, MANY = 1_200, 9_000
#: An array of one float for each trial that is in MANY and not in FEW.
ONE_ARRAY = 8 * (MANY - FEW)


def train(job: Job) -> Result:
    rate = as_number(job.trial.config["lr"])
    if job.trial.number % 50 == 7:
        return Result(job.trial.number, job.epochs, "failed", replicate=job.replicate, reason="no luck")
    loss = (math.log10(rate) + 2) ** 2 + 1 / job.epochs + 0.01 * job.replicate
    return Result(job.trial.number, job.epochs, "done", {"loss": loss}, replicate=job.replicate)


def a_plan(sampler: str, trials: int, halving: Halving | None) -> Plan:
    made = SAMPLERS[sampler].from_settings({"fit": True}, trials)
    return Plan(SPACE, made, Streams(0), trials, 8 if sampler == "random" else 2, 9, halving)


def a_round(plan: Plan, history: History) -> None:
    """All that the search itself does in a round."""
    jobs = plan.next_round(history)
    history.add_round(jobs)
    states_to_keep(jobs, history, plan.epochs)
    for job in jobs:
        history.add(train(job))
    history.lowest()


@contextmanager
def counting() -> Iterator[list[int]]:
    """The number of calls made within it, of functions in Python and in C."""
    calls = [0]

    def count(_frame: object, event: str, _arg: object) -> None:
        calls[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def calls_of(act: Callable[[], None]) -> int:
    with counting() as calls:
        act()
    return calls[0]


def room_of(act: Callable[[], None]) -> int:
    """The most memory that was taken at one moment, in bytes."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def cost_of_a_round(plan: Plan, history: History) -> tuple[float, float]:
    """Its calls and its room; now and then room is made for more, so it is the middle of some rounds."""

    def next_round() -> None:
        a_round(plan, history)

    next_round()  # takes in what a sampler that learns nothing left undone
    calls = statistics.median([calls_of(next_round) for _ in range(3)])
    return calls, statistics.median([room_of(next_round) for _ in range(3)])


@pytest.mark.parametrize("halving", [None, Halving(3, 1)], ids=["in full", "halving"])
def test_a_round_costs_the_same_among_many(halving: Halving | None) -> None:
    plans = {sampler: a_plan(sampler, 10 * MANY, halving) for sampler in ("random", "coarse_to_fine")}
    filler, history = a_plan("random", 10 * MANY, halving), History(SPACE, Metric("loss", "minimize"))
    costs: dict[str, list[tuple[float, float]]] = {sampler: [] for sampler in plans}
    for size in (FEW, MANY):
        while len(history.trials) < size:
            a_round(filler, history)
        for sampler, plan in plans.items():
            costs[sampler].append(cost_of_a_round(plan, history))
    for sampler, ((few_calls, few_room), (many_calls, many_room)) in costs.items():
        assert many_calls < 1.5 * few_calls, sampler
        assert many_room < few_room + ONE_ARRAY / 2, sampler


# -- the record --------------------------------------------------------------------------------------------


def recorded(path: Path, trials: int) -> Path:
    """The journal of a search with halving, failures and confirmed trials."""
    plan, history = a_plan("random", trials, Halving(3, 1)), History(SPACE, Metric("loss", "minimize"))
    with Journal(path) as record:
        record.open()
        record.append([header(version="1", spec="", data="")])
        while jobs := plan.next_round(history):
            history.add_round(jobs)
            results = [structs.replace(train(job), curve={"loss": [9.0, 8.0]}) for job in jobs]
            for result in results:
                history.add(result)
            record.append([round_record(history.rounds - 1, jobs), *map(result_record, results)])
        again = [Job(history.trials[n], 9, replicate=r) for n in history.leaders(3) for r in (1, 2)]
        record.append([round_record(history.rounds, again), *(result_record(train(job)) for job in again)])
        record.append([{"kind": "end", "why": "complete"}])
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("load") / "journal.jsonl", 1000)


def test_a_listing_reads_everything_but_the_curves(path: Path) -> None:
    whole, listed = results_in(path), results_in(path, curves=False)
    assert any(result.curve for result in whole)
    assert listed == [structs.replace(result, curve={}) for result in whole]


def results_in(path: Path, *, curves: bool = True) -> list[Result]:
    records, _, _ = replay(path, Reader(str(path), curves=curves))
    return [record for record in records if isinstance(record, Result)]


def room_of_resuming(path: Path) -> tuple[float, float]:
    """Bytes for each result, when all are read and at most."""
    history = History(SPACE, Metric("loss", "minimize"))
    with Journal(path) as record:
        tracemalloc.start()
        try:
            restore(record.open(), history, "here")
            now, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    return now / len(history.results), most / len(history.results)


def test_a_trial_of_a_resumed_search_takes_little_room(tmp_path: Path) -> None:
    now, most = room_of_resuming(recorded(tmp_path / "journal.jsonl", 3000))
    # 200 MB for 100,000 trials are 2,000 bytes each.
    assert now < 1100
    assert most < 1300


def test_curves_of_many_epochs_take_little_room(tmp_path: Path) -> None:
    path, trials = tmp_path / "journal.jsonl", [Trial(n, n, {"lr": n / 7}, n) for n in range(2000)]
    with Journal(path) as record:
        record.open()
        rounds = (
            [round_record(trial.round, [Job(trial, 27)]), result_record(traced(trial))] for trial in trials
        )
        record.append([header(version="1", spec="", data=""), *chain.from_iterable(rounds)])
    _, most = room_of_resuming(path)
    assert most < 3 * 27 * 8 + 1300


def traced(trial: Trial) -> Result:
    """A result with three curves of 27 epochs."""
    curve = {name: [trial.number / (7 + epoch) for epoch in range(27)] for name in ("acc", "other", "loss")}
    metrics = {name: values[-1] for name, values in curve.items()}
    return Result(trial.number, 27, "done", metrics, curve, seconds=0.5)


def test_a_recalled_result_is_the_one_that_was_recorded(path: Path) -> None:
    history = History(SPACE, Metric("loss", "minimize"))
    with Journal(path) as record:
        restore(record.open(), history, "here")
    assert list(history.results.values()) == results_in(path)
    assert list(history.results) == [result.key for result in results_in(path)]


class Held:
    """So many workers, all busy; one ends whenever another begins."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._running = deque[tuple[Future[Any], Sequence[Job]]]()

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        del task, timeout
        future: Future[Any] = Future()
        self._running.append((future, args[0]))
        if len(self._running) == self.workers:
            ended, jobs = self._running.popleft()
            ended.set_result([train(job) for job in jobs])
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing runs."""


class OneByOne(JobByJob):
    """The executor answers."""

    def attempt(self, job: Job) -> tuple[Result, str]:
        raise AssertionError(job)


def calls_for_results(workers: int) -> int:
    """How many calls fifty results take when all of so many workers are busy."""
    jobs = [Job(Trial(number, 0, {"lr": 0.1}, 0), 9) for number in range(workers + 60)]
    dispatcher = Dispatcher(OneByOne(), Held(workers), metrics=("loss",))
    running = dispatcher.run(jobs)
    assert len(next(running)) == 1

    def fifty() -> None:
        for _ in range(50):
            assert len(next(running)) == 1

    return calls_of(fifty)


def test_a_result_costs_no_more_with_a_thousand_workers() -> None:
    assert calls_for_results(1000) <= 1.1 * calls_for_results(10)


class Pouring(Held):
    """Workers of which another ends whenever an answer is looked at, as with more of them than can be recorded."""

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        future = super().submit(task, *args, timeout=timeout)
        answer = future.exception

        def looked(timeout: float | None = None) -> BaseException | None:
            if self._running:
                ended, jobs = self._running.popleft()
                ended.set_result([train(job) for job in jobs])
            return answer(timeout)

        future.exception = looked  # type: ignore[method-assign]
        return future


def test_results_are_recorded_although_others_keep_coming() -> None:
    jobs = [Job(Trial(number, 0, {"lr": 0.1}, 0), 9) for number in range(100)]
    dispatcher = Dispatcher(OneByOne(), Pouring(100), metrics=("loss",))
    assert len(next(dispatcher.run(jobs))) == 1
