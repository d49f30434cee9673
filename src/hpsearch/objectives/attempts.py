"""The folders of a trial as a training finds them: empty, as its last rung left them, or as it left them itself.

Beside each folder a file `NAME.begun` holds the epochs of the training that was begun there last. A training that
finds its own there was begun before and has not been answered: it was interrupted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hpsearch.core.trial import Epochs, Job, Result
from hpsearch.storage.atomic import unlinked


def entered(
    folder: Path, job: Job, *, again: bool = False, fill: Callable[[Path], object] | None = None
) -> bool:
    """Make `folder` what a job is to find there; whether that is what the same job left, which was interrupted.

    A trial that begins finds what `fill` puts there, and so does one that goes on and whose folder is lost.

    Args:
        again: whether a job that was interrupted finds what its first attempt found.

    Raises:
        OSError: it cannot be made.
    """
    unlinked(folder)  # a run writes nothing outside its folder
    interrupted = _begun(folder) == job.epochs
    if not job.start and (again or not interrupted):
        shutil.rmtree(folder, ignore_errors=True)
    if fill is None:
        folder.mkdir(parents=True, exist_ok=True)
    elif not folder.is_dir():
        _made(folder, fill)
    if again and job.start:
        _restore(folder) if interrupted else _copied(folder, _before(folder))
    if not interrupted:
        _mark(folder, job.epochs)
    return interrupted and not again


def left(folder: Path, job: Job, result: Result, *, keep: bool = False) -> None:
    """Note that a job was answered: a first training that went wrong begins anew if it is tried again.

    Of a training with a fresh seed nothing is left, which has no later one to go on from, unless it is to be kept.
    """
    if job.replicate and not keep:
        delete(folder)
    elif result.status != "done" and not job.start:
        _marker(folder).unlink(missing_ok=True)


def delete(folder: Path) -> None:
    """Delete a folder and what stands beside it, as far as it can be."""
    for path in (folder, _before(folder), _new(folder)):
        shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        _marker(folder).unlink(missing_ok=True)


def _marker(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.begun")


def _mark(folder: Path, epochs: Epochs) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    file = os.open(_marker(folder), flags, 0o666)
    try:
        os.write(file, str(epochs).encode())
    finally:
        os.close(file)


def _before(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.before")


def _new(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.new")


def _begun(folder: Path) -> int | None:
    try:
        return int(_marker(folder).read_bytes())
    except (OSError, ValueError):
        return None


def _made(folder: Path, fill: Callable[[Path], object]) -> None:
    """Make a folder that is filled as soon as it is there: who fills it may be killed."""
    new = _new(folder)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    fill(new)
    new.rename(folder)


def _copied(folder: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    _made(to, lambda new: shutil.copytree(folder, new, symlinks=True, dirs_exist_ok=True))


def _restore(folder: Path) -> None:
    """Put back what the first attempt found, where that was kept."""
    if _before(folder).is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        _copied(_before(folder), folder)
