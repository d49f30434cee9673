"""What is optimized, and under which `kind` it is found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, runtime_checkable

from hpsearch.core.trial import Job, Result


class Objective(Protocol):
    """Trains jobs. Picklable: every worker gets a copy."""

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        """Which jobs to train together, the longest work first; each job is in one stack."""

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        """Train a stack; one result per job, in order. A job that fails is a result, not an exception."""

    def tidy(self, keep: Collection[tuple[int, int]]) -> None:
        """Delete every saved state but those of (trial number, epochs) in `keep`. Losing one costs only time."""


@runtime_checkable
class Printing(Protocol):
    """An objective whose jobs print, and can be heard after their process is gone."""

    def last_words(self, job: Job) -> str:
        """The last lines that a job printed before it died or was stopped."""


def last_words(objective: Objective, job: Job) -> str:
    """Those of a job whose process is gone; empty where nothing was kept."""
    return objective.last_words(job) if isinstance(objective, Printing) else ""
