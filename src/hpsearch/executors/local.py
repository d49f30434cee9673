"""Worker processes on this machine, on Pebble: a deadline per task, and a dead worker costs only its task."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

from hpsearch.errors import DeadlineExceeded, WorkerDied
from hpsearch.executors.executor import EXECUTORS, one_blas_thread


@EXECUTORS.register("local")
class LocalExecutor:
    """`workers` processes; each has one task at a time and one BLAS thread.

    They are forked from a small server that has imported `preload` already, so a worker costs milliseconds and
    inherits no lock, thread or open file of this process. They end when this process ends, however it does.
    """

    def __init__(self, workers: int, preload: Sequence[str] = ()) -> None:
        self.workers = workers
        self._preload = list(preload)
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        one_blas_thread()
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        context = multiprocessing.get_context(method)
        context.set_forkserver_preload(["hpsearch.executors.local", *self._preload])
        self._pool = ProcessPool(self.workers, initializer=_start_worker, context=context)
        return self

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        """Run `task(*args)` in a worker, for at most `timeout` seconds."""
        assert self._pool is not None, "the executor is not started"
        answer: Future[Any] = Future()
        scheduled = self._pool.schedule(task, args=args, timeout=timeout)
        scheduled.add_done_callback(lambda inner: _hand_over(inner, answer, timeout))
        return answer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._pool is not None
        self._pool.stop()  # type: ignore[no-untyped-call]  # Pebble types its functions, not this one
        self._pool.join()


def _hand_over(inner: Future[Any], answer: Future[Any], timeout: float | None) -> None:
    """End `answer` as `inner` ended, in the words of hpsearch."""
    if inner.cancelled():
        answer.cancel()
        return
    failure = inner.exception()
    if failure is None:
        answer.set_result(inner.result())
    elif isinstance(failure, ProcessExpired):
        answer.set_exception(WorkerDied(_cause_of_death(failure.exitcode)))
    elif isinstance(failure, BrokenProcessPool):
        answer.set_exception(WorkerDied("the worker processes cannot be started"))
    elif isinstance(failure, FutureTimeout):
        answer.set_exception(DeadlineExceeded(f"ran longer than {timeout:g} s"))
    else:
        answer.set_exception(failure)


def _cause_of_death(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return f"the worker process was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"the worker process was killed by signal {-code}"
    return f"the worker process exited with status {code}"


def _start_worker() -> None:
    """What each worker does first: leave Ctrl-C and standard output to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(2, 1)  # standard output is for the results of the search, whatever a task prints
    threading.Thread(target=_end_with_parent, daemon=True, name="end-with-parent").start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
