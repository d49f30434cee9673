"""What becomes of jobs whose worker does not answer."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from msgspec.structs import replace

from hpsearch.core.errors import DeadlineExceeded, WorkerDied, WorkerLeft
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.engine import dispatch, tasks
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.executors import turns
from hpsearch.storage.requests import Requests

JOBS = [Job(Trial(number, 0, {}, number), epochs=3) for number in range(5)]


@dataclass
class Stacks:
    """An objective that trains `size` at a time; what happens is decided by `fate` of the stack."""

    size: int
    fate: Callable[[tuple[int, ...]], Exception | None]
    seen: list[tuple[int, ...]] = field(default_factory=list)

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        return [tuple(jobs[start : start + self.size]) for start in range(0, len(jobs), self.size)]

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        numbers = tuple(job.trial.number for job in stack)
        self.seen.append(numbers)
        if error := self.fate(numbers):
            raise error
        return [Result(number, 3, "done", {"val_acc": number / 10}) for number in numbers]

    def tidy(self, keep: Collection[tuple[int, float]]) -> None:
        raise AssertionError("dispatching deletes nothing")


class Here:
    """An executor that answers at once, and keeps the deadlines it was given."""

    workers = 2

    def __init__(self) -> None:
        self.timeouts: list[float | None] = []
        self.most = self.now = 0

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        self.timeouts.append(timeout)
        future: Future[Any] = Future()
        try:
            future.set_result(task(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def outcomes(objective: Stacks, **settings: Any) -> dict[int, Result]:
    dispatcher = Dispatcher(objective, Here(), **settings)
    results = [result for batch in dispatcher.run(JOBS) for result in batch]
    assert len(results) == len(JOBS)
    return {result.trial: result for result in results}


def test_every_job_is_answered_once() -> None:
    results = outcomes(Stacks(2, lambda stack: None))
    assert {number: result.metrics["val_acc"] for number, result in results.items()} == {
        number: number / 10 for number in range(5)
    }


def test_an_answer_that_lacks_the_metric_is_none() -> None:
    results = outcomes(Stacks(2, lambda stack: None), metrics=["loss"])
    assert {result.status for result in results.values()} == {"failed"}
    results = outcomes(Stacks(1, lambda stack: ValueError("\udce9")), metrics=["loss"])
    assert {result.reason for result in results.values()} == {r"ValueError: \udce9"}


def test_a_stack_that_dies_is_tried_again_one_by_one_and_only_the_guilty_pays() -> None:
    objective = Stacks(5, lambda stack: WorkerDied("killed by SIGSEGV") if 3 in stack else None)
    results = outcomes(objective, retries=1)
    assert [results[n].status for n in range(5)] == ["done", "done", "done", "crashed", "done"]
    assert results[3].reason == "killed by SIGSEGV"
    assert objective.seen.count((3,)) == 2


def test_a_crash_that_does_not_repeat_costs_nothing() -> None:
    deaths = iter([WorkerDied("out of memory")])
    results = outcomes(Stacks(1, lambda stack: next(deaths, None) if stack == (2,) else None), retries=1)
    assert all(result.status == "done" for result in results.values())


def test_who_died_and_is_begun_again_is_told() -> None:
    told: list[tuple[list[int], str]] = []

    def lost(jobs: Sequence[Job], how: str) -> None:
        told.append(([job.trial.number for job in jobs], how))

    deadly = Stacks(5, lambda stack: WorkerDied("killed by SIGSEGV") if 3 in stack else None)
    outcomes(deadly, retries=1, lost=lost)
    assert told == [
        ([0, 1, 2, 3, 4], "killed by SIGSEGV"),
        ([3], "killed by SIGSEGV"),
    ]  # the last death is its end
    told.clear()
    outcomes(Stacks(1, lambda stack: WorkerDied("gone") if stack == (2,) else None), retries=0, lost=lost)
    outcomes(Stacks(5, lambda stack: DeadlineExceeded("too long") if 1 in stack else None), lost=lost)
    assert told == []


def test_every_training_of_a_stack_counts_for_the_process_that_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_done", 0)
    monkeypatch.setattr(turns, "_spent", False)
    spent: list[bool] = []

    def fate(_: tuple[int, ...]) -> None:
        spent.append(turns.is_spent())

    outcomes(Stacks(2, fate), most=5)  # stacks of 2, 2 and 1
    assert spent == [False, False, True]
    assert pickle.loads(pickle.dumps(turns.Turn(abs, 1, 2)))(-3) == 3
    outcomes(Stacks(2, fate))
    assert turns._done == 6  # nothing is counted where nothing is limited


def test_without_retries_the_first_crash_counts() -> None:
    objective = Stacks(1, lambda stack: WorkerDied("gone") if stack == (2,) else None)
    assert outcomes(objective, retries=0)[2].status == "crashed"
    assert objective.seen.count((2,)) == 1


def test_a_deadline_is_not_tried_again_and_a_stack_gets_it_for_each_of_its_jobs() -> None:
    objective = Stacks(5, lambda stack: DeadlineExceeded("ran longer than 2 s") if 1 in stack else None)
    executor = Here()
    results = [r for batch in Dispatcher(objective, executor, timeout=2.0).run(JOBS) for r in batch]
    assert {r.trial: r.status for r in results} == {0: "done", 1: "timeout", 2: "done", 3: "done", 4: "done"}
    assert executor.timeouts == [10.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    assert objective.seen.count((1,)) == 1


def test_an_objective_that_raises_fails_its_jobs_and_no_other() -> None:
    results = outcomes(Stacks(2, lambda stack: ValueError("no such layer") if 4 in stack else None))
    assert results[4].status == "failed"
    assert results[4].reason == "ValueError: no such layer"
    assert [results[n].status for n in range(4)] == ["done"] * 4


class Coming(Here):
    """Nobody is there at first, nor after the second task."""

    looks = 0

    @property
    def workers(self) -> int:  # type: ignore[override]
        self.looks += 1
        return 0 if self.looks % 8 < 6 else 1


def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (dispatch, tasks):
        monkeypatch.setattr(module, "TICK", 0.0)


def test_nothing_is_said_to_begin_before_a_worker_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    without_pauses(monkeypatch)
    told, executor, objective = list[int](), Coming(), Stacks(1, lambda stack: None)

    def begins(_: Sequence[Job], workers: int) -> None:
        told.append(workers)

    dispatcher = Dispatcher(objective, executor, begins=begins)
    passed = 0
    for results in dispatcher.run(JOBS):
        assert len(told) == len(objective.seen)
        passed += not results
    assert told == [1] * len(JOBS)
    assert passed > 1


def test_no_worker_waits_for_a_decision_while_there_is_something_for_it() -> None:
    objective, begun = Stacks(1, lambda stack: None), list[int]()

    def more() -> list[Job]:
        begun.append(len(objective.seen))
        return []

    list(Dispatcher(objective, Here()).run(JOBS, more=more))
    # Both workers had the next jobs each time before it was asked what comes after these, and once more at the end.
    assert begun == [2, 4, 5, 5]


@dataclass
class Answering(Stacks):
    """An objective of one job at a time, whose first answers are those of `first`."""

    size: int = 1
    fate: Callable[[tuple[int, ...]], Exception | None] = lambda _: None
    first: dict[int, list[Result]] = field(default_factory=dict)

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        results = super().evaluate(stack)
        waiting = self.first.get(stack[0].trial.number)
        return [waiting.pop(0)] if waiting else results


def test_a_job_whose_program_died_is_tried_again_as_one_whose_worker_did() -> None:
    died = Result(2, 3, "crashed", reason="the command was killed by SIGKILL")
    told: list[tuple[list[int], str]] = []
    results = outcomes(
        Answering(first={2: [died], 3: [Result(3, 3, "crashed", reason="again")] * 2}),
        lost=lambda jobs, reason: told.append(([job.trial.number for job in jobs], reason)),
    )
    assert {number: result.status for number, result in results.items()} == {
        **dict.fromkeys(range(5), "done"),
        3: "crashed",
    }
    assert sorted(told) == [([2], "the command was killed by SIGKILL"), ([3], "again")]


def test_a_job_that_failed_with_what_is_named_is_tried_again_as_often_as_is_allowed() -> None:
    full = Result(1, 3, "failed", reason="exit status 1", output="torch\nCUDA out of memory. Tried\n")
    other = Result(2, 3, "failed", reason="KeyError")
    objective = Answering(first={1: [full] * 2, 2: [other], 4: [replace(full, trial=4)] * 3})
    told: list[tuple[int, str]] = []
    results = outcomes(
        objective,
        retries=2,
        retry_on=["no such text", "CUDA out of memory"],
        retried=lambda jobs, text: told.append((jobs[0].trial.number, text)),
    )
    assert {number: result.status for number, result in results.items()} == {
        **dict.fromkeys(range(5), "done"),
        2: "failed",
        4: "failed",
    }
    assert sorted(told) == [(number, "CUDA out of memory") for number in (1, 1, 4, 4)]


@dataclass
class Shared(Stacks):
    """Stacks such that each worker has one, as far as that goes; who was grouped for how many."""

    size: int = 0
    fate: Callable[[tuple[int, ...]], Exception | None] = lambda _: None
    grouped: list[tuple[int, int]] = field(default_factory=list)

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        self.grouped.append((len(jobs), workers))
        self.size = -(-len(jobs) // workers)
        return super().group(jobs, workers)


class Travelling(Here):
    """Workers that are there when `there` says so, and leave with what they have when it is 0."""

    def __init__(self, there: Sequence[int], awaited: int = 0) -> None:
        super().__init__()
        self._there, self.awaited = list(there), awaited
        self._held: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []

    @property
    def workers(self) -> int:  # type: ignore[override]
        return self._there[0]

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        future: Future[Any] = Future()
        self._held.append((future, task, args))
        return future

    def pass_on(self) -> None:
        """What they have has ended, or is given back; then others are there."""
        held, self._held = self._held, []
        if len(self._there) > 1:
            self._there.pop(0)
        for future, task, args in held:
            if self._there[0]:
                future.set_result(task(*args))
            else:
                future.set_exception(WorkerLeft("the worker was let go"))


@pytest.mark.parametrize(
    ("there", "awaited", "grouped"),
    [
        ([0, 0, 2], 0, [(5, 2)]),  # when the first are there it is known how many
        ([0, 0, 1, 3], 3, [(5, 3)]),  # it is known beforehand
        ([1, 3], 3, [(5, 3)]),
        ([2], 0, [(5, 2)]),
    ],
)
def test_who_trains_together_is_told_by_the_workers_that_come(
    there: list[int], awaited: int, grouped: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_pauses(monkeypatch)
    objective, executor = Shared(), Travelling(there, awaited)
    trained = list[int]()
    for results in Dispatcher(objective, executor).run(JOBS):
        trained += [result.trial for result in results]
        executor.pass_on()
    assert (sorted(trained), objective.grouped) == ([0, 1, 2, 3, 4], grouped)


def test_what_is_asked_to_end_before_a_worker_has_come_never_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_pauses(monkeypatch)
    stops, objective, executor = Requests(tmp_path), Shared(), Travelling([0, 0, 2])
    stops.ask(3)
    results = dict[int, str]()
    for batch in Dispatcher(objective, executor, stops=stops).run(JOBS):
        results |= {result.trial: result.status for result in batch}
        executor.pass_on()
    assert results == {**dict.fromkeys(range(5), "done"), 3: "stopped"}
    assert objective.grouped == [(4, 2)]


def test_what_no_worker_is_at_any_more_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers leave again and again, more often than they may die; nothing of it counts as a retry."""
    without_pauses(monkeypatch)
    running, at_most = set[int](), 0

    def begins(jobs: Sequence[Job], workers: int) -> None:
        nonlocal at_most
        running.update(job.trial.number for job in jobs)
        at_most = max(at_most, len(running))

    def waits(jobs: Sequence[Job]) -> None:
        running.difference_update(job.trial.number for job in jobs)

    executor = Travelling([2, 0] * 12 + [2])
    dispatcher = Dispatcher(Stacks(1, lambda _: None), executor, retries=0, begins=begins, waits=waits)
    trained = list[int]()
    for results in dispatcher.run(JOBS):
        running.difference_update(result.trial for result in results)
        trained += [result.trial for result in results]
        assert running == set() or executor.workers == 2
        executor.pass_on()
    assert sorted(trained) == [0, 1, 2, 3, 4]
    assert at_most == 2


def test_what_begins_again_alone_does_not_run_before(monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[tuple[str, int]]()
    outcomes(
        Stacks(5, lambda stack: WorkerDied("gone") if len(stack) > 1 else None),
        begins=lambda jobs, _: told.append(("begins", len(jobs))),
        waits=lambda jobs: told.append(("waits", len(jobs))),
    )
    assert told == [("begins", 5), ("waits", 5), *[("begins", 1)] * 5]


class Placed(Here):
    """Two workers that hold what they are given until both have something; says who had which trial."""

    def __init__(self) -> None:
        super().__init__()
        self.busy: dict[int, tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = {}
        self.had: list[tuple[int, int]] = []

    def idle(self) -> list[int]:
        return [slot for slot in range(self.workers) if slot not in self.busy]

    def submit_in(
        self, slot: int, task: Callable[..., Any], *args: Any, timeout: float | None = None
    ) -> Future[Any]:
        future: Future[Any] = Future()
        self.busy[slot] = (future, task, args)
        self.had.append((slot, args[0][0].trial.number))
        if not self.idle():
            for done, call, given in self.busy.values():
                done.set_result(call(*given))
            self.busy.clear()
        return future


@dataclass
class Suspending(Answering):
    """An objective whose trials stay in their workers."""

    suspends: bool = True


def test_a_trial_goes_on_in_the_worker_that_has_it_and_no_worker_waits_for_that() -> None:
    executor, jobs = Placed(), JOBS[:4]
    dispatcher = Dispatcher(Suspending(), executor)
    list(dispatcher.run(jobs))
    assert executor.had == [(0, 0), (1, 1), (0, 2), (1, 3)]
    executor.had.clear()
    list(dispatcher.run([jobs[1], jobs[3], jobs[0], JOBS[4]]))
    assert executor.had == [(1, 1), (0, 0), (1, 3), (0, 4)]
    executor.had.clear()
    list(dispatcher.run([jobs[1], jobs[3]]))
    assert executor.had == [(1, 1), (0, 3)]
