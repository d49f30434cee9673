"""What trains, and what has to be there before it does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol, runtime_checkable

from hpsearch.core.trial import Epochs, Job, Result
from hpsearch.executors.slots import NO_SLOTS, Slots


class Objective(Protocol):
    """Trains jobs. Picklable: every worker gets a copy.

    One that looks for `Requests` to end a trial, and answers what it had reached, says so by `ends_jobs = True`. Of
    any other the worker is ended.
    """

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        """Which jobs to train together, the longest work first; each job is in one stack."""

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        """Train a stack; one result per job, in order. A job that fails is a result, not an exception."""

    def tidy(self, keep: Collection[tuple[int, Epochs]]) -> None:
        """Delete every saved state but those of (trial number, epochs) in `keep`. Losing one costs only time."""


class JobByJob(ABC):
    """An objective that trains one job at a time."""

    @abstractmethod
    def attempt(self, job: Job) -> tuple[Result, str]:
        """The result of a job, and where its metric was read; empty where there is one place only."""

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:  # noqa: ARG002 - by the protocol
        """Each job by itself, the longest training first."""
        return [(job,) for job in sorted(jobs, key=lambda job: job.start - job.epochs)]

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        """Attempt each job."""
        return [self.attempt(job)[0] for job in stack]

    def tidy(self, keep: Collection[tuple[int, Epochs]]) -> None:  # noqa: B027 - for those with states
        """Delete every saved state but those in `keep`; by itself there are none."""


@runtime_checkable
class Serving(Protocol):
    """An objective whose jobs need something beside their workers while a search goes on."""

    def serving(self) -> AbstractContextManager[Objective]:
        """The objective to search with, until the block ends. Raises OSError."""


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


class Workload(ABC):
    """What a search works on, found sound before the first trial; by itself it has no data and no limits.

    Attributes:
        fingerprint: of the data and of the files it reads, empty where there are none; a search is only continued
            with the same (see `changed`).
        rows: how many rows the metric is measured on; 0 if unknown.
        chance: the losses of what knows nothing, by their metrics' names, as far as they are known.
        commonest: the accuracy of always giving the commonest class; 0 where there is none, or it is not known.
        notes: what a person should know.
        preload: what workers import before the first task comes.
        shared: the folder that all trials run in, and whose files code of one's own may change.
        keep: whose folders of their own stay; None where trials have none.
        slots: what each of the trials that run at the same time has to itself.
        shortest: the shortest training that says something, in epochs, where the file leaves that open.
    """

    fingerprint: str = ""
    rows: int = 0
    chance: Mapping[str, float] = MappingProxyType({})
    commonest: float = 0.0
    notes: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    shared: Path | None = None
    keep: Literal["best", "all", "none"] | None = None
    slots: Slots = NO_SLOTS
    shortest: Epochs = 1

    @abstractmethod
    def objective(self, checkpoints: Path) -> Objective:
        """Who trains; its states are kept in `checkpoints`."""

    def changed(self, recorded: str) -> str | None:
        """What is not what it was when a search recorded that fingerprint, in words; None where all is."""
        return None if recorded == self.fingerprint else "the data"

    def code(self) -> Mapping[str, str]:
        """The digests of the user's code by file, as it is now; empty where there is none, or none can be told."""
        return {}

    def store(self, checkpoints: Path) -> None:  # noqa: B027 - for those with data
        """Put what workers read into the folder. Raises OSError."""

    def timeout(self) -> float | None:
        """The seconds after which a worker with one trial is stopped."""
        return None
