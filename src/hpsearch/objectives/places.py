"""The folders that one training of a trial has: where it runs, and what it keeps from rung to rung."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from hpsearch.core.trial import Job, Result
from hpsearch.objectives import answers, attempts
from hpsearch.objectives.workdir import Workdir


class Places:
    """The folders of a job, each made when it is first asked for.

    Attributes:
        resumed: whether those asked for by then are as the same job left them, which was interrupted.
    """

    def __init__(self, checkpoints: Path, job: Job, workdir: Workdir | None, *, again: bool) -> None:
        self.resumed = False
        self._checkpoints, self._job = checkpoints, job
        self._workdir, self._again = workdir, again
        self._entered: list[tuple[Path, bool]] = []

    def begin_anew(self) -> None:
        """Begin with the first epoch, whatever lies behind the job: the folders are to be empty."""
        self._job, self._again = replace(self._job, start=0), True

    def checkpoint(self) -> Path:
        """The folder that persists from rung to rung. Raises OSError."""
        folder = answers.checkpoint_folder(self._checkpoints, self._job)
        self.resumed |= attempts.entered(folder, self._job, again=self._again)
        self._entered.append((folder, False))
        return folder

    def folder(self) -> Path | None:
        """The one to run in; None where the trial has none of its own. Raises OSError."""
        if self._workdir is None:
            return None
        folder, resumed = self._workdir.entered(self._checkpoints, self._job, again=self._again)
        self.resumed |= resumed
        self._entered.append((folder, self._workdir.all))
        return folder

    def left(self, result: Result) -> None:
        """The job is answered."""
        for folder, keep in self._entered:
            attempts.left(folder, self._job, result, keep=keep)
