"""What an executor is: a place that runs functions, and says so through futures."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from msgspec import Struct

from hpsearch.core.registry import Registry

if TYPE_CHECKING:
    from concurrent.futures import Future

#: Read by OpenBLAS, MKL, BLIS, Accelerate and OpenMP when NumPy is first imported, and never again.
BLAS_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


class Executor(Protocol):
    """Runs picklable functions; a context manager, whose end stops whatever still runs.

    A future ends with the function's value, with what it raised, with `DeadlineExceeded`, with `WorkerDied` where
    the process ended without an answer, or with `WorkerLeft` where it was let go: then the task may be submitted
    again. A task that dies costs no other task, nor does one that raises what cannot be sent: see `outcome`. After
    a task that leaves `turns.is_spent` true in its process, there is none in that process.
    """

    @property
    def workers(self) -> int:
        """How many tasks run at a time; of workers that come and go as it is now, 0 where none is there.

        What is submitted nevertheless waits for one. At least 1 where none will come any more: that task is told.
        """

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        """Run `task(*args)`, for at most `timeout` seconds."""

    def __enter__(self) -> Self:
        """Start the workers."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the workers, and what they are at."""


@runtime_checkable
class Ending(Protocol):
    """An executor that can end one task."""

    def end(self, future: Future[Any]) -> None:
        """End the task of a `future` of this executor, which then raises `TaskEnded`, unless it has ended."""


@runtime_checkable
class Awaiting(Protocol):
    """An executor whose workers come one by one."""

    @property
    def awaited(self) -> int:
        """How many tasks run at a time once all have come that are known of; 0 where none is."""


@runtime_checkable
class Placing(Protocol):
    """An executor whose workers can be told apart: what a task leaves in its process is there for a later one."""

    def idle(self) -> Collection[int]:
        """The slots whose workers have no task."""

    def submit_in(
        self, slot: int, task: Callable[..., Any], *args: Any, timeout: float | None = None
    ) -> Future[Any]:
        """As `submit`, in the worker of that slot."""


class ExecutorFactory(Protocol):
    """Makes an executor; `preload` names the modules that its workers should have imported beforehand."""

    def __call__(self, workers: int, preload: Sequence[str] = ()) -> Executor:
        """An executor with `workers` workers, not yet started."""


EXECUTORS: Registry[ExecutorFactory] = Registry("executor", "hpsearch.executors", group="executors")


def one_blas_thread() -> None:
    """Give every NumPy imported from now on, here and in child processes, one thread.

    More would let the workers fight over the cores, and make sums depend on how a machine splits them.
    """
    for name in BLAS_THREADS:
        os.environ[name] = "1"


@contextmanager
def blas_threads(count: int) -> Iterator[None]:
    """Within the block, NumPy has so many threads, here and in child processes, imported already or not.

    Of blocks that overlap, as those of searches in several threads, the one that began last counts; when all have
    ended it is as it was before the first.
    """
    block = _Block(count)
    with _CHANGING:
        if not _BLOCKS:
            _before.append(_Threads.now())
        _BLOCKS.append(block)
        _Threads.of(count).set()
    try:
        yield
    finally:
        with _CHANGING:
            _BLOCKS.remove(block)
            (_Threads.of(_BLOCKS[-1].count) if _BLOCKS else _before.pop()).set()


class _Block(Struct, frozen=True, eq=False):
    count: int


class _Threads(Struct, frozen=True):
    """How many threads NumPy has: what its child processes are told, and by library, or the same for all."""

    told: Mapping[str, str | None]
    limits: Mapping[str, int] | int

    @classmethod
    def now(cls) -> _Threads:
        # NumPy asks the environment once, when it is imported: before a block changes that, and not within one,
        # as another thread may be about to.
        import numpy as np  # noqa: F401
        from threadpoolctl import threadpool_info

        told = {name: os.environ.get(name) for name in BLAS_THREADS}
        pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
        return cls(told, {pool["prefix"]: pool["num_threads"] for pool in pools})

    @classmethod
    def of(cls, count: int) -> _Threads:
        return cls(dict.fromkeys(BLAS_THREADS, str(count)), count)

    def set(self) -> None:
        from threadpoolctl import threadpool_limits

        for name, value in self.told.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        threadpool_limits(self.limits, user_api="blas" if isinstance(self.limits, int) else None)


#: The blocks that go on, perhaps in several threads of this process; what was before the first of them.
_BLOCKS: list[_Block] = []
_before: list[_Threads] = []
_CHANGING = Lock()


def available_cores() -> int:
    """The cores this process may use (its CPU affinity, where the system knows one)."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
