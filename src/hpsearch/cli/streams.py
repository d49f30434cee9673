"""The streams that a command is started with, which may be closed, or end while a search goes on."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO


def prepare() -> None:
    """Let no search end for want of somebody who listens.

    Where a stream is closed (`2>&-`) there is nothing in its place: the next file to be opened, such as a journal,
    would be, and get whatever is printed.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
            os.set_inheritable(descriptor, True)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = _lasting(sys.stderr)


def _lasting(stream: TextIO | None) -> TextIO:
    encoding = stream.encoding if stream is not None else "utf-8"
    raw = io.BufferedWriter(_Lasting(2, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace", line_buffering=True)


class _Lasting(io.FileIO):
    """A stream whose reader may go away, or whose disk may fill: what cannot be written is dropped."""

    def write(self, data: Any, /) -> int:
        """Write `data` as far as that can be done, and say that all of it was."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes
