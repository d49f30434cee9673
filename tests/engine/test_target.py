"""A target ends a search at once: what runs is left, what has ended is kept, and resuming tries the same."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self
from unittest import mock

import pytest

from hpsearch.core import collector
from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result, Trial, as_number
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.history import History
from hpsearch.engine.loop import Ending, Limits, restore, search
from hpsearch.engine.plan import Plan
from hpsearch.executors import Executor
from hpsearch.executors.serial import SerialExecutor
from hpsearch.runs import Journal
from hpsearch.runs.writing import header
from hpsearch.samplers.random import Random
from hpsearch.space import Linear, Real, Space
from tests.contracts.test_resume import Deaf

SPACE = Space([Real("x", Linear(0, 1))])
TRIALS = 12


class Slope:
    """The score is x; one trial at a time."""

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        return [(job,) for job in jobs]

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        (job,) = stack
        return [Result(job.trial.number, job.epochs, "done", {"score": as_number(job.trial.config["x"])})]

    def tidy(self, keep: Collection[tuple[int, float]]) -> None:
        return None


class Slow:
    """An executor that answers at once, but for the trials that never end, which it holds."""

    workers = 4

    def __init__(self, endless: Collection[int]) -> None:
        self.held: dict[int, Callable[[], None]] = {}
        self._endless = endless

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        future: Future[Any] = Future()
        number = args[0][0].trial.number
        self.held[number] = lambda: future.set_result(task(*args))
        if number not in self._endless:
            self.held.pop(number)()
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def conducted(path: Path, executor: Executor, target: float) -> tuple[Ending, History]:
    plan = Plan(SPACE, Random(), Streams(1), TRIALS, round_size=4)
    history = History(SPACE, Metric("score", "maximize"))
    with Journal(path) as journal:
        records = journal.open()
        restore(records, history, str(path))
        if not records:
            journal.append([header(version="1", spec="s", data="d")])
        limits = Limits(lambda history: -history.lowest() >= target)
        return search(plan, history, Dispatcher(Slope(), executor), journal, Deaf(), limits), history


def test_a_search_ends_with_the_trial_that_reaches_the_target_and_goes_on_as_without(tmp_path: Path) -> None:
    whole, all_of_it = conducted(tmp_path / "whole", SerialExecutor(), 2.0)
    assert whole == "complete"
    scores = [as_number(trial.config["x"]) for trial in all_of_it.trials]
    first = next(number for number, score in enumerate(scores) if score >= 0.6)
    assert first < 2, "the rest of its round is yet to come"

    ending, history = conducted(tmp_path / "cut", SerialExecutor(), 0.6)
    assert ending == "target"
    assert [number for number, _, _ in history.results] == list(range(first + 1))
    again, unchanged = conducted(tmp_path / "cut", SerialExecutor(), 0.6)
    assert (again, list(unchanged.results)) == ("target", list(history.results))

    further, then = conducted(tmp_path / "cut", SerialExecutor(), 2.0)
    assert further == "complete"
    assert then.results == all_of_it.results


def test_a_search_keeps_what_has_grown_from_the_collector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much it has found: what a trial costs does not grow with it."""
    monkeypatch.setattr(collector, "EVERY", 5)
    with mock.patch.object(gc, "freeze") as frozen:
        conducted(tmp_path / "journal", SerialExecutor(), 2.0)
    assert frozen.call_count == 1 + TRIALS // 5


def test_what_runs_is_not_waited_for(tmp_path: Path) -> None:
    executor = Slow(endless={2, 3})
    ending, history = conducted(tmp_path / "journal", executor, 0.6)
    assert ending == "target"
    assert sorted(executor.held) == [2, 3] == [job.trial.number for job in history.pending()]


def test_what_ended_meanwhile_is_not_lost() -> None:
    executor = Slow(endless={1, 2})

    def over() -> bool:
        executor.held[2]()
        return True

    jobs = [Job(Trial(number, 0, {"x": 0.5}, 0), 1) for number in range(4)]
    batches = list(Dispatcher(Slope(), executor).run(jobs, over))
    assert [sorted(result.trial for result in batch) for batch in batches] == [[0, 3], [2]]
