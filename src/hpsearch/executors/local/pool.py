"""Worker processes on this machine, on Pebble: a deadline per task, and a dead worker costs only its task."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import Any, Self

from pebble import CONSTS, ProcessExpired, ProcessPool

from hpsearch.core import plugins
from hpsearch.core.errors import DeadlineExceeded, TaskEnded, WorkerDied, WorkersLost
from hpsearch.executors.base import one_blas_thread
from hpsearch.executors.local import server
from hpsearch.executors.local.hygiene import Limits, anything_left, limits
from hpsearch.executors.local.server import no_interrupts
from hpsearch.executors.local.workers import LEFT, Sweeper, WorkerContext
from hpsearch.executors.outcome import Outcome
from hpsearch.executors.slots import take
from hpsearch.executors.turns import is_spent

#: Seconds within which an idle worker has taken its task, even on a machine that is very busy.
TAKEN_WITHIN = 15.0
#: Seconds within which a pool that gives up has said so of every task it knows.
TOLD_WITHIN = 1.0
#: Seconds that a worker has to end by itself, which only one whose task ignores SIGTERM needs.
CONSTS.term_timeout = 0.3


class LocalExecutor:
    """`workers` processes; each has one task at a time and one BLAS thread.

    What a task leaves behind (processes, threads, lowered limits) ends with its worker, which has no further task.

    They are forked from a small server that has imported `preload` already, so a worker costs milliseconds and
    inherits no lock, thread or open file of this process. They end when this process ends, however it does.
    Each has a pool and so a pipe of its own: whatever state a worker dies in, it blocks no other.
    """

    def __init__(self, workers: int, preload: Sequence[str] = ()) -> None:
        self.workers = workers
        self._preload = list(preload)
        self._slots: list[_Slot] = []
        self._ended = threading.Event()
        self._sweeper = Sweeper()

    def __enter__(self) -> Self:
        one_blas_thread()
        context = WorkerContext(self._sweeper.watch)
        context.set_forkserver_preload(["hpsearch.executors.local.quiet_start", __name__, *self._preload])
        server.start()
        with no_interrupts():
            self._sweeper.start(server.socket_folder())
        self._slots = [_Slot(context, number) for number in range(self.workers)]
        threading.Thread(target=self._watch, daemon=True, name="watch-for-lost-tasks").start()
        return self

    def _watch(self) -> None:
        """Give up tasks that no worker took: it died between taking one and saying so, and Pebble waits on."""
        while not self._ended.wait(1.0):
            for slot in self._slots:
                slot.give_up_lost()

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        """Run `task(*args)` in a worker, for at most `timeout` seconds."""
        return min(self._slots, key=lambda slot: slot.load).submit(task, args, timeout)

    def idle(self) -> list[int]:
        """The slots whose workers have no task."""
        return [number for number, slot in enumerate(self._slots) if not slot.load]

    def submit_in(
        self, slot: int, task: Callable[..., Any], *args: Any, timeout: float | None = None
    ) -> Future[Any]:
        """Run `task(*args)` in the worker of that slot."""
        return self._slots[slot].submit(task, args, timeout)

    def end(self, future: Future[Any]) -> None:
        """End the worker that has the task of `future`, and with it what the task has started."""
        assert isinstance(future, _Answer)
        future.end()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        for slot in self._slots:
            slot.stop()
        self._sweeper.stop()  # all workers at once: one that is deaf to SIGTERM would keep the others waiting
        for slot in self._slots:
            slot.join()


class _Answer(Future[Any]):
    """The future of a task, which can end it: `inner` is that of its pool, `ended` whether somebody asked."""

    inner: Future[Any] | None = None
    ended: bool = False

    def end(self) -> None:
        if self.inner is not None:
            self.ended = True
            self.inner.cancel()


class _Slot:
    """One worker process, or its successor. `load` is how many of its tasks have not ended."""

    def __init__(self, context: BaseContext, number: int) -> None:
        self._context, self._number = context, number
        self._pool = self._new_pool()
        self._broken = False
        # Task -> when it was submitted; its changes are atomic, for pools answer from threads of their own.
        self._running: dict[Future[Any], float] = {}

    @property
    def load(self) -> int:
        return len(self._running)

    def _new_pool(self) -> ProcessPool:
        known = [server.search_path(), plugins.found(), self._number]
        return ProcessPool(1, initializer=_start_worker, initargs=known, context=self._context)

    def submit(self, task: Callable[..., Any], args: Sequence[Any], timeout: float | None) -> Future[Any]:
        answer = _Answer()
        if self._broken and not self.load:
            self._renew()
        try:
            # A worker that is interrupted while it is started would be known to nobody.
            with no_interrupts():
                scheduled = self._pool.schedule(_run, args=(task, args), timeout=timeout)
        except (RuntimeError, BrokenProcessPool):
            # Pebble gives a pool up whose worker died without a task.
            self._broken = True
            answer.set_exception(WorkersLost("the worker process is gone"))
            return answer
        self._running[scheduled] = time.monotonic()
        answer.inner = scheduled
        scheduled.add_done_callback(lambda inner: self._hand_over(inner, answer, timeout))
        return answer

    def give_up_lost(self) -> None:
        """Cancel a task that should have been taken long ago; the pool is renewed before the next.

        A pool that gave up while it was handed a task takes it no more, and never says so.
        """
        alone = list(self._running.items())
        if len(alone) != 1 or alone[0][0].running():
            return
        task, submitted = alone[0]
        if time.monotonic() - submitted > (TAKEN_WITHIN if self._pool.active else TOLD_WITHIN):
            self._broken = True
            task.cancel()

    def _renew(self) -> None:
        """Another pool: the dead worker may have left the old one's pipe locked."""
        self.stop()
        self.join()
        self._pool, self._broken = self._new_pool(), False

    def _hand_over(self, inner: Future[Any], answer: _Answer, timeout: float | None) -> None:
        """End `answer` as `inner` ended, in the words of hpsearch."""
        self._running.pop(inner, None)
        if inner.cancelled() and answer.ended:
            self._broken = True
            answer.set_exception(TaskEnded("was ended"))
            return
        if inner.cancelled():
            answer.set_exception(WorkersLost("the worker process died as it took the task"))
            return
        failure = inner.exception()
        if failure is None:
            outcome, spent = inner.result()
            self._broken = self._broken or spent
            value, failure = outcome.told()
            if failure is None:
                answer.set_result(value)
                return
        if isinstance(failure, ProcessExpired):
            self._broken = True
            failure = WorkerDied(_cause_of_death(failure.exitcode))
        elif isinstance(failure, BrokenProcessPool):
            self._broken = True
            failure = WorkersLost("the worker process is gone")
        elif isinstance(failure, FutureTimeout):
            failure = DeadlineExceeded(f"ran longer than {timeout:g} s")
        answer.set_exception(failure)

    def stop(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]  # Pebble types its functions, not this one

    def join(self) -> None:
        self._pool.join()


def _cause_of_death(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return f"the worker process was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"the worker process was killed by signal {-code}"
    return f"the worker process exited with status {0 if code == LEFT else code}"


_limits: Limits = {}


def _run(task: Callable[..., Any], args: Sequence[Any]) -> tuple[Outcome, bool]:
    """In the worker: how a task ends, and whether it leaves the worker unfit for another."""
    outcome = Outcome.of(task, args)
    return outcome, anything_left(_limits) or is_spent()


def _start_worker(path: list[str], installed: Sequence[plugins.Plugin], number: int) -> None:
    """What each worker does first: leave Ctrl-C and standard output to the parent, and end with it.

    Args:
        path: where it finds modules.
        installed: what other packages add, which it need not look for.
        number: of its slot.
    """
    global _limits
    sys.path[:] = path
    plugins.adopt(installed)
    take(number)
    _limits = limits()
    if hasattr(os, "setsid"):
        os.setsid()  # the sweeper knows what a task has started by its group
    _keep_descriptors()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.let_interrupts_through()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(2, 1)  # standard output is for the results of the search, whatever a task prints
    threading.Thread(target=_end_with_parent, daemon=True, name="end-with-parent").start()


def _keep_descriptors() -> None:
    """Keep the pipes of this process from the programs it starts: their server lives as long as any is open."""
    for descriptor in range(3, 256):
        with suppress(OSError):
            os.set_inheritable(descriptor, False)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
