"""When each training was with a worker: written beside its result, and nothing that a search follows from."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from hpsearch.core.trial import Job, Key, Result
from hpsearch.runs.records import Measured, Reader
from hpsearch.runs.writing import result_record

#: Begin and end, in seconds since 1970.
Span: TypeAlias = tuple[float, float]


class Clock:
    """Notes when jobs begin, and records it with their results.

    >>> now = iter([1.5, 4.0]).__next__
    >>> clock = Clock(lambda jobs, workers: None, now)
    >>> from hpsearch.core.trial import Trial
    >>> clock.begins([Job(Trial(0, 0, {}, 0), 3)], 1)
    >>> [record["times"] for record in clock.recorded([Result(0, 3, "done")])]
    [(1.5, 4.0)]
    """

    def __init__(
        self, tell: Callable[[Sequence[Job], int], object], now: Callable[[], float] = time.time
    ) -> None:
        """`tell` is told of the jobs too."""
        self._tell = tell
        self._now = now
        self._begun: dict[Key, float] = {}

    def begins(self, jobs: Sequence[Job], workers: int) -> None:
        """A worker begins with `jobs`, perhaps anew."""
        self._begun |= dict.fromkeys((job.key for job in jobs), self._now())
        self._tell(jobs, workers)

    def recorded(self, results: Sequence[Result]) -> list[dict[str, Any]]:
        """The records of results that have just come; one that no worker was given has no times."""
        ended = self._now() if results else 0.0
        return [self._record(result, ended) for result in results]

    def _record(self, result: Result, ended: float) -> dict[str, Any]:
        begun = self._begun.pop(result.key, None)
        record = result_record(result)
        return record if begun is None else record | {"times": (round(begun, 3), round(ended, 3))}


class TimesReader(Reader):
    """Reads a journal without curves, and keeps the times of its results.

    Attributes:
        times: by the keys of the results, as far as they were recorded.
    """

    def __init__(self, where: str) -> None:
        super().__init__(where, curves=False)
        self.times: dict[Key, Span] = {}

    def _result(self, record: Measured) -> Result:
        result = super()._result(record)
        if record.times is not None:
            self.times[result.key] = record.times
        return result
