"""Running a command to its end, whatever it does: bounded in time and memory, and never left behind."""

from __future__ import annotations

import os
import select
import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from msgspec import Struct

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
#: How a command is left that was paused.
_PAUSED = "paused"


class Ended(Struct, frozen=True):
    """How a command ended.

    Attributes:
        how: `exit 0`, `exit 3`, `signal 9`, `start REASON`, `late`, `over`; empty where nobody could tell.
        found: what was read of what it printed.
        errors: the last lines of its error output, of its standard output if there were none.
        listener: who has read it; None where nothing was.
    """

    how: str
    found: Found
    errors: str
    listener: Listener | None = None


class Paused(Struct, frozen=True):
    """A command that was paused, all of its process group, for another process to go on with or to end.

    Attributes:
        descriptors: the lifeline, whose closing ends it, then what is read: both streams and the report. Whoever
            has a `Paused` has them open, and closes them.
        said: what it has said so far. Picklable.
    """

    descriptors: tuple[int, int, int, int]
    said: Said


def run(
    command: Sequence[str],
    folder: Path,
    extra: Mapping[str, str],
    timeout: float | None,
    over: Callable[[], bool] = lambda: False,
    heard: Callable[[bytes], object] = lambda _: None,
    listener: Callable[[], Listener] = AsBefore,
    *,
    grace: float = GRACE,
    leases: Sequence[int] = (),
) -> Ended:
    """Run `command` in `folder` with `extra` in its environment, until it is `over`, for at most `timeout` seconds.

    It runs in a session of its own, and its whole process group is killed when the time is up, when it ends, or
    when this process does. POSIX only: it needs process groups.

    Args:
        heard: is given all that it prints, as it comes.
        listener: is made for each attempt, and reads it.
        grace: the seconds between SIGTERM and SIGKILL, where it is ended.
        leases: descriptors that stay open until the command has ended, also if this process has by then.
    """
    ended = run_until(
        _never, command, folder, extra, timeout, over, heard, listener, grace=grace, leases=leases
    )
    assert isinstance(ended, Ended)
    return ended


def _never(_: Listener) -> bool:
    return False


def run_until(
    due: Callable[[Listener], bool],
    command: Sequence[str],
    folder: Path,
    extra: Mapping[str, str],
    timeout: float | None,
    over: Callable[[], bool],
    heard: Callable[[bytes], object],
    listener: Callable[[], Listener],
    *,
    grace: float = GRACE,
    leases: Sequence[int] = (),
) -> Ended | Paused:
    """The same, but a command is paused, with its whole process group, when its listener says that it is `due`."""
    for _ in range(_ATTEMPTS):
        with ExitStack() as stack:
            lifeline, *pipes = (_pipe(stack, *os.pipe()) for _ in range(4))
            output, errors, report = pipes
            ends = (output.write, errors.write, lifeline.read, report.write, *leases)
            guard = GUARDS.asked(command, folder, extra, ends, grace)
            said = Said(listener())
            lifeline.close_read()
            for pipe in pipes:
                pipe.close_write()
            running = _Running((lifeline, output, errors, report), said, heard, grace)
            stack.push(_Finish(guard, running))  # an error on our side must not leave the command
            how = running.follow(timeout, over, due)
            if how == _PAUSED:
                guard.end()  # it goes on until its command ends
                return running.released(stack)
        if said.told:
            return said.ended(how)
    return Ended("", Found(), "")


def go_on(
    due: Callable[[Listener], bool],
    paused: Paused,
    timeout: float | None,
    over: Callable[[], bool],
    heard: Callable[[bytes], object],
    *,
    grace: float = GRACE,
) -> Ended | Paused:
    """Let a command go on that was paused; as `run_until`."""
    with ExitStack() as stack:
        running = _again(paused, heard, stack, grace)
        _signal(paused.said.group, signal.SIGCONT)
        how = running.follow(timeout, over, due)
        if how == _PAUSED:
            return running.released(stack)
    return paused.said.ended(how)


def end(paused: Paused, grace: float) -> None:
    """End a command that was paused, and wait until it has."""
    with ExitStack() as stack:
        _again(paused, lambda _: None, stack, grace)


def _again(paused: Paused, heard: Callable[[bytes], object], stack: ExitStack, grace: float) -> _Running:
    """A command that was paused, followed by this process now; it ends with the `stack`."""
    lifeline, *streams = paused.descriptors
    pipes = (_pipe(stack, None, lifeline), *(_pipe(stack, stream, None) for stream in streams))
    running = _Running(pipes, paused.said, heard, grace)
    stack.push(_Finish(None, running))
    return running


def _signal(group: int, number: int) -> None:
    with suppress(OSError):  # it has ended
        os.killpg(group, number)


class _Pipe:
    """The two ends of a pipe, each closed at most once."""

    def __init__(self, read: int | None, write: int | None) -> None:
        """Of a pipe whose other end another process has, there is one end only."""
        self.read, self.write = -1 if read is None else read, -1 if write is None else write
        self._open = {self.read, self.write} - {-1}

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


def _pipe(stack: ExitStack, read: int | None, write: int | None) -> _Pipe:
    pipe = _Pipe(read, write)
    stack.callback(pipe.close)
    return pipe


class Said:
    """What a command has said so far, and what its guard has told. Picklable if its listener is."""

    def __init__(self, listener: Listener) -> None:
        self.listener, self.printed, self.errors = listener, LastLines(), LastLines()
        self.told = b""

    @property
    def group(self) -> int:
        """The number of the command's process group; 0 where it is not told yet."""
        number, told, _ = self.told.partition(b"\n")
        return int(number) if told and number else 0

    def ended(self, how: str = "") -> Ended:
        """How it ended, unless that is known better, and what was read."""
        ending = self.told.decode().partition("\n")[2]
        errors = self.errors.text or self.printed.text
        return Ended(how or ending, self.listener.found(), errors, self.listener)


class _Running:
    """A command that runs, followed by this process; all that it prints is also told to `heard`."""

    def __init__(
        self, pipes: Sequence[_Pipe], said: Said, heard: Callable[[bytes], object], grace: float
    ) -> None:
        self.grace = grace
        self.lifeline, *self._streams = pipes
        self._output, self._errors, self._report = (pipe.read for pipe in self._streams)
        self.said, self._heard = said, heard

    def follow(self, timeout: float | None, over: Callable[[], bool], due: Callable[[Listener], bool]) -> str:
        """Read what it prints until its guard reports its end, it is late, `over` or `due`."""
        end = None if timeout is None else time.monotonic() + timeout
        how = ""
        with selectors.DefaultSelector() as selector:
            for stream in (self._output, self._errors, self._report):
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                left = _LOOK if end is None else min(_LOOK, max(0.0, end - time.monotonic()))
                for key, _ in selector.select(left):
                    if not self._read(key.fd):
                        selector.unregister(key.fd)
                        if key.fd == self._report:  # it has ended: what is left is in the pipes already
                            end = time.monotonic() + _LATE
                runs = self._report in selector.get_map()
                if end is not None and time.monotonic() >= end:
                    return how or ("late" if runs else "")
                if runs and not how and over():
                    how, end = "over", time.monotonic() + self.grace + _LATE
                    self.lifeline.close_write()  # what it still prints is heard
                if runs and not how and due(self.said.listener) and self.said.group:
                    return _PAUSED
        return how

    def _read(self, stream: int) -> bool:
        """Read what is there; whether there may be more."""
        chunk, said = os.read(stream, _CHUNK), self.said
        if stream == self._report:
            said.told += chunk
            return bool(chunk)
        if chunk:
            self._heard(chunk)
        if stream == self._errors:
            said.errors.feed(chunk)
            said.listener.errors(chunk)
        else:
            said.listener.output(chunk)
            said.printed.feed(chunk)
        return bool(chunk)

    def finish(self, timeout: float) -> None:
        """Read what the guard still tells, for so many seconds."""
        end = time.monotonic() + timeout
        while select.select([self._report], [], [], max(0.0, end - time.monotonic()))[0]:
            if not self._read(self._report):
                return

    def released(self, stack: ExitStack) -> Paused:
        """It is paused, and no longer ours."""
        _signal(self.said.group, signal.SIGSTOP)
        stack.pop_all()
        return Paused((self.lifeline.write, self._output, self._errors, self._report), self.said)


class _Finish(Struct, frozen=True):
    """Sees the command ended, and keeps its guard for the next one, unless that is gone or does not answer.

    Where this process is interrupted it waits no longer than it must: the guard sees to the command alone.
    """

    guard: Guard | None
    running: _Running

    def __call__(self, kind: type[BaseException] | None, *_error: object) -> None:
        running, guard = self.running, self.guard
        running.lifeline.close_write()
        running.finish(running.grace + 10 if kind is None else min(running.grace, GRACE))
        group, _, ending = running.said.told.decode().partition("\n")
        if guard and ending:
            GUARDS.back(guard)
            return
        if guard:
            guard.end()
        if group and not ending and kind is None:  # nobody else sees to the command
            _signal(int(group), signal.SIGKILL)
