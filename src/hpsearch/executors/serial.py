"""Everything in this process, one task at a time: for debugging, and where processes cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from hpsearch.executors.base import EXECUTORS

if TYPE_CHECKING:
    from concurrent.futures import Future


@EXECUTORS.register("serial", place=1)
class SerialExecutor:
    """Runs each task when it is submitted. It cannot enforce a deadline, nor survive a task that kills it."""

    keeps_deadlines: ClassVar[bool] = False
    replaces_workers: ClassVar[bool] = False
    numbers_workers: ClassVar[bool] = True

    def __init__(self, workers: int = 1, preload: Sequence[str] = ()) -> None:
        del workers, preload
        self.workers = 1

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        """Run `task(*args)` now; `timeout` is ignored."""
        from concurrent.futures import Future

        from hpsearch.executors.outcome import own

        del timeout
        future: Future[Any] = Future()
        try:
            future.set_result(task(*args))
        except Exception as error:
            future.set_exception(own(error))
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
