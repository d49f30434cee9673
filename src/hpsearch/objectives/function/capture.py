"""What a function prints, kept off the streams of this process: its results are not to be disturbed."""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from hpsearch.objectives.output import LAST_LINES, LONGEST, LastLines

#: How often the files are looked at, in seconds, and how large one may be by then, in bytes.
_EVERY = 0.1
_ROOM = 1 << 21
_OUTPUTS = (1, 2)
_LEFT_OUT = b"\n[... what came here is left out ...]\n"


class Captured:
    """The end of what was printed so far.

    Of its two files one is printed to, and the other holds what was printed before: when one is full they change
    places, so that nothing near the end is ever lost, whenever the process dies.
    """

    def __init__(
        self, files: Sequence[IO[bytes]] = (), heard: Callable[[bytes], object] | None = None
    ) -> None:
        self._files = list(files)
        self._heard = heard
        self._turns = 0

    @property
    def text(self) -> str:
        """The last lines."""
        _flush()
        return _last(self._files).text

    def add(self, text: str) -> None:
        """Put what happened behind what was printed, if that is kept."""
        _flush()
        for file in self._files[-1:]:
            os.write(file.fileno(), text.encode("utf-8", "replace"))

    def hand_over(self) -> None:
        """Pass on what is still in the files, once nothing is printed any more."""
        for file in self._files:
            self._pass_on(file)

    def watch(self, ended: threading.Event) -> None:
        """Keep the files small until `ended` is set."""
        while not ended.wait(_EVERY):
            before, current = self._files
            full = _size(current) > _ROOM
            # A program that was started earlier may still print to the one before.
            if full or _size(before) > _ROOM:
                self._make_room(before)
                os.ftruncate(before.fileno(), 0)
            if full:
                for descriptor in _OUTPUTS:
                    os.dup2(before.fileno(), descriptor)
                self._files.reverse()

    def _make_room(self, file: IO[bytes]) -> None:
        """Pass on the beginning; of what comes later only the end is kept: to pass on all of it would take time."""
        if not _size(file):
            return
        if self._turns == 0:
            self._pass_on(file)
        elif self._turns == 1 and self._heard is not None:
            self._heard(_LEFT_OUT)
        self._turns += 1

    def _pass_on(self, file: IO[bytes]) -> None:
        size = _size(file)
        if self._heard is not None and size:
            self._heard(os.pread(file.fileno(), size, 0))


@contextmanager
def captured(
    *, keep: bool, path: Path | None = None, heard: Callable[[bytes], object] | None = None
) -> Iterator[Captured]:
    """Within it, standard output and standard error go to files that are kept small; if not `keep`, to stderr.

    Files and not a pipe: a library that prints while it holds the interpreter lock would wait for a reader
    that waits for the lock.

    Args:
        path: of the files, which are deleted at the end. Where a process does not get there, `last_words` reads
            them: what it printed, and the Python trace of what killed it.
        heard: is given all that is printed: what has to make room by then, and the rest at the end.
    """
    _flush()
    if not keep:
        with _redirected(2, (1,)):
            yield Captured()
        return
    with _opened(path) as files:
        output, ended = Captured(files, heard), threading.Event()
        watcher = threading.Thread(target=output.watch, args=(ended,), daemon=True, name="captured-output")
        try:
            with _redirected(files[-1].fileno(), _OUTPUTS), _line_by_line(), _fatal_errors_shown():
                watcher.start()
                try:
                    yield output
                finally:
                    ended.set()
                    watcher.join()
        finally:
            output.hand_over()


def recovered(path: Path, *, above: str, heard: Callable[[bytes], object] | None = None) -> str:
    """The last lines that a process printed to the files of `captured` before it died; they can be read once.

    Args:
        heard: is given all that the files hold.
        above: the Python file, or the folder of those, that called the user's code; of the trace of a fault, only
            what lies above is told.
    """
    with suppress(OSError), ExitStack() as stack:
        there = [part for part in _parts(path) if part.exists()]
        there.sort(key=lambda part: part.stat().st_mtime_ns)
        files = [stack.enter_context(part.open("rb")) for part in there]
        Captured(files, heard).hand_over()
        kept = _last(files).kept
        _remove(path)
        ours = f'\n  File "{above}'.encode()
        return LastLines(kept.partition(ours)[0].partition(b"\nExtension modules: ")[0]).text
    return ""


# -- the files ---------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path | None) -> Iterator[list[IO[bytes]]]:
    """The two files of `path`; nameless ones where they cannot be had."""
    with ExitStack() as stack:
        try:
            files = _made(path, stack)
        except OSError:
            files = _made(None, stack)
        for file in files:
            _append_only(file)
        try:
            yield files
        finally:
            if path is not None:
                with suppress(OSError):
                    _remove(path)


def _made(path: Path | None, stack: ExitStack) -> list[IO[bytes]]:
    if path is None:
        return [stack.enter_context(tempfile.TemporaryFile()) for _ in range(2)]
    _remove(path)
    return [stack.enter_context(part.open("x+b")) for part in _parts(path)]


def _parts(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.stem}-2{path.suffix}"), path


def _remove(path: Path) -> None:
    for part in _parts(path):
        part.unlink(missing_ok=True)


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _last(files: Sequence[IO[bytes]]) -> LastLines:
    """The end of what `files` hold together."""
    last = LastLines()
    for file in files:
        size = _size(file)
        start = max(0, size - LAST_LINES * LONGEST)
        last.feed(os.pread(file.fileno(), size - start, start))
    return last


def _append_only(file: IO[bytes]) -> None:
    """Let everyone write at the end of the file, also after it was emptied."""
    if sys.platform != "win32":
        import fcntl

        fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)


# -- the streams -------------------------------------------------------------------------------------------


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


@contextmanager
def _line_by_line() -> Iterator[None]:
    """Let what is printed leave the process with each line: one that dies flushes nothing."""
    stream = sys.stdout
    before = getattr(stream, "line_buffering", None)
    if before is None or not hasattr(stream, "reconfigure"):
        yield
        return
    stream.reconfigure(line_buffering=True)
    try:
        yield
    finally:
        with suppress(ValueError):  # user code may have closed it
            stream.reconfigure(line_buffering=before)


@contextmanager
def _fatal_errors_shown() -> Iterator[None]:
    """Let a fault of the process itself, such as a segmentation fault, print where Python was."""
    before = faulthandler.is_enabled()
    faulthandler.enable(2, all_threads=False)
    try:
        yield
    finally:
        if not before:
            faulthandler.disable()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # user code may have closed or replaced them
            stream.flush()
