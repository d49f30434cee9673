"""Every registered executor, through one suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from hpsearch.core.errors import MissingExtra
from hpsearch.executors import EXECUTORS, Executor
from tests.cluster import srun


def square(number: int) -> int:
    return number * number


def fail(message: str) -> None:
    raise ValueError(message)


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


def test_it_names_its_workers(executor: Executor) -> None:
    assert executor.submit(square, 3).result(timeout=30) == 9  # by then one has come
    assert executor.workers >= 1
