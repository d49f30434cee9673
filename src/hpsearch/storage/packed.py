"""Files of text that may be packed (.gz, .zip), read as what is in them."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from hpsearch.core.errors import DataError
from hpsearch.storage.atomic import open_regular
from hpsearch.storage.checked import TIGHTEST, UNSUSPICIOUS, Readable
from hpsearch.storage.endings import CSV, GZ, TSV, TXT, ZIP, ending

#: So many files of a .zip are named.
_MOST_NAMED = 5


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """What is in a file, whether it is packed or not.

    Raises:
        OSError, and what the readers of packed files raise of damaged ones.
        DataError: a .zip without a table, or with several, or what is packed tighter than real data is.
    """
    with open_regular(path) as plain:
        if ending(path).endswith(GZ):
            yield _guarded(gzip.GzipFile(fileobj=plain), path)
        elif ending(path) == ZIP:
            with zipfile.ZipFile(plain) as archive, archive.open(_member(archive, path)) as member:
                yield _guarded(member, path)
        else:
            yield plain


def name_within(path: Path) -> str:
    """The name of what is in a file: its own, where it is not packed. Raises as `unpacked`."""
    if ending(path).endswith(GZ):
        return path.stem
    if ending(path) != ZIP:
        return path.name
    with open_regular(path) as plain, zipfile.ZipFile(plain) as archive:
        return _member(archive, path)


def check_members(path: Path) -> None:
    """Refuse an archive whose members are packed tighter than real data is. Raises as `unpacked`."""
    with open_regular(path) as plain, zipfile.ZipFile(plain) as archive:
        for name in archive.namelist():
            with archive.open(name) as member:
                stream = _guarded(member, path)
                while stream.read(io.DEFAULT_BUFFER_SIZE * 16):
                    pass


def _member(archive: zipfile.ZipFile, path: Path) -> str:
    """The one table in a .zip; notes beside it, as .txt, are none."""
    files = [name for name in archive.namelist() if not name.endswith("/") and not _of_a_system(name)]
    for kinds in ((CSV, TSV), (TXT,)):
        tables = [name for name in files if ending(name) in kinds]
        if len(tables) == 1:
            return tables[0]
        if tables:
            raise DataError(
                f"{path}: holds {len(tables)} tables ({_listed(tables)}); unpack the one that is meant"
            )
    raise DataError(
        f"{path}: holds no table as .csv, .tsv or .txt ({_listed(files) or 'no file'}); unpack it"
    )


def _of_a_system(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePath(name).name.startswith(".")


def _listed(names: list[str]) -> str:
    shown = ", ".join(name[:100].encode("unicode_escape").decode() for name in names[:_MOST_NAMED])
    return shown + (", ..." if len(names) > _MOST_NAMED else "")


def _guarded(stream: Readable, path: Path) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Guarded(stream, path)))


class _Guarded(io.RawIOBase):
    """A stream that ends with a DataError where more comes of it than real data has."""

    def __init__(self, stream: Readable, path: Path) -> None:
        self._stream, self._path, self._taken = stream, path, 0
        self._most = max(UNSUSPICIOUS, path.stat().st_size * TIGHTEST)

    def readable(self) -> bool:
        """Yes: it is read only."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the buffers of BufferedReader
        """The next bytes, so many."""
        piece = self._stream.read(len(buffer))
        self._taken += len(piece)
        if self._taken > self._most:
            raise DataError(
                f"{self._path}: is packed more than {TIGHTEST} times, as no real data is, so it is not unpacked; "
                f"if you trust it, unpack it yourself"
            )
        buffer[: len(piece)] = piece
        return len(piece)
