"""When a search gives up: too many trainings have failed, or the first of one length all did, the same way."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from hpsearch.core.trial import FAILED, Epochs, Job, Key, Result

#: So many trials that all fail the same way say that the next one will too.
ALIKE = 5
#: What differs between reasons that are the same: numbers, quoted texts, and the names of temporary files.
_PARTICULARS = re.compile(r"'[^']*'|\"[^\"]*\"|\S*/\S+|[-+]?\d[\d.]*(?:e[-+]?\d+)?")

Most = int | Literal["auto"] | None


class Failures:
    """The failed trials of a search, counted in the order in which the jobs were asked for.

    A result counts when all before it are there too, so what is said of them never depends on which came first.
    """

    def __init__(self) -> None:
        self._awaited: deque[Key] = deque()
        self._leading: dict[Epochs, list[Result]] = {}
        self._failed: list[Result] = []

    def await_jobs(self, jobs: Iterable[Job]) -> None:
        """Take note of the jobs of a round; replicates confirm what is known, and do not count.

        What is tried again may be awaited already: its failure came before the results that it counts after.
        """
        awaited = set(self._awaited)
        self._awaited.extend(job.key for job in jobs if not job.replicate and job.key not in awaited)

    def take(self, results: Mapping[Key, Result]) -> None:
        """Count what `results` answer of the jobs that are awaited, up to the first that they do not."""
        while self._awaited and self._awaited[0] in results:
            result = results[self._awaited.popleft()]
            leading = self._leading.setdefault(result.epochs, [])
            if len(leading) < ALIKE:
                leading.append(result)
            if result.status in FAILED:
                self._failed.append(result)

    def forgive(self, results: Mapping[Key, Result]) -> None:
        """Count anew: somebody has seen the failures so far, and goes on."""
        self._awaited = deque(key for key in self._awaited if key not in results)
        self._leading, self._failed = {}, []

    def too_many(self, most: Most) -> str:
        """Why to give up, in words; empty while there is no reason to.

        Args:
            most: the failed trainings that are one too many; `auto` only looks at whether the first `ALIKE` of
                a length all failed the same way; None never gives up.
        """
        if most == "auto":
            for epochs, leading in sorted(self._leading.items()):
                if _alike(leading):
                    longer = f" asked for {epochs} epochs" if epochs > min(self._leading) else ""
                    return f"the first {ALIKE} trials{longer} all failed the same way: {_said(leading[0])}"
        elif most is not None and len(self._failed) >= most:
            trials = "1 trial has" if most == 1 else f"{most} trials have"
            return f"{trials} failed (max_failures: {most}), the last one: {_said(self._failed[most - 1])}"
        return ""


def _alike(leading: Sequence[Result]) -> bool:
    enough = len(leading) == ALIKE and leading[0].status in FAILED
    return enough and len({_kind(result) for result in leading}) == 1


def _kind(result: Result) -> str:
    return f"{result.status}: {_PARTICULARS.sub('*', result.reason)}"


def _said(result: Result) -> str:
    return f"{result.reason or result.status} (trial {result.trial}: {result.status})"
