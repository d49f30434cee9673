"""A file that what comes is appended to, and that never grows beyond a size: its middle is cut."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from hpsearch.storage.atomic import replacing

#: The most a log holds, and how much of its beginning and of its end is kept when that is exceeded, in bytes.
MOST = 10_000_000
HEAD = 2_500_000
TAIL = 2_500_000


class Log:
    """What is appended is in the file at once, whatever becomes of this process.

    There is no file before the first byte. One that cannot be written costs nothing but the log. One writer at a
    time: cutting the middle replaces the file.
    """

    def __init__(self, path: Path, *, most: int = MOST, head: int = HEAD, tail: int = TAIL) -> None:
        self._path = path
        self._most, self._head, self._tail = most, head, tail
        self._size: int | None = None

    def append(self, chunk: bytes) -> None:
        """Add what was printed."""
        with suppress(OSError):
            if self._size is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            file = os.open(self._path, flags, 0o666)
            try:
                os.write(file, chunk)
                self._size = os.fstat(file).st_size
            finally:
                os.close(file)
            if self._size > self._most:
                self._cut(self._size)

    def head(self, line: str) -> None:
        """Add a line of our own, where something stands already."""
        with suppress(OSError):
            if self._path.stat().st_size:
                self.append(f"{line}\n".encode())

    def _cut(self, size: int) -> None:
        """Keep the beginning and the end."""
        with self._path.open("rb") as old:
            head = old.read(self._head)
            old.seek(size - self._tail)
            tail = old.read()
        cut = size - len(head) - len(tail)
        with replacing(self._path, durable=False) as new:
            new.write(head)
            new.write(f"\n[... {cut} bytes are left out here ...]\n".encode())
            new.write(tail)
