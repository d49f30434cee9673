"""How worker processes are started: by a server that runs no file of the user's, from a socket with a short path.

multiprocessing starts its server and its resource tracker with `python -c`, which searches the current folder
first: a `random.py` there would be run in place of Python's own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker, util
from pathlib import Path

from hpsearch.core.errors import ExecutorBroken

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_INTERRUPTS = {signal.SIGINT, signal.SIGTERM}
#: Bytes of a folder whose sockets have paths of at most 103, the fewest of all systems (macOS).
_LONGEST = 103 - len("/pymp-12345678/listener-12345678")
#: Where sockets are, if the folder for temporary files has a path longer than that.
_SHORT = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - multiprocessing makes a folder of its own within, for us alone
#: The function of multiprocessing that says which options of this Python the ones it starts should have too.
_OPTIONS = "_args_from_interpreter_flags"
#: Where hpsearch is imported from.
_HOME = str(Path(__file__).resolve().parents[3])
_starting = threading.Lock()


def start() -> None:
    """Start the server and the resource tracker, if they do not run yet and this system has them.

    Raises:
        ExecutorBroken: no folder for its socket can be had.
    """
    if METHOD != "forkserver":
        return
    with without_current_folder():
        resource_tracker.ensure_running()  # on its own: when it starts it lets the signals through again
        with no_interrupts(), _short_paths():
            forkserver.ensure_running()


def socket_folder() -> str | None:
    """The folder of the server's socket, which nobody deletes if this process is killed; None if it is not ours."""
    ours = METHOD == "forkserver" and multiprocessing.parent_process() is None
    return util.get_temp_dir() if ours else None


@contextmanager
def without_current_folder() -> Iterator[None]:
    """Within it, multiprocessing starts every Python with `-P`: the current folder is no place of modules.

    It stays one where hpsearch itself is there, for it may be found nowhere else.
    """
    if _is_home(""):
        yield
        return
    with _starting:
        options = getattr(util, _OPTIONS, list)
        setattr(util, _OPTIONS, lambda: [*options(), "-P"])
        try:
            yield
        finally:
            setattr(util, _OPTIONS, options)


def search_path() -> list[str]:
    """`sys.path` for workers: what Python itself put first comes last, where it stands in for no other module.

    That is the folder of the script that runs, or the current one of an interactive Python.
    """
    script = getattr(sys.modules["__main__"], "__file__", None)
    first = "" if script is None else str(Path(script).resolve().parent)
    if sys.flags.safe_path or sys.path[:1] != [first] or _is_home(first):
        return [*sys.path]
    return [*sys.path[1:], first]


def _is_home(folder: str) -> bool:
    return os.path.realpath(folder) == _HOME


@contextmanager
def _short_paths() -> Iterator[None]:
    """Within it, multiprocessing makes the folder of its sockets where their paths are not too long."""
    usual = tempfile.tempdir
    tempfile.tempdir = _short_folder(tempfile.gettempdir())
    try:
        yield
    finally:
        tempfile.tempdir = usual


def _short_folder(usual: str) -> str:
    if len(os.fsencode(usual)) <= _LONGEST:
        return usual
    for folder in _SHORT:
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    raise ExecutorBroken(
        f"{usual}: the path of this folder for temporary files is too long for the socket of worker processes (at "
        f"most {_LONGEST} bytes), and {', '.join(_SHORT)} cannot be written to; set TMPDIR to a folder with a "
        f"shorter path, or use --executor serial"
    )


@contextmanager
def no_interrupts() -> Iterator[None]:
    """Without the signals that end a search, here and in the threads and processes started meanwhile."""
    old = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


def let_interrupts_through() -> None:
    """In a worker: undo `no_interrupts`, in which it was started."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)
