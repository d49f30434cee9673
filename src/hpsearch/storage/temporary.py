"""Folders for temporary files. Those of processes that were killed go when the next one is made, or when asked."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

#: What the names of those begin with that are for nobody's eyes.
PREFIX = "hpsearch-"
#: A file in each, locked for as long as the process lives that made the folder: a number of a process could be
#: another's by now, or of another container.
_OWNER = ".owner"


@contextmanager
def temporary_folder(prefix: str = PREFIX, *, suffix: str = "", parent: Path | None = None) -> Iterator[Path]:
    """A new folder, which is gone when the block ends; left ones of such names go first.

    Args:
        prefix, suffix: of its name.
        parent: where it is; the system's folder for temporary files if None.

    Raises:
        OSError: it cannot be made.
    """
    sweep(prefix, suffix=suffix, parent=parent)
    with own_folder(prefix, suffix=suffix, parent=parent) as made:
        yield made


@contextmanager
def own_folder(prefix: str = PREFIX, *, suffix: str = "", parent: Path | None = None) -> Iterator[Path]:
    """The same, where somebody else sees to those that are left: looking for them takes time."""
    with TemporaryDirectory(prefix=prefix, suffix=suffix, dir=parent) as made, _owned(Path(made)):
        yield Path(made)


def sweep(prefix: str = PREFIX, *, suffix: str = "", parent: Path | None = None) -> None:
    """Delete the folders that `temporary_folder` made in processes that are gone, as far as they can be."""
    pattern = f"{glob.escape(prefix)}*{glob.escape(suffix)}"
    with suppress(OSError):
        for path in (parent or Path(tempfile.gettempdir())).glob(pattern):
            if not path.is_symlink():
                _delete_if_left(path)


if sys.platform == "win32":

    @contextmanager
    def _owned(folder: Path) -> Iterator[None]:  # noqa: ARG001 - who lives cannot be told here
        yield

    def _delete_if_left(folder: Path) -> None:
        pass

else:
    import fcntl

    @contextmanager
    def _owned(folder: Path) -> Iterator[None]:
        unlocked = folder / f"{_OWNER}.new"
        with unlocked.open("xb") as owner:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
                unlocked.rename(folder / _OWNER)  # only now: without a lock it would look like a left one
            yield

    def _delete_if_left(folder: Path) -> None:
        with suppress(OSError):
            descriptor = os.open(folder / _OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if os.fstat(descriptor).st_uid == os.getuid():
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)
