"""Ctrl-C, SIGTERM and SIGHUP: the first ends the search in good order, a second one at once."""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

#: What the process ends with.
STATUS = 130
#: A second signal that comes sooner than this, in seconds, is an echo of the first: `timeout` and some terminals
#: signal the process and then its group.
ECHO = 0.3
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_first_came = 0.0


def install() -> None:
    """Make the signals raise KeyboardInterrupt once, and kill the process the second time.

    SIGINT is taken even where it was ignored: a shell starts background jobs (`&`) that way. SIGHUP is not:
    who starts a process with nohup wants it to go on.
    """
    for number in _SIGNALS:
        if number in (signal.SIGINT, signal.SIGTERM) or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _first)


def _first(number: int, frame: FrameType | None) -> None:
    del number, frame
    global _first_came
    _first_came = time.monotonic()
    for known in _SIGNALS:
        if signal.getsignal(known) is _first:
            signal.signal(known, _second)
    raise KeyboardInterrupt


def _second(number: int, frame: FrameType | None) -> None:
    del number, frame
    if time.monotonic() - _first_came < ECHO:
        return
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h\r\n")  # the cursor that a live bar hides
    os._exit(STATUS)  # the workers notice that their parent is gone and end too
