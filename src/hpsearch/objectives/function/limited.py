"""What may take only so long, broken off from within, since no other process watches it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: What goes on all the same is broken off again after so long, in seconds.
_AGAIN = 0.1


class Over(BaseException):
    """The time is over; no `except Exception` holds it up."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Within it, what takes longer ends with `Over`, which leaves the block with it in silence.

    There is no limit outside the main thread, where nobody else's alarm may be taken, and for what never comes back
    to Python.
    """
    if not _possible():
        yield
        return
    before = signal.signal(signal.SIGALRM, _over)
    try:
        with suppress(Over):
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
            yield
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)  # one that is on its way finds nobody
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _possible() -> bool:
    main = threading.current_thread() is threading.main_thread()
    return hasattr(signal, "setitimer") and main and not signal.getitimer(signal.ITIMER_REAL)[0]


def _over(*_: object) -> None:
    raise Over
