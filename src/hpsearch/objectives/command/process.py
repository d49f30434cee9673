"""Running a command to its end, whatever it does: bounded in time and memory, and never left behind."""

from __future__ import annotations

import os
import select
import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from hpsearch.objectives.command.guard import GRACE
from hpsearch.objectives.command.guards import GUARDS, Guard
from hpsearch.objectives.command.reading.streams import AsBefore, Found, Listener
from hpsearch.objectives.output import LastLines

_CHUNK = 1 << 16
#: A guard that ends as it is asked is replaced by another, so many times.
_ATTEMPTS = 3
#: Output that comes later than this after the end of a command is some other process's, in seconds.
_LATE = 0.5
#: How often it is asked whether it is over, in seconds.
_LOOK = 0.25


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended.

    Attributes:
        how: `exit 0`, `exit 3`, `signal 9`, `start REASON`, `late`, `over`; empty where nobody could tell.
        found: what was read of what it printed.
        errors: the last lines of its error output, of its standard output if there were none.
    """

    how: str
    found: Found
    errors: str


def run(
    command: Sequence[str],
    folder: Path,
    extra: Mapping[str, str],
    timeout: float | None,
    over: Callable[[], bool] = lambda: False,
    heard: Callable[[bytes], object] = lambda _: None,
    listener: Callable[[], Listener] = AsBefore,
) -> Ended:
    """Run `command` in `folder` with `extra` in its environment, until it is `over`, for at most `timeout` seconds.

    `heard` is given all that it prints, as it comes; a `listener` is made for each attempt, and reads it.

    It runs in a session of its own, and its whole process group is killed when the time is up, when it ends, or
    when this process does. POSIX only: it needs process groups.
    """
    for _ in range(_ATTEMPTS):
        with ExitStack() as stack:
            lifeline, *pipes = (_pipe(stack) for _ in range(4))
            output, errors, report = pipes
            ends = (output.write, errors.write, lifeline.read, report.write)
            guard = GUARDS.asked(command, folder, extra, ends)
            said = _Said(output.read, errors.read, report.read, heard, listener())
            stack.callback(_finish, guard, lifeline, said)  # an error on our side must not leave the command
            lifeline.close_read()
            for pipe in pipes:
                pipe.close_write()
            how = _follow(lifeline, said, timeout, over)
        if said.told:
            ending = said.told.decode().partition("\n")[2]
            return Ended(how or ending, said.listener.found(), said.errors.text or said.printed.text)
    return Ended("", Found(), "")


class _Pipe:
    """The two ends of a pipe, each closed at most once."""

    def __init__(self) -> None:
        self.read, self.write = os.pipe()
        self._open = {self.read, self.write}

    def close_read(self) -> None:
        self._close(self.read)

    def close_write(self) -> None:
        self._close(self.write)

    def close(self) -> None:
        self.close_read()
        self.close_write()

    def _close(self, end: int) -> None:
        if end in self._open:
            self._open.remove(end)
            os.close(end)


def _pipe(stack: ExitStack) -> _Pipe:
    pipe = _Pipe()
    stack.callback(pipe.close)
    return pipe


def _follow(lifeline: _Pipe, said: _Said, timeout: float | None, over: Callable[[], bool]) -> str:
    """Read what the command prints until the guard reports its end, the time is up (`late`) or it is `over`."""
    end = None if timeout is None else time.monotonic() + timeout
    how = ""
    with selectors.DefaultSelector() as selector:
        for stream in said.streams:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            left = _LOOK if end is None else min(_LOOK, max(0.0, end - time.monotonic()))
            for key, _ in selector.select(left):
                if not said.read(key.fd):
                    selector.unregister(key.fd)
                    if key.fd == said.report:  # the command has ended: what is left is in the pipes already
                        end = time.monotonic() + _LATE
            runs = said.report in selector.get_map()
            if end is not None and time.monotonic() >= end:
                return how or ("late" if runs else "")
            if runs and not how and over():
                how, end = "over", time.monotonic() + GRACE + _LATE
                lifeline.close_write()  # what it still prints is heard
    return how


def _finish(guard: Guard, lifeline: _Pipe, said: _Said) -> None:
    """See the command ended, and keep its guard for the next one, unless that is gone or does not answer."""
    lifeline.close_write()
    said.finish(GRACE + 10)
    group, _, ending = said.told.decode().partition("\n")
    if ending:
        GUARDS.back(guard)
        return
    guard.end()
    if group:  # nobody else sees to the command
        with suppress(OSError):
            os.killpg(int(group), signal.SIGKILL)


class _Said:
    """What a command has said so far, all of it also to `heard`, and what its guard has told."""

    def __init__(
        self, output: int, errors: int, report: int, heard: Callable[[bytes], object], listener: Listener
    ) -> None:
        self.listener, self.printed, self.errors = listener, LastLines(), LastLines()
        self.told = b""
        self.report = report
        self.streams = (output, errors, report)
        self._heard, self._errors = heard, errors

    def read(self, stream: int) -> bool:
        """Read what is there; whether there may be more."""
        chunk = os.read(stream, _CHUNK)
        if stream == self.report:
            self.told += chunk
            return bool(chunk)
        if chunk:
            self._heard(chunk)
        if stream == self._errors:
            self.errors.feed(chunk)
            self.listener.errors(chunk)
        else:
            self.listener.output(chunk)
            self.printed.feed(chunk)
        return bool(chunk)

    def finish(self, timeout: float) -> None:
        """Read what the guard still tells, for so many seconds."""
        end = time.monotonic() + timeout
        while select.select([self.report], [], [], max(0.0, end - time.monotonic()))[0]:
            if not self.read(self.report):
                return
