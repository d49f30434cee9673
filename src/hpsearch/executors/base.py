"""What an executor is: a place that runs functions, and says so through futures."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

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

    A future ends with the function's value, with what it raised, with `DeadlineExceeded`, or with `WorkerDied`
    where the process ended without an answer. A task that dies costs no other task. After a task that leaves
    `turns.is_spent` true in its process, there is none in that process.
    """

    workers: int

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
    """Within the block, NumPy has so many threads, here and in child processes, imported already or not."""
    from threadpoolctl import threadpool_limits

    before = {name: os.environ.get(name) for name in BLAS_THREADS}
    os.environ.update(dict.fromkeys(BLAS_THREADS, str(count)))
    try:
        with threadpool_limits(count, user_api="blas"):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def available_cores() -> int:
    """The cores this process may use (its CPU affinity, where the system knows one)."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
