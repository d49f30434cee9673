"""An executor in one file, as somebody would add it below hpsearch/executors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from hpsearch.executors import EXECUTORS


@EXECUTORS.register("threads")
class Threads:
    """Trains in threads of this process."""

    def __init__(self, workers: int, preload: Sequence[str] = ()) -> None:
        self.workers = workers
        self._pool = ThreadPoolExecutor(workers)

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        """Run `task(*args)` in a thread, which has no deadline."""
        return self._pool.submit(task, *args)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()
