"""What a command has to itself until it has ended: its slot and its trial's folder, whoever has died meanwhile.

A lease is a lock on a folder, held by whoever has the descriptor open: this process, and the guard that sees to the
command. A worker that is killed leaves a command that may take its time to end; what runs in its slot next, or is
of the same trial, waits for that.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from hpsearch.storage.atomic import unlinked

if os.name != "nt":
    import fcntl

#: How often it is tried, in seconds.
_EVERY = 0.02


@contextmanager
def leased(
    folders: Iterable[Path], within: float, over: Callable[[], bool] = lambda: False
) -> Iterator[list[int]]:
    """Wait for what holds the folders, until it is `over`, and for at most so many seconds; the descriptors.

    Raises:
        OSError: a folder cannot be made.
    """
    deadline = time.monotonic() + within
    with ExitStack() as stack:
        descriptors: list[int] = []
        stack.callback(_close, descriptors)
        for folder in folders:
            unlinked(folder).mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            descriptors.append(descriptor)
            while not _locked(descriptor) and time.monotonic() < deadline and not over():
                time.sleep(_EVERY)
        yield descriptors


def free(descriptors: Iterable[int]) -> None:
    """Let others have the folders, though the guard of a command that is paused has them open too."""
    for descriptor in descriptors:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def _close(descriptors: Iterable[int]) -> None:
    """Close them; where a guard has them open, they are leased until its command has ended."""
    for descriptor in descriptors:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Whether nobody else has it; a file system without locks has nobody to tell."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
