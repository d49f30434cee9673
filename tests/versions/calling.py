"""The command line, called in this process, which is left as it was."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from hpsearch.__main__ import main
from tests.commands import made_before

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def call(place: Path, args: tuple[str, ...]) -> tuple[int, str, str]:
    """Run `hpsearch ARGS` in `place`, where functions are found in `project`; its status, and what it printed."""
    with ExitStack() as stack:
        out, err = (stack.enter_context(_kept(descriptor)) for descriptor in (1, 2))
        stack.enter_context(_surroundings(place, ["hpsearch", *args]))
        stack.enter_context(made_before())
        status = main()
    return status, _taken(out), _taken(err)


def _taken(path: Path) -> str:
    """The text of a file that is of no more use."""
    text = path.read_text(encoding="utf-8")
    path.unlink()
    return text


@contextmanager
def _kept(descriptor: int) -> Iterator[Path]:
    """Within it, what is printed there goes to a file, by which functions and programs print too."""
    name = {1: "stdout", 2: "stderr"}[descriptor]
    before = os.dup(descriptor)
    handle, path = tempfile.mkstemp()
    getattr(sys, name).flush()
    os.dup2(handle, descriptor)
    try:
        with (
            open(descriptor, "w", encoding="utf-8", closefd=False) as stream,
            mock.patch.object(sys, name, stream),
        ):
            yield Path(path)
    finally:
        os.dup2(before, descriptor)
        os.close(before)
        os.close(handle)


@contextmanager
def _surroundings(place: Path, argv: list[str]) -> Iterator[None]:
    """What a process of its own would have."""
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    path, folder = [str(place / "project"), *sys.path], Path.cwd()
    with (
        mock.patch.dict(os.environ, {"TZ": "UTC"}),
        mock.patch.object(sys, "path", path),
        mock.patch.object(sys, "argv", argv),
        mock.patch.object(sys, "dont_write_bytecode", True),
    ):
        time.tzset()
        os.chdir(place)
        sys.modules.pop("objective", None)
        try:
            yield
        finally:
            os.chdir(folder)
            for number, handler in handlers.items():
                signal.signal(number, handler)
    time.tzset()
