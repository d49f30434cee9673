"""Forks processes of `hpsearch` whose imports are made already: run as a script by `tests.early`, once for many.

Each request comes over the socket that is standard input: what a process is to find, as JSON, and with it the
descriptors that are to be its streams, and one over which its number is told and, when it has ended, its status.
What is forked leaves all that is here, and is `python -m hpsearch` from there on to the end of its interpreter, but
for the taking apart of its modules: that would copy them all, and is most of what a small command costs.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import random
import runpy
import selectors
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, TextIO, cast

#: Bytes of a request: the arguments and the whole environment.
MOST = 1 << 17
#: What commands import of other packages as they work. Here it is imported, and nothing of it called.
OTHERS = (
    "encodings.cp437",
    "encodings.utf_8_sig",
    "filelock",
    "importlib.metadata",
    "numpy.ma",
    "numpy.random",
    "pebble",
    "pydantic.type_adapter",
    "yaml",
)
#: They change the process that imports them, need what may not be here, or are what is to be run.
LEFT_OUT = ("hpsearch.executors.local.quiet_start", "hpsearch.executors.dask.", "hpsearch.__main__")


class Server:
    """Waits for requests, and for what it has forked to end."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(requests, selectors.EVENT_READ)
        # Descriptor of a process that goes on -> its number, and whom to tell of its end.
        self._forked: dict[int, tuple[int, socket.socket]] = {}

    def serve(self) -> Mapping[str, Any] | None:
        """In a fork, what it is to be; here None, when nobody is left who asks."""
        while True:
            for key, _ in self._waiting.select():
                if key.fileobj is not self._requests:
                    self._ended(key.fd)
                    continue
                message, descriptors, _, _ = socket.recv_fds(self._requests, MOST, 4)
                if not message:
                    self._end_all()
                    return None
                if not self._fork(descriptors):
                    return cast(Mapping[str, Any], json.loads(message))

    def _fork(self, descriptors: list[int]) -> int:
        """Fork; returns the number of the process, and 0 in that, which has these streams."""
        *streams, told = descriptors
        telling = socket.socket(fileno=told)
        process = os.fork()
        if process:
            _tell(telling, process)
            end = os.pidfd_open(process)
            self._waiting.register(end, selectors.EVENT_READ)
            self._forked[end] = process, telling
        else:
            telling.close()
            self._leave()
            for number, descriptor in enumerate(streams):
                os.dup2(descriptor, number)
        for descriptor in streams:
            os.close(descriptor)
        return process

    def _leave(self) -> None:
        """Close what a fork has of this process."""
        self._waiting.close()
        self._requests.close()
        for end, (_, telling) in self._forked.items():
            os.close(end)
            telling.close()

    def _ended(self, end: int) -> None:
        process, telling = self._forked.pop(end)
        self._waiting.unregister(end)
        os.close(end)
        _, status = os.waitpid(process, 0)
        _tell(telling, os.waitstatus_to_exitcode(status))
        telling.close()

    def _end_all(self) -> None:
        for process, _ in self._forked.values():
            os.kill(process, signal.SIGKILL)


def _tell(telling: socket.socket, number: int) -> None:
    with suppress(OSError):  # who asked has gone
        telling.send(b"%d" % number)


def _become(wanted: Mapping[str, Any]) -> None:
    """Take over what a process finds that is started as `python -m hpsearch`."""
    if wanted["leads"]:
        os.setsid()
    signal.signal(signal.SIGINT, _heard)
    if wanted["heeded"] is not None:
        signal.signal(wanted["heeded"], signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["folder"])
    sys.path.insert(0, wanted["folder"])
    sys.argv[1:] = wanted["arguments"]
    closed = wanted["closed"]
    sys.stdin = sys.__stdin__ = _opened(0, "r", sys.stdin, closed)  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _opened(1, "w", sys.stdout, closed)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _opened(2, "w", sys.stderr, closed)  # type: ignore[misc]
    random.seed()
    sys.modules["numpy.random"].seed()
    if wanted["user"] is not None:
        os.setgroups([])
        os.setgid(wanted["user"])
        os.setuid(wanted["user"])


def _opened(number: int, mode: str, like: TextIO, closed: list[int]) -> TextIOWrapper | None:
    """A stream of Python as it makes them when it starts."""
    if number in closed:
        os.close(number)
        return None
    stream = open(number, mode, -1, like.encoding, like.errors, closefd=False)  # noqa: SIM115
    made, like = cast(TextIOWrapper, stream), cast(TextIOWrapper, like)
    made.reconfigure(line_buffering=like.line_buffering, write_through=like.write_through)
    return made


def _run() -> None:
    """Be the command."""
    try:
        runpy.run_module("hpsearch", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        _status.append(int(end.code or 0))
        raise


def _end() -> None:
    """End a command that has ended by itself; what it has written and nobody can take Python is left to say."""
    with suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
        for status in _status:
            os._exit(status)


def _import_all() -> None:
    """Import what any command may."""
    import hpsearch

    for found in pkgutil.walk_packages(hpsearch.__path__, "hpsearch."):
        if not found.name.startswith(LEFT_OUT):
            importlib.import_module(found.name)
    for name in OTHERS:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is forked has nothing of this to look through


#: How Ctrl-C is heard, which is ignored here: whoever presses it means the tests.
_heard = signal.getsignal(signal.SIGINT)
#: What a command has ended with.
_status: list[int] = []

if __name__ == "__main__":
    del sys.path[0]  # the folder of this script
    atexit.register(_end)  # before anything is imported that does: so it is called after all that
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import_all()
    _wanted = Server(socket.socket(fileno=0)).serve()
    if _wanted is None:
        os._exit(0)
    _become(_wanted)
    _run()
