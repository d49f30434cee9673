"""The files that the trials of a search make: which stay, and whether they spoil each other's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from hpsearch.core.trial import Job, Result, Standing
from hpsearch.objectives.base import Workload
from hpsearch.objectives.shared_files import SharedFiles
from hpsearch.objectives.workdir import tidy_files
from hpsearch.runs import RunFolder


class Files:
    """Those of the trials that `workload` has in `folder`; `tell` is told of what they share."""

    def __init__(self, workload: Workload, folder: RunFolder, tell: Callable[[str], object]) -> None:
        self._keep, self._trials, self._tell = workload.keep, folder.trials, tell
        self._shared = SharedFiles(workload.shared, folder.path) if workload.shared else None
        self._place = workload.shared

    def begin(self, jobs: Sequence[Job]) -> None:
        """Trainings begin."""
        if self._shared:
            self._shared.begin(jobs)

    def end(self, results: Sequence[Result]) -> None:
        """Trainings ended."""
        if self._shared and (file := self._shared.end(results)):
            self._tell(
                f"note: trials that ran at the same time changed the same file, {file} in {self._place}: what a "
                f"trial read there may be another's. Give each a folder of its own: begin again with "
                f"--overwrite --set objective.workdir=trial"
            )

    def tidy(self, trials: Collection[int]) -> None:
        """Delete the folders of the trials that do not go on and are not among the best, unless all are kept."""
        if self._keep in ("best", "none"):
            tidy_files(self._trials, trials)


def finish(workload: Workload, folder: RunFolder, best: Standing | None) -> None:
    """Delete the folders that are not to stay when a search is over."""
    if workload.keep in ("best", "none"):
        kept = [best.trial.number] if best is not None and workload.keep == "best" else []
        tidy_files(folder.trials, kept)
