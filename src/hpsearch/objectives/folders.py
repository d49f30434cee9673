"""The folders that a run keeps of its trials, beside their checkpoints."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hpsearch.core.places import OUTPUT, TRIALS
from hpsearch.core.trial import Job
from hpsearch.storage.atomic import unlinked
from hpsearch.storage.log import Log


def folder_name(trial: int, replicate: int = 0) -> str:
    """That of a trial, or of one that is trained again with another seed.

    >>> folder_name(3), folder_name(3, replicate=1)
    ('3', '3-replicate1')
    """
    return f"{trial}-replicate{replicate}" if replicate else str(trial)


def trial_folder(checkpoints: Path, job: Job) -> Path:
    """The folder of a trial, beside the folder of all checkpoints; it need not exist."""
    return checkpoints.absolute().parent / TRIALS / folder_name(job.trial.number, job.replicate)


def begun_log(checkpoints: Path, job: Job) -> Log:
    """Where what a trial prints is kept. Its trainings stand one after the other, each later one with a heading."""
    log = Log(unlinked(trial_folder(checkpoints, job)) / OUTPUT)
    log.head(f"--- epochs {job.start + 1} to {job.epochs} ---")
    return log


def printing(checkpoints: Path, job: Job) -> Path:
    """Where a function prints to while a job goes on; it is moved to the log at the end."""
    return checkpoints.absolute() / f".printed-{'-'.join(map(str, job.key))}.tmp"


def printed_now(checkpoints: Path, trial: int, replicate: int) -> Iterable[Path]:
    """The files that `printing` names, as far as they are there."""
    return checkpoints.glob(f".printed-{trial}-{replicate}-*.tmp")
