"""Trainings for a model: here, or in workers where the first of them took long."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Self, cast

import pytest

from hpsearch.actions import crew, model
from hpsearch.actions.crew import Crew
from hpsearch.actions.model import various
from hpsearch.config.schema import Dispatch
from hpsearch.core.errors import DataError, TrainingDiverges, WorkerDied


@dataclass
class Elsewhere:
    """An executor that notes what it is given, and whose worker dies of the task `deadly`."""

    deadly: Any = None
    given: list[Any] = field(default_factory=list)
    open: bool = False

    def submit(self, task: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.given.append(args[1][0])
        if args[1][0] == self.deadly:
            future.set_exception(WorkerDied("the worker died"))
        else:
            future.set_result(task(*args))
        return future

    def __enter__(self) -> Self:
        self.open = True
        return self

    def __exit__(self, *_: object) -> None:
        self.open = False


def root(number: float) -> float:
    if number < 0:
        raise TrainingDiverges("negative")
    return math.sqrt(number)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    made = Elsewhere()
    monkeypatch.setattr(crew, "EXECUTORS", {"local": lambda _workers, _preload: made})
    return made


@pytest.mark.parametrize(
    ("workers", "long", "there"), [(2, 0.0, [4, -1, 16]), (1, 0.0, []), (2, math.inf, [])]
)
def test_workers_take_what_is_left_where_the_first_took_long(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, workers: int, long: float, there: list[int]
) -> None:
    monkeypatch.setattr(crew, "LONG", long)
    with Crew(workers) as some:
        first, second, third, last = some.each(root, [(1,), (4,), (-1,), (16,)])
        assert elsewhere.open == bool(there)
        assert list(some.each(root, [(9,)])) == [3]
    assert (first, second, str(third), last) == (1, 2, "negative", 4)
    assert elsewhere.given == there
    assert not elsewhere.open


@pytest.mark.parametrize(("workers", "there"), [(2, [1, 4]), (1, [])])
def test_where_the_first_is_known_to_take_long_a_worker_has_it(
    elsewhere: Elsewhere, workers: int, there: list[int]
) -> None:
    with Crew(workers) as some:
        assert list(some.each(root, [(1,), (4,)], long=True)) == [1, 2]
        assert list(some.each(root, [(9,)], long=True)) == [3]
    assert elsewhere.given == there


def test_what_a_worker_died_of_is_done_here(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "LONG", 0.0)
    elsewhere.deadly = 9
    with Crew(2) as some:
        assert list(some.each(root, [(4,), (9,), (16,)])) == [2, 3, 4]


def test_what_is_wrong_with_the_data_is_no_divergence() -> None:
    def refuse(_: int) -> None:
        raise DataError("no rows")

    with Crew(2) as some, pytest.raises(DataError, match="no rows"):
        list(some.each(refuse, [(1,)]))


@pytest.mark.parametrize(
    ("activations", "order"),
    [
        ("rrrrrrrr", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("rrrrrrtrtt", [0, 1, 2, 6, 8, 3, 4, 5, 7, 9]),
        ("rtrrrrrr", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("rtttrr", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_two_of_five_have_another_activation_than_the_best(activations: str, order: list[int]) -> None:
    assert _places(various(_standings(activations))) == order


def test_classes_are_told_by_the_very_best(monkeypatch: pytest.MonkeyPatch) -> None:
    for chosen in ("_near", "_ended"):
        monkeypatch.setattr(model, chosen, lambda _, standings: standings)
    standings, run = _standings("rrrrrt"), cast("Any", None)
    numbers, classes = (cast("Any", SimpleNamespace(classes=names)) for names in ((), ("no", "yes")))
    assert _places(model._of_table(run, standings, numbers)) == [0, 1, 2, 3, 5, 4]
    assert _places(model._of_table(run, standings, classes)) == [0, 1, 2, 3, 4, 5]


def _standings(activations: str) -> list[Any]:
    """Ranked trials with these activations."""
    return [
        SimpleNamespace(place=place, trial=SimpleNamespace(config={"activation": activation}))
        for place, activation in enumerate(activations)
    ]


def _places(standings: Sequence[Any]) -> list[int]:
    return [own.place for own in standings]


@pytest.mark.parametrize(
    ("dispatch", "workers"),
    [
        ({"executor": "serial"}, 1),
        ({"executor": "local", "workers": 5}, 5),
        ({"executor": "dask"}, 3),
        ({"executor": "dask", "workers": 5}, 5),
        ({"executor": "dask", "workers": 64, "scheduler": "tcp://127.0.0.1:1"}, 3),
    ],
)
def test_as_many_train_at_a_time_as_this_machine_has_workers(
    dispatch: dict[str, Any], workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "available_cores", lambda: 3)
    run = SimpleNamespace(spec=SimpleNamespace(dispatch=Dispatch(**dispatch)))
    assert model._workers(cast(Any, run)) == workers
