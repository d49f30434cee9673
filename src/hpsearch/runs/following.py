"""A journal that another process writes, read as it grows."""

from __future__ import annotations

from pathlib import Path

from hpsearch.core.errors import RunFolderError
from hpsearch.runs.journal import decode
from hpsearch.runs.records import Reader, Record


class Following:
    """The whole records of a journal, as they come. A line that is not whole yet is read when it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = 0
        self._reader = Reader(str(path), curves=False)

    def more(self) -> list[Record]:
        """The records since the last time.

        Raises:
            RunFolderError: the file cannot be read, was begun anew, or holds what no search recorded.
        """
        try:
            with self._path.open("rb") as file:
                if file.seek(0, 2) < self._place:
                    raise RunFolderError(f"{self._path}: was begun anew; watch it again")
                file.seek(self._place)
                lines = file.readlines()
        except OSError as error:
            raise RunFolderError(f"{self._path}: cannot be read: {error.strerror}") from error
        return [self._record(line) for line in lines if line.endswith(b"\n")]

    def _record(self, line: bytes) -> Record:
        try:
            decode(line[:-1])
            record = self._reader(line)
        except ValueError as error:
            raise RunFolderError(f"{self._path}: a record is damaged; hpsearch show says which") from error
        self._place += len(line)
        return record
