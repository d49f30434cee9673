"""Worker processes as Pebble starts them, and the process that ends what they leave behind."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.executors.local.server import METHOD, without_current_folder
from hpsearch.executors.local.sweeper import STOP

#: What a worker that ended with status 0 is said to have ended with: it never had reason to, and Pebble would wait.
LEFT = 256
_SWEEPER = str(Path(__file__).with_name("sweeper.py"))

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext as _Context
    from multiprocessing.context import SpawnProcess as _Process
else:
    _Context = type(multiprocessing.get_context(METHOD))
    _Process = _Context.Process


class Worker(_Process):
    """A process that says when it was started, and whose end is never mistaken for a good one."""

    def __init__(self, started: Callable[[int], None], **settings: Any) -> None:
        super().__init__(**settings)
        self._started: Callable[[int], None] | None = started

    def start(self) -> None:
        """Start it and pass on its process id."""
        with without_current_folder():  # should the server have died, this starts another
            super().start()
        assert self._started is not None
        assert self.pid is not None
        self._started(self.pid)

    def __getstate__(self) -> dict[str, Any]:
        """What is sent to the process itself: all but whom to tell."""
        return {**self.__dict__, "_started": None}

    @property
    def exitcode(self) -> int | None:
        """How it ended; `LEFT` in place of 0."""
        code = super().exitcode
        return LEFT if code == 0 else code


class WorkerContext(_Context):
    """The context of multiprocessing whose processes are workers; `started` is told their process ids."""

    def __init__(self, started: Callable[[int], None]) -> None:
        super().__init__()
        self._started = started

    def Process(self, **settings: Any) -> Worker:  # type: ignore[override]  # noqa: N802 - the name Pebble calls
        """A worker, not yet started."""
        return Worker(self._started, **settings)


class Sweeper:
    """Kills what the tasks of workers have started, when the worker or this process is gone; see `sweeper`.

    Does nothing on Windows, which has no process groups.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._writing = threading.Lock()

    def start(self, sockets: str | None = None) -> None:
        """Start to watch; the folder `sockets` goes too, if this process ends without having said `stop`."""
        if os.name != "nt":
            self._process = subprocess.Popen(  # noqa: S603 - a script of ours
                [sys.executable, "-I", "-S", _SWEEPER, *([sockets] if sockets else [])],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                bufsize=0,
            )

    def watch(self, worker: int) -> None:
        """Watch over one more worker, by its process id, which is also that of its group."""
        if self._process is not None and self._process.stdin is not None:
            # Somebody killed the sweeper, which the search itself does not need; or it was stopped while a pool
            # replaced a dead worker: that one is ended by its pool, and was given nothing to do.
            with self._writing, suppress(OSError, ValueError):
                self._process.stdin.write(b"%d\n" % worker)

    def stop(self) -> None:
        """Kill what is left, and end."""
        if self._process is not None and self._process.stdin is not None:
            with self._writing, suppress(OSError):
                self._process.stdin.write(STOP)
            with self._writing:
                self._process.stdin.close()
            self._process.wait()
