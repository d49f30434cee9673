"""A trial that its user ends keeps what it reached, costs no other, and is not asked for again."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest
from msgspec.structs import replace

from hpsearch.core.errors import TaskEnded
from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result, Status, Trial, as_number
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.history import History
from hpsearch.engine.loop import Limits, restore, search
from hpsearch.engine.plan import Halving, Plan
from hpsearch.engine.ranking import rank
from hpsearch.executors.serial import SerialExecutor
from hpsearch.reporting import text
from hpsearch.runs import Journal
from hpsearch.runs.writing import header, result_record, round_record
from hpsearch.samplers.random import Random
from hpsearch.storage.requests import Requests
from tests.contracts.test_resume import Deaf
from tests.engine.test_target import SPACE, Slow

JOBS = [Job(Trial(number, 0, {"x": number / 10}, 0), 1) for number in range(5)]
SCORE = Metric("score", "maximize")


class Slope:
    """The score is x, a little better with more epochs; so many trials train together, and all of it is noted.

    Attributes:
        asks: trial -> whom its training asks to end.
    """

    def __init__(self, size: int = 1, asks: dict[int, Sequence[int]] | None = None) -> None:
        self.trained: list[tuple[int, float]] = []
        self.size, self.asks = size, asks or {}
        self.requests: Requests | None = None

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        return [tuple(jobs[start : start + self.size]) for start in range(0, len(jobs), self.size)]

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        for job in stack:
            self.trained.append((job.trial.number, job.epochs))
            for other in self.asks.pop(job.trial.number, ()):
                assert self.requests is not None
                self.requests.ask(other)
        return [self._one(job) for job in stack]

    def _one(self, job: Job) -> Result:
        score = as_number(job.trial.config["x"]) + job.epochs / 1000
        return Result(job.trial.number, job.epochs, "done", {"score": score}, replicate=job.replicate)

    def tidy(self, keep: Collection[tuple[int, float]]) -> None:
        return None


class Endable(Slow):
    """An executor that can end what does not end."""

    def __init__(self, endless: Collection[int]) -> None:
        super().__init__(endless)
        self.futures: list[Future[list[Result]]] = []

    def end(self, future: Future[list[Result]]) -> None:
        self.futures.append(future)
        if not future.done():
            future.set_exception(TaskEnded("was ended"))


def outcomes(dispatcher: Dispatcher) -> dict[int, str]:
    results = [result for batch in dispatcher.run(JOBS) for result in batch]
    assert len(results) == len(JOBS)
    return {result.trial: result.status for result in results}


def test_what_has_not_begun_never_does(tmp_path: Path) -> None:
    requests, objective = Requests(tmp_path), Slope(asks={1: [3], 2: [0]})
    objective.requests = requests
    found = outcomes(Dispatcher(objective, SerialExecutor(), stops=requests))
    assert found == {0: "done", 1: "done", 2: "done", 3: "stopped", 4: "done"}
    assert [number for number, _ in objective.trained] == [0, 1, 2, 4]
    assert not requests.asked(), "0 had ended, and is not ended the next time either"


@pytest.mark.parametrize("size", [1, 2])
def test_what_runs_is_ended_and_what_trained_with_it_begins_again(tmp_path: Path, size: int) -> None:
    requests, objective, executor = Requests(tmp_path), Slope(size, asks={4: [2]}), Endable(endless={2})
    objective.requests = requests
    found = outcomes(Dispatcher(objective, executor, stops=requests))
    assert found == {0: "done", 1: "done", 2: "stopped", 3: "done", 4: "done"}
    assert [number for number, _ in objective.trained].count(3) == 1
    assert not requests.asked()


def test_an_objective_that_ends_its_jobs_itself_is_left_to_it(tmp_path: Path) -> None:
    class Own(Slope):
        ends_jobs = True

    requests, objective, executor = Requests(tmp_path), Own(asks={0: [0]}), Endable(endless=())
    objective.requests = requests
    assert outcomes(Dispatcher(objective, executor, stops=requests))[0] == "done"
    assert not executor.futures


def conducted(path: Path, asks: dict[int, Sequence[int]]) -> tuple[Slope, History]:
    """A search with halving, in which some trainings ask that trials end."""
    objective, history = Slope(asks=asks), History(SPACE, SCORE)
    objective.requests = Requests(path)
    plan = Plan(SPACE, Random(), Streams(1), 12, round_size=4, epochs=9, halving=Halving(3, 1))
    with Journal(path / "journal.jsonl") as journal:
        records = journal.open()
        restore(records, history, "journal")
        if not records:
            journal.append([header(version="1", spec="s", data="d")])
        dispatcher = Dispatcher(objective, SerialExecutor(), stops=objective.requests)
        assert search(plan, history, dispatcher, journal, Deaf(), Limits()) == "complete"
    return objective, history


def test_a_stopped_trial_is_neither_promoted_nor_tried_again(tmp_path: Path) -> None:
    for name in ("whole", "cut"):
        (tmp_path / name).mkdir()
    whole, undisturbed = conducted(tmp_path / "whole", {})
    best = max(whole.trained, key=lambda training: training[1])[0]
    assert best % 4, "another of its round is trained before it"
    objective, history = conducted(tmp_path / "cut", {best - 1: [best]})
    assert history.results[best, 0, 1].status == "stopped"
    assert best not in dict(objective.trained)
    assert history.asked_of(best) == 1
    assert max(epochs for _, epochs in objective.trained) == 9, "another has its place"
    assert history.retry() == 0
    assert [trial.config for trial in history.trials] == [trial.config for trial in undisturbed.trials]

    again, replayed = conducted(tmp_path / "cut", {})
    assert not again.trained
    assert replayed.results == history.results


def test_a_request_that_a_killed_search_left_is_granted_when_it_goes_on(tmp_path: Path) -> None:
    jobs = [Job(Trial(number, 0, {"x": 0.5 + number / 10}, number), 1) for number in range(2)]
    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.open()
        journal.append([header(version="1", spec="s", data="d"), round_record(0, jobs)])
    Requests(tmp_path).ask(1)
    objective, history = conducted(tmp_path, {})
    assert history.results[1, 0, 1].status == "stopped"
    assert 1 not in dict(objective.trained)
    assert not Requests(tmp_path).asked()


STOPPED = Result(1, 27, "stopped", {"score": 0.8}, reason="by its user", kept=20)


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([STOPPED], "Best-1(score:0.8) | x:0.1 | 20 of 27 epochs, then stopped: by its user"),
        (
            [Result(1, 9, "done", {"score": 0.7}), STOPPED],
            "Best-1(score:0.7) | x:0.1 | 9 of 27 epochs, then stopped: by its user",
        ),
        ([replace(STOPPED, kept=0)], ""),
        ([replace(STOPPED, metrics={"score": math.nan})], ""),
    ],
)
def test_it_ranks_by_what_it_ended_or_else_by_what_it_reached(results: Sequence[Result], said: str) -> None:
    standings = rank([JOBS[1].trial], results, SCORE)
    lines = text.ranking(standings, SCORE, 27).splitlines()[1:]
    assert lines == ([said] if said else [])
    (record,) = [result_record(results[-1])]
    assert record.get("kept", 0) == results[-1].kept


@pytest.mark.parametrize("others", [False, True])
def test_it_says_nothing_of_where_to_look(others: bool) -> None:
    history = History(SPACE, SCORE)
    history.add_round(JOBS)
    for number in range(5):
        status: Status = "stopped" if number == 2 or others else "done"
        history.add(Result(number, 1, status, {"score": 0.1}))
    assert len(history.evidence(1)) == (0 if others else 4)
    assert not history.failures.too_many("auto")
