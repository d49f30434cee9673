"""What trains, and what has to be there before it does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
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


@runtime_checkable
class Describing(Protocol):
    """An objective that can say what it would run."""

    def described(self, job: Job) -> str:
        """What would be run for a job, as text."""

    def attempt(self, job: Job) -> tuple[Result, str]:
        """The result of a job, and where its metric was read."""


class Workload(Protocol):
    """What a search works on: made by `gather`, which finds what is wrong with it before the first trial.

    Attributes:
        fingerprint: of the data and of the files it reads, empty where there are none; a search is only continued
            with the same (see `changed`).
        rows: how many rows the metric is measured on; 0 if unknown.
        notes: what a person should know.
        preload: what workers import before the first task comes.
    """

    fingerprint: str
    rows: int
    notes: tuple[str, ...]
    preload: tuple[str, ...]

    def changed(self, recorded: str) -> str | None:
        """What is not what it was when a search recorded that fingerprint, in words; None where all is."""

    def store(self, checkpoints: Path) -> None:
        """Put what workers read into the folder. Raises OSError."""

    def objective(self, checkpoints: Path) -> Objective:
        """Who trains; its states are kept in `checkpoints`."""

    def timeout(self) -> float | None:
        """The seconds after which a worker with one trial is stopped."""
