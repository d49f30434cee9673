"""Imported by the server that workers are forked from, and by nothing else.

A worker that comes to life while its run is interrupted finds the semaphores of its parent gone. That is the end
it was to come to anyway, and its traceback would be the last thing on the screen.

Nor does a worker run the script again that the search was started from, as multiprocessing would have it: it needs
nothing of it, and a script without `if __name__ == "__main__":` would start its search again in every worker.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from multiprocessing import current_process, spawn
from types import TracebackType

_EXPECTED = (FileNotFoundError, EOFError, ConnectionError)


def _quiet(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, _EXPECTED):
        sys.__excepthook__(kind, error, trace)


def _for_others(prepare_main: Callable[[str], None]) -> Callable[[str], None]:
    """The same, but not in workers, which Pebble names; other processes of this server are none of our business."""

    def prepare(main: str) -> None:
        if not current_process().name.startswith("pebble"):
            prepare_main(main)

    return prepare


def _frozen_until_forked() -> None:
    """Look for no garbage among what is imported here, nor in any process that is forked from this one."""
    waiting = gc.isenabled()
    gc.disable()

    def collect_again() -> None:
        nonlocal waiting
        if waiting:  # in a child of the server, and not in a child of that
            waiting = False
            gc.freeze()
            gc.enable()

    os.register_at_fork(after_in_child=collect_again)


_frozen_until_forked()
sys.excepthook = _quiet
for _name in ("_fixup_main_from_name", "_fixup_main_from_path"):
    setattr(spawn, _name, _for_others(getattr(spawn, _name)))
