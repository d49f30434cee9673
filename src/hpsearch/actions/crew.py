"""Trainings of one action: here one after the other, or in worker processes at a time where they take long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from hpsearch.core.errors import HpsearchError, TrainingDiverges
from hpsearch.executors import EXECUTORS, Executor

_T = TypeVar("_T")
#: Starting workers pays where a training takes this long, in seconds.
LONG = 0.5
#: What took this long in a search, in seconds, where it shared the cores with others, does so again.
SURELY_LONG = 2.0


class Crew:
    """Up to so many `workers`, which are started when there is much to do; a context manager, which ends them.

    Args:
        workers: how many trainings go on at a time.
        preload: the modules that these need.
    """

    def __init__(self, workers: int, preload: Sequence[str] = ()) -> None:
        self._workers, self._preload = workers, preload
        self._stack = ExitStack()
        self._started: Executor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def each(
        self, task: Callable[..., _T], calls: Sequence[Sequence[Any]], *, long: bool = False
    ) -> Iterator[_T | TrainingDiverges]:
        """What `task` gives for the arguments of each call, in their order, or that its training diverges.

        Where a call is known to take `long`, all have workers. Else how long the first takes tells whether the
        others do.
        """
        waiting = list(calls)
        if not long:
            begun = time.perf_counter()
            yield _outcome(task, waiting.pop(0))
            long = time.perf_counter() - begun >= LONG
        if not long or self._workers == 1 or len(waiting) < 2:
            yield from (_outcome(task, call) for call in waiting)
            return
        executor = self._executor()
        futures = [executor.submit(_outcome, task, call) for call in waiting]
        for call, future in zip(waiting, futures, strict=True):
            try:
                yield future.result()
            except HpsearchError:  # of the worker, which is gone: those of the task are answers
                yield _outcome(task, call)

    def _executor(self) -> Executor:
        if self._started is None:
            made = EXECUTORS["local"](self._workers, self._preload)
            self._started = self._stack.enter_context(made)
        return self._started


def _outcome(task: Callable[..., _T], call: Sequence[Any]) -> _T | TrainingDiverges:
    try:
        return task(*call)
    except TrainingDiverges as error:
        return error
