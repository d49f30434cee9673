"""The record of a run: one JSON line per event, each with its own checksum, appended by one process.

A line reads `{"crc":"1f0e5a2b","kind":"result",...}`; the CRC-32 is that of the line without its crc field.
What `append` has returned from is on the disk. A crash can leave the last line torn; it is cut off with a
notice when the journal is opened for writing again. Any other line that fails its checksum is an error
that names it: the journal is never guessed around.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hpsearch.core.collector import collector_paused
from hpsearch.core.errors import InputError, JournalDamaged, RunFolderError
from hpsearch.runs.records import PREFIX, NoRecord, Reader, Record, parsed
from hpsearch.storage.atomic import open_regular, replacing

#: What the checksum of a line begins with: the brace that stands before its crc field.
_BRACE = zlib.crc32(b"{")
#: Said of trouble that comes while a search is recorded.
KEPT = "What was recorded is kept: continue with --resume"
#: A disk with less room is full, in bytes.
LEAST_ROOM = 1 << 20
_sync = getattr(os, "fdatasync", os.fsync)
_APPENDING = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC


def encode(record: Mapping[str, Any]) -> bytes:
    r"""One line of the journal, newline included.

    >>> encode({"kind": "end"})
    b'{"crc":"aae1e05b","kind":"end"}\n'

    Raises:
        ValueError: a number is not finite (JSON has no word for it).
    """
    body = json.dumps(record, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()
    return b'{"crc":"%08x",%s\n' % (zlib.crc32(body), body[1:])


def decode(line: bytes) -> dict[str, Any]:
    """The record of one line (without its newline), as `encode` was given it.

    Raises:
        ValueError: the line is not a record with a true checksum.
    """
    if not _holds(line):
        raise ValueError("checksum")
    return parsed(line)


def _holds(line: bytes) -> bool:
    """Whether the checksum of a line does, whose newline may be gone."""
    return line[:PREFIX] == b'{"crc":"%08x",' % zlib.crc32(line[PREFIX:].removesuffix(b"\n"), _BRACE)


def damaged(path: Path, number: int) -> JournalDamaged:
    """The error of line `number`, counted from 1."""
    return JournalDamaged(
        f"{path}:{number}: this record is damaged (its checksum does not hold). Restore the file from a "
        f"copy, keep only the {number - 1} lines before it (what came later is done again when the run is "
        f"resumed, with the same results), or start the run again with --overwrite"
    )


#: What a record raises that hpsearch never wrote.
UNFIT = (KeyError, TypeError, ValueError, AttributeError, OverflowError, InputError)


def misfit(where: str, line: int, error: Exception) -> RunFolderError:
    """What is said of a record that is whole, and not one that a search wrote there."""
    return RunFolderError(
        f"{where}:{line}: this record does not fit the others ({type(error).__name__}: {error}). Restore the file "
        f"from a copy, or start the run again with --overwrite"
    )


def replay(path: Path, read: Reader) -> tuple[list[Record], int, int]:
    """Every whole record of the journal at `path`.

    Args:
        path: the file.
        read: turns its lines into records.

    Returns:
        the records; the number of bytes they take; the number of bytes of a torn line after them.

    Raises:
        JournalDamaged: a line fails its checksum and is not a torn last one.
        RunFolderError: the file cannot be read, is of another format, or holds what no search recorded.
    """
    records, whole = list[Record](), 0
    try:
        with open_regular(path) as file, collector_paused():
            for line in file:
                if not _holds(line):
                    if line.endswith(b"\n"):
                        raise damaged(path, len(records) + 1)
                    return records, whole, len(line)
                records.append(read(line))
                whole += len(line)
                if not line.endswith(b"\n"):  # its writer is about to end it: what follows then is no line
                    break
    except OSError as error:
        raise RunFolderError(f"{path}: cannot be read: {error.strerror}") from error
    except NoRecord:
        raise damaged(path, len(records) + 1) from None
    except UNFIT as error:
        raise misfit(str(path), len(records) + 1, error) from error
    return records, whole, 0


class Journal:
    """The one writer of a journal.

    Attributes:
        notice: what was repaired when the journal was opened, empty if nothing was.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._file = -1
        self._size = 0
        self._disks = [path.parent]
        with contextlib.suppress(OSError):  # there is no folder for temporary files
            self._disks.append(Path(tempfile.gettempdir()))

    def open(self) -> list[Record]:
        """Open for appending; returns the records it holds. Where there is none, `append` makes it.

        Raises:
            JournalDamaged: see `replay`.
            RunFolderError: the file cannot be read or written.
        """
        try:
            if not self.path.exists():
                return []
            records, self._size, torn = replay(self.path, Reader(str(self.path)))
            self._file = os.open(self.path, _APPENDING)
            self._repair(torn)
        except OSError as error:
            raise RunFolderError(trouble(self.path, error)) from error
        return records

    def _repair(self, torn: int) -> None:
        if torn:
            os.ftruncate(self._file, self._size)
            self.notice = (
                f"{self.path}: the last record was cut short by a crash ({torn} bytes) and is dropped; "
                f"what it recorded is done again"
            )
        elif self._size and os.pread(self._file, 1, self._size - 1) != b"\n":
            self._size += os.write(self._file, b"\n")
            self.notice = f"{self.path}: the last record lacked its line end; it is whole and is kept"

    def append(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Write all `records` at once and return when they are on the disk.

        The first are there whole or not at all, whenever this process ends: what a search begins with is one thing.

        Raises:
            RunFolderError: the disk is full or the file cannot be written; nothing of `records` is kept.
        """
        data = b"".join(map(encode, records))
        if self._file < 0:
            self._begin(data)
            return
        try:
            written = 0
            while written < len(data):
                written += os.write(self._file, data[written:])
            _sync(self._file)
        except OSError as error:
            self._take_back()
            raise RunFolderError(f"{trouble(self.path, error)}. {KEPT}") from error
        self._size += len(data)

    def _begin(self, data: bytes) -> None:
        try:
            with replacing(self.path, durable=True) as file:
                file.write(data)
            self._file = os.open(self.path, _APPENDING)
            sync_folder(self.path.parent)
        except OSError as error:
            raise RunFolderError(trouble(self.path, error)) from error
        self._size = len(data)

    def refuse_full_disk(self) -> None:
        """Raise RunFolderError if there is next to no room left, here or for temporary files.

        What fails then says nothing of itself.
        """
        for folder in self._disks:
            with contextlib.suppress(OSError):
                room = shutil.disk_usage(folder)
                if room.free >= LEAST_ROOM or not room.total:  # some file systems do not tell
                    continue
                full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                raise RunFolderError(
                    f"{trouble(folder, full)}. {KEPT}; what failed for want of space is tried again"
                )

    def _take_back(self) -> None:
        # Where even this fails, the torn line that stays is recognised and dropped on the next opening.
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, self._size)

    def close(self) -> None:
        """Close the file; appending is over."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sync_folder(folder: Path) -> None:
    """Make sure that a file just created in `folder` is still there after a crash of the machine."""
    if os.name == "nt":  # a folder cannot be opened there, and its entries are journalled by NTFS
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def trouble(path: Path, error: OSError) -> str:
    """What an operating system error on `path` means for the user, and the way out; no full stop."""
    remedies = {
        errno.ENOSPC: "the disk is full; free some space",
        errno.EDQUOT: "the disk quota is used up; free some space",
        errno.EROFS: "the file system is read-only; choose another --runs-dir",
        errno.EACCES: "no permission to write; change it or choose another --runs-dir",
        errno.EPERM: "no permission to write; change it or choose another --runs-dir",
    }
    remedy = remedies.get(error.errno or 0, f"{error.strerror or error}")
    return f"{path}: {remedy}"
