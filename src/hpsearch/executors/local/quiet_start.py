"""Imported by the server that workers are forked from, and by nothing else.

A worker that comes to life while its run is interrupted finds the semaphores of its parent gone. That is the end
it was to come to anyway, and its traceback would be the last thing on the screen.

Nor does a worker run the script again that the search was started from, as multiprocessing would have it: it needs
nothing of it, and a script without `if __name__ == "__main__":` would start its search again in every worker.
"""

from __future__ import annotations

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


sys.excepthook = _quiet
for _name in ("_fixup_main_from_name", "_fixup_main_from_path"):
    setattr(spawn, _name, _for_others(getattr(spawn, _name)))
