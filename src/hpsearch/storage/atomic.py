"""Files, and nothing else: reading none that is a pipe or a device, and writing each as a whole."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from hpsearch.core.errors import InputError
from hpsearch.storage.temporary import temporary_folder


def open_regular(path: Path) -> BufferedReader:
    """The file at `path`, open for reading. A pipe is never waited for, and no device is read.

    Raises:
        OSError: there is none, it is a folder, a pipe or a device, or it may not be read.
        ValueError: no file can have such a path.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is a device or pipe", str(path))


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file at `path` when the block ends without an exception.

    It is written beside it as `.name.tmp`. What a crash left there is removed, and a link that somebody put
    there is never written through. One process at a time may write the same path.

    Args:
        durable: have it on the disk before the old file goes.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    if not path.name or path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    unfinished = path.with_name(f".{path.name}.tmp")
    unfinished.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(unfinished, flags, 0o644), "wb") as stream:
            yield stream
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def placing(path: Path, *, overwrite: bool = False, option: str = "-o") -> Iterator[Path]:
    """Where to make the file or folder that is moved to `path` when the block ends without an exception.

    Args:
        overwrite: put it in the place of the file that is there. A folder is never replaced.
        option: what gave the path, for the message.

    Raises:
        InputError: something is there, or it cannot be written; what was there is as it was.
    """
    refuse_existing(path, overwrite=overwrite, option=option)
    try:
        with temporary_folder(f".{path.name}.", suffix=".tmp", parent=path.parent) as place:
            made = place / path.name
            yield made
            refuse_existing(path, overwrite=overwrite, option=option)
            if made.is_dir():
                path.unlink(missing_ok=True)  # a folder takes the place of nothing but an empty one
            made.replace(path)
    except OSError as error:
        why = error.strerror or error
        raise InputError(f"{path}: cannot be written: {why}; give another path with {option}") from error


def unlinked(folder: Path) -> Path:
    """The folder; a symbolic link in its place, which leads to somebody else's, is removed. Raises OSError."""
    if folder.is_symlink():
        folder.unlink()
    return folder


def refuse_existing(path: Path, *, overwrite: bool = False, option: str = "-o") -> None:
    """Raise InputError if something is at `path` that must not be replaced, or if nothing can be."""
    try:
        folder, there = path.is_dir() and not path.is_symlink(), path.exists() or path.is_symlink()
    except OSError as error:  # such as a name that is too long
        why = error.strerror or error
        raise InputError(f"{path}: cannot be written: {why}; give another path with {option}") from error
    if folder:
        raise InputError(f"{path}: is a folder; remove it, or give another path with {option}")
    if there and not overwrite:
        remedy = f"replace it with --overwrite, or give another path with {option}"
        raise InputError(f"{path}: exists; {remedy}")
