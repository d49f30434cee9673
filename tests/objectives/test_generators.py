"""Functions that yield once per epoch, suspended between their trainings or begun again: to the same values."""

from __future__ import annotations

import dataclasses
import math
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.core.trial import Job, Result, Trial
from hpsearch.objectives.function import caller, generators
from hpsearch.objectives.function.caller import FunctionObjective
from hpsearch.objectives.function.generators import Suspended, Yielding
from hpsearch.objectives.function.limited import limited
from hpsearch.objectives.function.signature import Reference

REFERENCE = Reference("__main__", "train", Path())


@pytest.fixture(autouse=True)
def suspended(monkeypatch: pytest.MonkeyPatch) -> Suspended:
    """Those of this test alone."""
    own = Suspended()
    monkeypatch.setattr(caller, "SUSPENDED", own)
    return own


class Begun:
    """A function that draws random numbers of all kinds; how often its trials were begun, and which have ended."""

    def __init__(self) -> None:
        self.begun: list[float] = []
        self.ended: list[float] = []

    @property
    def train(self) -> Callable[..., Any]:
        def train(lr: float, seed: int, epochs: int) -> Iterator[dict[str, float]]:
            self.begun.append(lr)
            random.seed(seed)
            np.random.seed(seed)  # noqa: NPY002 - what many scripts do
            try:
                for _ in range(epochs):
                    drawn = random.random() + np.random.random()  # noqa: NPY002
                    yield {"score": lr + drawn, "drawn": drawn, "lr": lr}
            finally:
                self.ended.append(lr)

        return train


def objective(folder: Path, function: Callable[..., Any], paused: int = 16) -> FunctionObjective:
    return FunctionObjective(
        REFERENCE, folder, "score", capture=False, function=function, yielding=Yielding(9, -1.0, paused)
    )


def trial(number: int, lr: float = 0.5) -> Trial:
    return Trial(number, 0, {"lr": lr}, number)


def trained(made: FunctionObjective, *jobs: Job) -> list[Result]:
    return [replace(made.attempt(job)[0], seconds=0) for job in jobs]


def test_a_trial_goes_on_where_it_is_suspended_and_comes_to_what_it_does_alone(tmp_path: Path) -> None:
    rungs = [Job(trial(number, lr), after, before) for before, after in ((0, 1), (1, 3), (3, 9))
             for number, lr in enumerate((0.1, 0.2))]  # fmt: skip
    going_on, alone = Begun(), Begun()
    kept = trained(objective(tmp_path, going_on.train), *rungs)
    lost = [trained(objective(tmp_path, alone.train), job)[0] for job in rungs]
    assert kept == lost
    assert [len(result.curve["score"]) for result in kept] == [1, 1, 2, 2, 6, 6]
    assert all(result.curve["score"][-1] == result.metrics["score"] for result in kept)
    assert kept[-1].curve.keys() == kept[-1].metrics.keys() == {"score", "drawn"}
    assert (going_on.begun, alone.begun) == ([0.1, 0.2], [0.1, 0.2] * 3)


def test_a_training_that_is_not_the_next_one_begins_again(tmp_path: Path, suspended: Suspended) -> None:
    function = Begun()
    made = objective(tmp_path, function.train)
    first, again, skipping = trained(made, Job(trial(0), 1), Job(trial(0), 1), Job(trial(0), 9, 3))
    assert first == again
    assert skipping.status == "done"
    assert (function.begun, function.ended, len(suspended)) == ([0.5] * 3, [0.5] * 3, 0)
    trained(made, Job(trial(0), 1))
    trained(objective(tmp_path, function.train), Job(trial(1), 1))
    assert (len(suspended), len(function.ended)) == (1, 4), "of a search that is over none is kept"


def test_the_poorest_end_first_and_those_that_are_of_no_more_use(
    tmp_path: Path, suspended: Suspended
) -> None:
    ended: list[float] = []

    def train(lr: float) -> Iterator[float]:
        try:
            while True:
                yield lr
        finally:
            ended.append(lr)

    made = objective(tmp_path, train, paused=2)
    trained(made, *(Job(trial(number, lr), 1) for number, lr in enumerate((0.3, 0.1, 0.2, 0.4))))
    assert ended == [0.1, 0.2]
    made.tidy([(3, 1)])
    assert (ended, len(suspended)) == ([0.1, 0.2, 0.3], 1)
    trained(made, Job(trial(3, 0.4), 9, 1), Job(trial(5, 0.5), 9, replicate=1))
    assert (ended[3:], len(suspended)) == ([0.4, 0.5], 0)


def test_it_finds_the_process_as_it_left_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OF_MINE", raising=False)
    seen: list[tuple[Path, str | None]] = []

    def train(lr: float) -> Iterator[float]:
        import os

        os.chdir(tmp_path)
        os.environ["OF_MINE"] = str(lr)
        for _ in range(9):
            seen.append((Path.cwd(), os.environ.get("OF_MINE")))
            yield lr

    here = Path.cwd()
    made = objective(tmp_path, train)
    trained(made, Job(trial(0, 0.1), 1), Job(trial(1, 0.2), 1), Job(trial(0, 0.1), 3, 1))
    assert [mine for _, mine in seen] == ["0.1", "0.2", "0.1", "0.1"]
    assert {folder for folder, _ in seen} == {tmp_path}
    assert Path.cwd() == here


def test_one_that_begins_again_finds_empty_folders(tmp_path: Path) -> None:
    def train(lr: float, checkpoint: Path) -> Iterator[float]:
        for epoch in range(9):
            yield sum(1 for _ in checkpoint.iterdir())
            (checkpoint / str(epoch)).touch()

    rungs = [Job(trial(0), 3), Job(trial(0), 9, 3)]
    kept = trained(objective(tmp_path, train), *rungs)
    assert kept[1].curve["score"] == [3, 4, 5, 6, 7, 8]
    assert [trained(objective(tmp_path, train), job)[0] for job in rungs] == kept


def yielding(*answers: Any) -> Callable[..., Any]:
    def train(lr: float) -> Any:
        yield from answers
        return {"score": lr}

    return train


@pytest.mark.parametrize(
    ("function", "status", "words"),
    [
        (
            yielding(1.0, "x"),
            "failed",
            "what train yields must be a number or a mapping of numbers, not a str",
        ),
        (yielding({"loss": 1.0}), "failed", "no metric 'score': train yielded loss"),
        (yielding(1.0, 2.0, math.nan), "diverged", "score is nan"),
    ],
)
def test_what_is_no_score_costs_its_own_trial(
    function: Callable[..., Any], status: str, words: str, tmp_path: Path, suspended: Suspended
) -> None:
    (result,) = trained(objective(tmp_path, function), Job(trial(0), 3))
    assert (result.status, len(suspended)) == (status, 0)
    assert result.reason.startswith(words)


def test_what_it_raises_is_told_from_its_own_line_on(tmp_path: Path) -> None:
    def train(lr: float) -> Iterator[float]:
        yield lr
        raise KeyError("lost")

    made = objective(tmp_path, train)
    assert trained(made, Job(trial(0), 1))[0].status == "done"
    (result,) = trained(made, Job(trial(0), 3, 1))
    assert (result.status, result.reason.split(" (")[0]) == ("failed", "KeyError: 'lost'")
    assert str(generators.__file__) not in result.output
    assert Path(__file__).name in result.output


def test_one_that_ends_early_says_when_and_stays_what_it_was(tmp_path: Path) -> None:
    made = objective(tmp_path, yielding(0.1, {"score": 0.2, "loss": 1.0}))
    first, second = trained(made, Job(trial(0), 3), Job(trial(0), 9, 3))
    assert (first.metrics, first.kept, second.metrics, second.kept) == (
        {"score": 0.2, "loss": 1.0}, 2, {"score": 0.2, "loss": 1.0}, 2
    )  # fmt: skip
    assert first.curve["score"][:2] == [0.1, 0.2]
    assert math.isnan(first.curve["score"][2])
    assert math.isnan(first.curve["loss"][0])
    assert second.curve == {}
    assert trained(objective(tmp_path, yielding()), Job(trial(0), 3))[0].metrics == {"score": 0.5}


def test_of_many_metrics_the_one_that_ranks_is_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generators, "MOST", 6)
    answer = {"a": 1.0, "b": 2.0, "score": 3.0}
    (result,) = trained(objective(tmp_path, yielding(*[answer] * 3)), Job(trial(0), 3))
    assert result.curve == {"score": [3.0] * 3, "a": [1.0] * 3}


def test_the_random_numbers_of_pytorch_are_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a stand-in: its states are a number each, which every draw raises by one."""
    states = {"cpu": 0, "cards": 0}
    on_cards = SimpleNamespace(
        is_available=lambda: True,
        is_initialized=lambda: True,
        get_rng_state_all=lambda: states["cards"],
        set_rng_state_all=lambda state: states.update(cards=state),
    )
    torch = SimpleNamespace(
        get_rng_state=lambda: states["cpu"],
        set_rng_state=lambda state: states.update(cpu=state),
        cuda=on_cards,
    )
    monkeypatch.setitem(sys.modules, "torch", torch)

    def train(lr: float) -> Iterator[float]:
        states.update(cpu=int(lr), cards=-int(lr))
        while True:
            states.update(cpu=states["cpu"] + 1, cards=states["cards"] - 1)
            yield states["cpu"] - states["cards"]

    made = objective(tmp_path, train)
    found = trained(made, Job(trial(0, 100), 1), Job(trial(1, 500), 1), Job(trial(0, 100), 3, 1))
    assert [result.metrics["score"] for result in found] == [202, 1002, 206]


@pytest.fixture
def without_alarm() -> Iterator[None]:
    """The alarm is free, which the tests' own limit has."""
    if not hasattr(signal, "setitimer"):
        pytest.skip("there are no alarms here")
    left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    yield
    signal.setitimer(signal.ITIMER_REAL, left, again)


@pytest.mark.usefixtures("without_alarm")
def test_one_that_does_not_end_costs_no_other_trial(tmp_path: Path, suspended: Suspended) -> None:
    """What it does in its `finally` is broken off, also where it goes on all the same."""
    begun, whole = list[float](), list[float]()

    def train(lr: float) -> Iterator[float]:
        try:
            while True:
                yield lr
        finally:
            begun.append(lr)
            for _ in range(2):
                with suppress(BaseException):
                    time.sleep(20)
                    whole.append(lr)

    made = objective(tmp_path, train, paused=1)
    assert made.yielding
    made = dataclasses.replace(made, yielding=replace(made.yielding, patience=0.05))
    results = trained(made, Job(trial(0, 0.1), 3), Job(trial(1, 0.2), 3))
    assert [result.status for result in results] == ["done", "done"]
    assert (begun, whole, len(suspended)) == ([0.1], [], 1)
    before = signal.getsignal(signal.SIGALRM)
    suspended.shrink(0)
    assert (begun, whole) == ([0.1, 0.2], [])
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_an_alarm_that_somebody_has_set_stays(without_alarm: None) -> None:
    signal.setitimer(signal.ITIMER_REAL, 1000)
    with limited(0.001):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 900
    assert signal.setitimer(signal.ITIMER_REAL, 0)[0] > 900


def test_a_stray_stop_iteration_is_told_with_its_line(tmp_path: Path) -> None:
    def train(lr: float) -> Iterator[float]:
        yield lr
        next(iter([]))

    (result,) = trained(objective(tmp_path, train), Job(trial(0), 3))
    line = train.__code__.co_firstlineno + 2
    assert result.reason == f"RuntimeError: generator raised StopIteration (test_generators.py:{line})"
