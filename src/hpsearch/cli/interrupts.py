"""Ctrl-C and SIGTERM: the first ends the search in good order, a second one at once."""

from __future__ import annotations

import os
import signal
from types import FrameType


def install() -> None:
    """Make SIGINT and SIGTERM raise KeyboardInterrupt once, and kill the process the second time.

    SIGINT is taken even where it was ignored: a shell starts background jobs (`&`) that way.
    """
    signal.signal(signal.SIGINT, _first)
    signal.signal(signal.SIGTERM, _first)


def _first(number: int, frame: FrameType | None) -> None:
    del number, frame
    signal.signal(signal.SIGINT, _second)
    signal.signal(signal.SIGTERM, _second)
    raise KeyboardInterrupt


def _second(number: int, frame: FrameType | None) -> None:
    del number, frame
    os._exit(130)  # the workers notice that their parent is gone and end too
