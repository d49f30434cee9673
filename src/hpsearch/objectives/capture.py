"""What a function prints, kept off the streams of this process: its results are not to be disturbed."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from hpsearch.objectives.output import LAST_LINES, LONGEST, LastLines

#: How often the file is looked at, in seconds, and how large it may be by then, in bytes.
_EVERY = 0.1
_ROOM = 1 << 22


class Captured:
    """The end of what was printed so far."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self._file = file
        self._last = LastLines()

    @property
    def text(self) -> str:
        """The last lines."""
        _flush()
        self._read()
        return self._last.text

    def _read(self, *, room: int = 0) -> None:
        """Take in the end of the file and empty it, if it holds more than `room` bytes."""
        if self._file is None:
            return
        size = os.fstat(self._file.fileno()).st_size
        if size > room:
            start = max(0, size - LAST_LINES * LONGEST)
            self._last.feed(os.pread(self._file.fileno(), size - start, start))
            os.ftruncate(self._file.fileno(), 0)

    def watch(self, ended: threading.Event) -> None:
        """Keep the file small until `ended` is set."""
        while not ended.wait(_EVERY):
            self._read(room=_ROOM)


@contextmanager
def captured(*, keep: bool) -> Iterator[Captured]:
    """Within it, standard output and standard error go to a file that is kept small; if not `keep`, to stderr.

    A file and not a pipe: a library that prints while it holds the interpreter lock would wait for a reader
    that waits for the lock.
    """
    _flush()
    if not keep:
        with _redirected(2, (1,)):
            yield Captured(None)
        return
    with tempfile.TemporaryFile() as file:
        _append_only(file)
        output, ended = Captured(file), threading.Event()
        watcher = threading.Thread(target=output.watch, args=(ended,), daemon=True, name="captured-output")
        watcher.start()
        try:
            with _redirected(file.fileno(), (1, 2)):
                yield output
        finally:
            ended.set()
            watcher.join()


def _append_only(file: IO[bytes]) -> None:
    """Let everyone write at the end of the file, also after it was emptied."""
    if sys.platform != "win32":
        import fcntl

        fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)


@contextmanager
def _redirected(target: int, descriptors: tuple[int, ...]) -> Iterator[None]:
    """Let `descriptors` write to `target`, for programs started from here too."""
    saved = [os.dup(descriptor) for descriptor in descriptors]
    for descriptor in descriptors:
        os.dup2(target, descriptor)
    try:
        yield
    finally:
        _flush()
        for before, descriptor in zip(saved, descriptors, strict=True):
            os.dup2(before, descriptor)
            os.close(before)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # user code may have closed or replaced them
            stream.flush()
