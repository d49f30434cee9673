"""Worker processes on this machine."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.executors.base import EXECUTORS, Executor


@EXECUTORS.register("local", place=0)
def local(workers: int, preload: Sequence[str] = ()) -> Executor:
    """The executor, whose modules take long to import, and are needed where there is something to run alone."""
    from hpsearch.executors.local.pool import LocalExecutor

    return LocalExecutor(workers, preload)


local.numbers_workers = True  # type: ignore[attr-defined]  # each knows its slot
