"""Running the command line: in this process, which saves the start of Python, or as a process with all its workers.

Both end with the same status, standard output and standard error. Only a process can be killed, signalled and start
workers. It was started early and has imported what commands do, unless a test wants it started anew: to give it a
terminal or a stream that is closed, another environment of Python, or limits.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from copy import copy
from functools import _lru_cache_wrapper, cache, partial
from pathlib import Path
from typing import IO, Any, TextIO, cast
from unittest import mock

import pytest
import typer

import hpsearch.__main__ as program
from hpsearch.cli import app
from hpsearch.cli.commands import COMMANDS
from hpsearch.config.sampler_settings import _model
from hpsearch.executors.local.pool import LocalExecutor
from hpsearch.objectives.function.restore import put_back
from tests import early

Ended = subprocess.CompletedProcess[str]
Started = subprocess.Popen[str] | early.Process
DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE
#: What the kernel holds of a pipe that nobody reads yet.
_PIPE = 1 << 16
NOTHING: Mapping[str, str] = {}
_MAKE, _READER = app.made, typer.main.get_command


def command(*args: str) -> list[str]:
    """The command line of `hpsearch ARGS` as a process."""
    return [sys.executable, "-m", "hpsearch", *args]


def started(
    folder: Path,
    *args: str,
    anew: bool = False,
    stdout: int = DEVNULL,
    stderr: int = PIPE,
    closed: Sequence[int] = (),
    leads: bool = False,
    heeded: int | None = None,
    user: int | None = None,
) -> Started:
    """`hpsearch ARGS` in `folder` as a process, going on.

    Args:
        anew: whether Python is started for it, as users start it.
        closed: those of the descriptors 0 to 2 that are closed as it starts.
        leads: whether it leads a session of its own.
        heeded: a signal that it does not ignore, even if the tests do.
        user: the number of the user that it belongs to, and of the group, if not to whom the tests do.
    """
    if not anew and early.imported_alike(os.environ):
        return early.Process(
            folder,
            *args,
            stdout=stdout,
            stderr=stderr,
            closed=closed,
            leads=leads,
            heeded=heeded,
            user=user,
        )
    return subprocess.Popen(
        command(*args),
        cwd=folder,
        stdin=DEVNULL,
        stdout=stdout,
        stderr=stderr,
        text=True,
        start_new_session=leads,
        preexec_fn=partial(_prepare, closed, heeded) if closed or heeded else None,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )


def _prepare(closed: Sequence[int], heeded: int | None) -> None:
    for descriptor in closed:
        os.close(descriptor)
    if heeded is not None:
        signal.signal(heeded, signal.SIG_DFL)


def as_process(folder: Path, *args: str, timeout: float = 60, anew: bool = False) -> Ended:
    """Run `hpsearch ARGS` in `folder` as a process, to its end."""
    with started(folder, *args, stdout=PIPE, anew=anew) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
        return Ended(args, process.wait(), out, err)


def here(
    folder: Path,
    *args: str,
    environment: Mapping[str, str] = NOTHING,
    given: bytes = b"",
    together: bool = False,
) -> Ended:
    """Run `hpsearch ARGS` in `folder` in this process, which is afterwards as it was.

    Where a warning is an error it is one for the command too. A command that is about to start workers fails the
    test: what they would be forked from, and inherit, is not what a user's are.

    Args:
        environment: variables that are set for it.
        given: its standard input, at most what a pipe holds.
        together: both outputs in `stdout`, in the order they were written, as a terminal shows them.
    """
    with ExitStack() as stack:
        stack.enter_context(put_back())
        stack.enter_context(_no_code_of_users())
        out, err = stack.enter_context(_streams(given, together))
        stack.enter_context(mock.patch.object(LocalExecutor, "__enter__", _no_workers))
        stack.enter_context(made_before())
        # How usage names the program, as for `python -m hpsearch`.
        stack.enter_context(pytest.MonkeyPatch.context()).setitem(sys.modules, "__main__", program)
        stack.enter_context(mock.patch.object(sys, "argv", [str(program.__file__), *args]))
        os.environ.update(environment)
        os.chdir(folder)
        status = program.answered()
        sys.stdout.flush()
        sys.stderr.flush()
        return Ended(sys.argv, status, _text(out), _text(err))


def _no_workers(_: LocalExecutor) -> None:
    pytest.fail("this command starts workers: run it as a process, or with --executor serial")


@contextmanager
def _streams(given: bytes, together: bool) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Descriptors 0 to 2, and the streams of Python upon them, as a process gets them; gives where 1 and 2 lead."""
    assert len(given) <= _PIPE
    reading, writing = os.pipe()
    os.write(writing, given)
    os.close(writing)
    kept = [os.dup(descriptor) for descriptor in range(3)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        for descriptor, target in enumerate((reading, out.fileno(), (out if together else err).fileno())):
            os.dup2(target, descriptor)
        os.close(reading)
        sys.stdin, sys.stdout, sys.stderr = (
            _opened(0, "r"),
            _opened(1, "w", together),
            _opened(2, "w", together),
        )
        try:
            yield out, err
        finally:
            for descriptor, before in enumerate(kept):
                os.dup2(before, descriptor)
                os.close(before)


def _opened(descriptor: int, mode: str, by_line: bool = False) -> TextIO:
    errors = "backslashreplace" if descriptor == 2 else "strict"
    buffering = 1 if by_line else -1
    return cast(TextIO, open(descriptor, mode, buffering, encoding="utf-8", errors=errors, closefd=False))


def _text(file: IO[bytes]) -> str:
    """All that was written, with the ends of lines as text has them."""
    file.seek(0)
    return file.read().decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _no_code_of_users() -> Iterator[None]:
    """Without what earlier commands have imported or remember, and forget what is imported meanwhile.

    Modules of a library stay, since importing them is most of what a process would cost.
    """
    path, known = list(sys.path), frozenset(sys.modules)
    importlib.invalidate_caches()
    _forget_answers(known)
    try:
        yield
    finally:
        added = tuple(f"{folder}{os.sep}" for folder in sys.path if folder not in path)
        sys.path[:] = path
        for name in sys.modules.keys() - known:
            if added and (getattr(sys.modules[name], "__file__", None) or "").startswith(added):
                del sys.modules[name]
        _forget_answers(frozenset(sys.modules))


def _forget_answers(imported: frozenset[str]) -> None:
    """Empty every cache of a function of hpsearch, but for those that answer the same in every folder."""
    for cached in _caches(imported):
        cached.cache_clear()


@cache
def _caches(imported: frozenset[str]) -> list[_lru_cache_wrapper[Any]]:
    """Those of the modules of these names: looking for them anew takes as long as a small command."""
    ours = [sys.modules[name] for name in imported if name.startswith("hpsearch.")]
    values = (value for module in ours for value in vars(module).values())
    return [cached for cached in values if isinstance(cached, _lru_cache_wrapper) and cached is not _model]


@contextmanager
def made_before() -> Iterator[None]:
    """The commands with their options as the program makes them, and once for all calls: they keep nothing."""
    with mock.patch.object(app, "made", _made), mock.patch.object(typer.main, "get_command", _line):
        yield


def _made(name: str) -> Any:
    return _made_of(name, COMMANDS[name])


@cache
def _made_of(name: str, _: Callable[..., None]) -> Any:
    return _MAKE(name)


def _line(given: typer.Typer) -> Any:
    """What reads the command line; to that of the program a call adds its command, and not to that of the next."""
    if given is not app.app:
        return _READER(given)
    line = copy(_line_of(tuple(COMMANDS.built_in.items()), tuple(COMMANDS.added.items())))
    line.commands = dict(line.commands)
    return line


@cache
def _line_of(*_: tuple[tuple[str, object], ...]) -> Any:
    return _READER(app.app)
