"""What a function can change around itself, put back afterwards, so that no trial inherits it from another."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

#: What `os.environ` keeps, and what `signal.getsignal` asks: these make texts and enumerations of it, each time
#: anew, which would take longer than a quick trial.
_ENVIRONMENT: Mapping[Any, Any] = getattr(os.environ, "_data", os.environ)
_handler = getattr(signal, "_signal", signal).getsignal
_SIGNALS = tuple(map(int, signal.valid_signals()))

Handler = Any  # of signal.getsignal: a function, a constant, or None for one that Python did not set


@contextmanager
def put_back() -> Iterator[None]:
    """Within it, the working directory, environment, umask, streams, signals and settings of Python may change."""
    folder, environment, umask = Path.cwd(), dict(_ENVIRONMENT), _umask()
    streams, handlers, alarm = (sys.stdin, sys.stdout, sys.stderr), _handlers(), _alarm_is_set()
    depth, tracer = sys.getrecursionlimit(), sys.gettrace()
    try:
        with warnings.catch_warnings():
            yield
    finally:
        sys.setrecursionlimit(depth)
        _trace(tracer)
        _restore_handlers(handlers, alarm=alarm)
        sys.stdin, sys.stdout, sys.stderr = streams
        os.umask(umask)
        if environment != _ENVIRONMENT:
            os.environ.clear()
            os.environ.update({os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()})
        with suppress(OSError):  # somebody has deleted it
            os.chdir(folder)


def _umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _trace(tracer: Any) -> None:
    if sys.gettrace() is not tracer:
        sys.settrace(tracer)


def _handlers() -> dict[int, Handler]:
    return {number: _handler(number) for number in _SIGNALS}


def _alarm_is_set() -> bool:
    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0


def _restore_handlers(before: dict[int, Handler], *, alarm: bool) -> None:
    """Set the handlers of `before`; `alarm`: whether one was set by then, which is not the function's own."""
    if threading.current_thread() is not threading.main_thread():  # which alone can set handlers
        return
    if hasattr(signal, "setitimer") and not alarm:
        signal.setitimer(signal.ITIMER_REAL, 0)  # an alarm that is still to come would hit the next trial
    for number, handler in before.items():
        if handler is not None and _handler(number) != handler:
            signal.signal(number, handler)


def reopened() -> None:
    """Open standard output and standard error anew where a function has closed them."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is not None and getattr(sys, name).closed:
            setattr(sys, name, open(descriptor, "w", errors="backslashreplace", closefd=False))  # noqa: SIM115
