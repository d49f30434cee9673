"""Tasks for workers elsewhere, and how they end there: as at home."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from hpsearch.core.errors import DeadlineExceeded, TaskEnded, WorkerDied
from hpsearch.executors import Executor
from hpsearch.executors.base import Ending, Placing
from hpsearch.executors.slots import slot


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def process() -> tuple[int, int, str]:
    return os.getpid(), slot(), str(Path.cwd())


def end_as_at_home(executor: Executor, folder: Path) -> None:
    """Ask an executor with two places, in `folder`, for tasks that answer, die, are too slow and are ended."""
    assert isinstance(executor, Ending)
    assert isinstance(executor, Placing)
    pairs = [executor.submit_in(number, process).result(timeout=30) for number in (0, 1, 0, 1)]
    died = executor.submit(die)
    late = executor.submit(time.sleep, 60, timeout=0.3)
    with pytest.raises(WorkerDied, match="killed by SIGKILL"):
        died.result(timeout=30)
    with pytest.raises(DeadlineExceeded, match=r"longer than 0\.3 s"):
        late.result(timeout=30)
    ended = executor.submit(time.sleep, 600)
    executor.end(ended)
    with pytest.raises(TaskEnded):
        ended.result(timeout=30)
    assert executor.submit(abs, -3).result(timeout=30) == 3
    assert pairs[:2] == pairs[2:]
    assert [number for _, number, _ in pairs[:2]] == [0, 1]
    assert {place for _, _, place in pairs} == {str(folder)}
