"""Running a command to its end, whatever it does: bounded in time and memory, and never left behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from hpsearch.objectives.command.guard import GRACE
from hpsearch.objectives.output import LastLines, Metrics

_GUARD = str(Path(__file__).with_name("guard.py"))
_CHUNK = 1 << 16
#: Output that comes later than this after the end of a command is some other process's, in seconds.
_LATE = 0.5
#: How often it is asked whether it is over, in seconds.
_LOOK = 0.25


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended.

    Attributes:
        how: `exit 0`, `exit 3`, `signal 9`, `start REASON`, `late`, `over`; empty where nobody could tell.
        metrics: what its standard output named.
        errors: the last lines of its error output, of its standard output if there were none.
    """

    how: str
    metrics: Mapping[str, float]
    errors: str


def run(
    command: Sequence[str],
    folder: Path,
    extra: Mapping[str, str],
    timeout: float | None,
    over: Callable[[], bool] = lambda: False,
    heard: Callable[[bytes], object] = lambda _: None,
) -> Ended:
    """Run `command` in `folder` with `extra` in its environment, until it is `over`, for at most `timeout` seconds.

    `heard` is given all that it prints, as it comes.

    It runs in a session of its own, and its whole process group is killed when the time is up, when it ends, or
    when this process does. POSIX only: it needs process groups.
    """
    with ExitStack() as stack:
        lifeline = _pipe(stack)
        report = _pipe(stack)
        guard = stack.enter_context(
            subprocess.Popen(  # noqa: S603 - running the user's command is the point
                [sys.executable, "-I", "-S", _GUARD, str(lifeline.read), str(report.write), *command],
                cwd=folder,
                env={**os.environ, **extra},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(lifeline.read, report.write),
                start_new_session=True,
            )
        )
        stack.callback(lifeline.close_write)  # an error on our side must not wait for the command
        lifeline.close_read()
        report.close_write()
        return _follow(guard, lifeline, report, timeout, over, heard)


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


def _follow(
    guard: subprocess.Popen[bytes],
    lifeline: _Pipe,
    report: _Pipe,
    timeout: float | None,
    over: Callable[[], bool],
    heard: Callable[[bytes], object],
) -> Ended:
    """Read what the command prints until the guard reports its end, the time is up or it is over."""
    said = _Said(guard, report, heard)
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
                    if key.fd == report.read:  # the guard has ended: what is left is in the pipes already
                        end = time.monotonic() + _LATE
            runs = report.read in selector.get_map()
            if end is not None and time.monotonic() >= end:
                how = how or ("late" if runs else "")
                break
            if runs and not how and over():
                how, end = "over", time.monotonic() + GRACE + _LATE
                lifeline.close_write()  # what it still prints is heard
    lifeline.close_write()
    guard.wait(GRACE + 10)
    group, _, ending = said.told.decode().partition("\n")
    if group and not ending and not how:  # the guard was killed, and cannot see to the command
        with suppress(OSError):
            os.killpg(int(group), signal.SIGKILL)
    return Ended(how or ending, said.metrics.end(), said.errors.text or said.printed.text)


class _Said:
    """What a command has said so far, all of it also to `heard`, and what its guard has told."""

    def __init__(
        self, guard: subprocess.Popen[bytes], report: _Pipe, heard: Callable[[bytes], object]
    ) -> None:
        assert guard.stdout is not None
        assert guard.stderr is not None
        self.metrics, self.printed, self.errors = Metrics(), LastLines(), LastLines()
        self.told = b""
        self._heard = heard
        self._errors, self._report = guard.stderr.fileno(), report.read
        self.streams = (guard.stdout.fileno(), self._errors, self._report)

    def read(self, stream: int) -> bool:
        """Read what is there; whether there may be more."""
        chunk = os.read(stream, _CHUNK)
        if stream == self._report:
            self.told += chunk
            return bool(chunk)
        if chunk:
            self._heard(chunk)
        if stream == self._errors:
            self.errors.feed(chunk)
        else:
            self.metrics.feed(chunk)
            self.printed.feed(chunk)
        return bool(chunk)
