"""Every registered executor, through one suite."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import pytest

from hpsearch.core.errors import ExecutorBroken, MissingExtra, WorkerDied, WorkersLost, said
from hpsearch.executors import EXECUTORS, Executor
from tests.cluster import srun


def square(number: int) -> int:
    return number * number


def fail(message: str) -> None:
    raise ValueError(message)


class Held(Exception):
    """Has what no other process can have."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.lock = Lock()


class Lost(Exception):
    """Can be pickled, and not be made again of that."""

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(f"{message} {code}")


@dataclass(frozen=True)
class Frozen(Exception):
    """Has no attribute that can be set."""

    reason: str


class Speechless(Exception):
    """Has no words."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class Broken:
    """A value that can be sent, and that nobody can receive."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return fail, ("no value",)


def refuse(kind: str) -> object:
    if kind == "broken":
        return Broken()
    raise {
        "held": Held("the reason"),
        "lost": Lost("the reason", code=7),
        "speechless": Speechless(),
        "frozen": Frozen("the reason"),
        "strange": WorkersLost("the reason"),
    }[kind]


def blas_threads() -> str | None:
    return os.environ.get("OPENBLAS_NUM_THREADS")


@pytest.fixture(params=list(EXECUTORS))
def executor(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Executor]:
    if request.param == "srun":
        srun.on_the_path(tmp_path, monkeypatch)
    try:
        made = EXECUTORS[request.param](2)
    except MissingExtra as missing:
        pytest.skip(str(missing))
    with made as started:
        yield started


def test_it_answers_every_task(executor: Executor) -> None:
    futures = [executor.submit(square, number) for number in range(20)]
    wait(futures, timeout=30)
    assert [future.result() for future in futures] == [number**2 for number in range(20)]


def test_what_a_task_raises_comes_back(executor: Executor) -> None:
    future = executor.submit(fail, "the reason")
    with pytest.raises(ValueError, match="the reason"):
        future.result(timeout=30)
    assert executor.submit(square, 3).result(timeout=30) == 9


def test_what_cannot_be_sent_is_said_of_its_task_alone(executor: Executor) -> None:
    expected = {
        "held": "the reason",
        "lost": "the reason 7",
        "speechless": r"Speechless: \(no message\)",
        "frozen": "Frozen: the reason",
        "strange": "WorkersLost: the reason",
        "broken": "no value",
    }
    futures = {kind: executor.submit(refuse, kind) for kind in expected}
    after = executor.submit(square, 4)
    for kind, future in futures.items():
        error = future.exception(timeout=30)
        if error is None:  # in this process nothing has to be sent
            assert isinstance(future.result(), Broken)
        else:
            assert re.search(expected[kind], said(error))
            assert not isinstance(error, WorkersLost | WorkerDied | ExecutorBroken)
    assert after.result(timeout=30) == 16


def test_it_names_its_workers(executor: Executor) -> None:
    assert executor.submit(square, 3).result(timeout=30) == 9  # by then one has come
    assert executor.workers >= 1
