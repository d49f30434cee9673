"""A working folder of its own for every trial, with what the folder of the configuration holds."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from msgspec import Struct

from hpsearch.core.places import FILES, JOURNAL
from hpsearch.core.trial import Job
from hpsearch.objectives import attempts
from hpsearch.objectives.folders import trial_folder
from hpsearch.storage.atomic import unlinked

#: A larger file is linked, a smaller one copied: what a trial changes in a copy no other trial sees. In bytes.
LARGEST_COPY = 1 << 20
#: A folder with more entries, those of its folders included, is linked as a whole.
MOST_ENTRIES = 1000
#: What belongs to a version control system, or is made anew.
_LEFT_OUT = frozenset((".git", ".hg", ".svn", "__pycache__"))


class Workdir(Struct, frozen=True):
    """Where each trial runs.

    Attributes:
        source: what each finds there when it begins: the content of this folder.
        links: patterns of what it finds of that; all but the folders of runs if None.
        all: whether a training with a fresh seed leaves its folder too.
    """

    source: Path
    links: tuple[str, ...] | None = None
    all: bool = False

    def entered(self, checkpoints: Path, job: Job, *, again: bool) -> tuple[Path, bool]:
        """The folder of a job; whether it is as the same job left it, which was interrupted. Raises OSError."""
        folder = unlinked(trial_folder(checkpoints, job)) / FILES
        own = checkpoints.absolute().parent
        return folder, attempts.entered(folder, job, again=again, fill=partial(self._fill, own))

    def _fill(self, own: Path, folder: Path) -> None:
        """Put into `folder` what a trial of the run `own` finds when it begins."""
        for path in self._chosen():
            target = folder / path.relative_to(self.source)
            target.parent.mkdir(parents=True, exist_ok=True)
            _bring(path, target, own)

    def _chosen(self) -> Iterator[Path]:
        if self.links is None:
            return self.source.iterdir()
        return (path for link in self.links for path in sorted(self.source.glob(link)))


def tidy_files(trials: Path, keep: Collection[int]) -> None:
    """Delete what the trials that are not in `keep` have left in their folders, but for their logs."""
    kept = {str(number) for number in keep}
    for folder in trials.glob(f"[0-9]*/{FILES}"):
        if folder.parent.name.partition("-")[0] not in kept:
            attempts.delete(folder)


def is_run(folder: Path) -> bool:
    """Whether a folder is that of a run."""
    return (folder / JOURNAL).is_file()


def _bring(source: Path, target: Path, own: Path) -> None:
    """Copy a small file, link another, and make a folder of what it holds."""
    if _is_left_out(source, own):
        return
    try:
        if source.is_dir() and not source.is_symlink():
            _bring_folder(source, target, own)
        elif source.is_file() and source.stat().st_size <= LARGEST_COPY:
            shutil.copy2(source, target)
        else:
            target.symlink_to(source.resolve())
    except PermissionError:  # which the program would have met too
        target.symlink_to(source)
    except (FileNotFoundError, FileExistsError):
        pass  # it is gone by now, or two patterns name it


def _bring_folder(source: Path, target: Path, own: Path) -> None:
    if _is_large(source):
        target.symlink_to(source)
        return
    paths = list(source.iterdir())
    brought = [path for path in paths if not _is_left_out(path, own)]
    if brought or not paths:  # one that has runs only is none that a program asks for
        target.mkdir(parents=True, exist_ok=True)
    for path in brought:
        _bring(path, target / path.name, own)


def _is_left_out(source: Path, own: Path) -> bool:
    """Whether no trial is given it."""
    return source.name in _LEFT_OUT or source == own or is_run(source)


def _is_large(folder: Path) -> bool:
    """Whether it has too many entries to bring each; what runs have is not counted, as it is not brought."""
    count, folders = 0, [folder]
    while folders and count <= MOST_ENTRIES:
        for path in folders.pop().iterdir():
            count += 1
            if path.is_dir() and not path.is_symlink() and not is_run(path):
                folders.append(path)
    return count > MOST_ENTRIES
