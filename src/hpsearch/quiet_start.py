"""Imported by the server that workers are forked from, and by nothing else.

A worker that comes to life while its run is interrupted finds the semaphores of its parent gone. That is the end
it was to come to anyway, and its traceback would be the last thing on the screen.
"""

from __future__ import annotations

import sys
from types import TracebackType

_EXPECTED = (FileNotFoundError, EOFError, ConnectionError)


def _quiet(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, _EXPECTED):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _quiet
