"""Processes of `hpsearch` that were started early: what all of them import is imported already.

That takes longer than most of what tests have them do. Each process of the tests has a server that has imported it
once, and is forked for every command: what comes of it has its own number, signals, streams, workers and end, as a
process has that is started anew, and tests/test_early.py compares the two. Where the start of Python itself is what
is tested, a process is to be started anew.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Self

from hpsearch.executors.base import BLAS_THREADS

DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE
#: Whether there are the pidfds that the server needs.
_THERE = hasattr(os, "pidfd_open")
_SERVER = str(Path(__file__).with_name("server.py"))
#: What is read as Python starts, or as modules are imported.
_READ_EARLY = ("HOME", "LANG", "LC_", "LD_", "PYTHON", "TZ")
_ENVIRONMENT = dict(os.environ)


class Process:
    """`python -m hpsearch ARGS` in `folder`, going on; what is asked of it is called as by `subprocess.Popen`.

    Args:
        stdout: a descriptor, DEVNULL, or PIPE, which `communicate` reads.
        stderr: likewise.
        closed: those of the descriptors 0 to 2 that are closed as it starts.
        leads: whether it leads a session of its own.
        heeded: a signal that it does not ignore, even if the tests do.
        user: the number of the user that it belongs to, and of the group, if not to whom the tests do.
    """

    def __init__(
        self,
        folder: Path,
        *args: str,
        stdout: int = DEVNULL,
        stderr: int = DEVNULL,
        closed: Sequence[int] = (),
        leads: bool = False,
        heeded: int | None = None,
        user: int | None = None,
    ) -> None:
        self.args = args
        self.returncode: int | None = None
        self._pipes: dict[int, int] = {}  # of what is read -> 0 for standard output, 1 for errors
        self._told, telling = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        streams = [os.open(os.devnull, os.O_RDONLY), self._stream(stdout, 0), self._stream(stderr, 1)]
        wanted = {
            "folder": os.path.realpath(folder),
            "arguments": args,
            "environment": dict(os.environ),
            "closed": closed,
            "leads": leads,
            "heeded": heeded,
            "user": user,
        }
        try:
            socket.send_fds(_server(), [json.dumps(wanted).encode()], [*streams, telling.fileno()])
        finally:
            telling.close()
            for stream in streams:
                os.close(stream)
        self.pid = self._number()

    def _stream(self, wanted: int, number: int) -> int:
        """What the process writes to."""
        if wanted >= 0:
            return os.dup(wanted)
        if wanted == DEVNULL:
            return os.open(os.devnull, os.O_WRONLY)
        reading, writing = os.pipe()
        self._pipes[reading] = number
        return writing

    def _number(self) -> int:
        """What the server says next: the number of the process, then how it ended."""
        said = self._told.recv(32)
        assert said, "the server of early processes has ended"
        return int(said)

    def poll(self) -> int | None:
        """How it ended; None while it goes on."""
        return self._ended_within(0)

    def _ended_within(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], seconds)[0]:
            self.returncode = self._number()
            self._told.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended. Raises TimeoutExpired."""
        ended = self._ended_within(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return ended

    def communicate(self, *, timeout: float | None = None) -> tuple[str, str]:
        """What it, and whatever it started, wrote to its pipes, once all have ended. Raises TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        texts = [b"", b""]
        with selectors.DefaultSelector() as waiting:
            for pipe, number in self._pipes.items():
                waiting.register(pipe, selectors.EVENT_READ, number)
            while waiting.get_map():
                ready = waiting.select(_left(until))
                if not ready:
                    raise subprocess.TimeoutExpired(self.args, timeout or 0)
                for key, _ in ready:
                    read = os.read(key.fd, 1 << 16)
                    texts[key.data] += read
                    if not read:
                        waiting.unregister(key.fileobj)
        self.wait(_left(until))
        out, err = (text.decode().replace("\r\n", "\n").replace("\r", "\n") for text in texts)
        return out, err

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._pipes:
            os.close(self._pipes.popitem()[0])
        self.wait()


def _left(until: float | None) -> float | None:
    return None if until is None else max(0, until - time.monotonic())


def imported_alike(environment: Mapping[str, str]) -> bool:
    """Whether a server can be had, and a process with these variables would import what that has, as it did."""
    now, then = (
        {name: value for name, value in variables.items() if name.startswith(_READ_EARLY)}
        for variables in (environment, _ENVIRONMENT)
    )
    # Where they are not set the program sets them so, before it imports what reads them.
    one_thread = all(environment.get(name, "1") == "1" for name in BLAS_THREADS)
    return _THERE and one_thread and now == then


@cache
def _server() -> socket.socket:
    """Where requests are sent; the server ends when this process does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = _ENVIRONMENT | dict.fromkeys(BLAS_THREADS, "1")
    with theirs:
        server = subprocess.Popen(
            [sys.executable, _SERVER], stdin=theirs.fileno(), stdout=DEVNULL, env=environment
        )
    atexit.register(server.wait)
    atexit.register(ours.close)
    return ours
