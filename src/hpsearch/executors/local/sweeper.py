"""Ends what the workers of a run leave behind: run as a script, in a process of its own.

Its standard input names the workers, one process id per line, each the leader of a process group of its own. When
a worker is gone, the rest of its group is killed: what its task had started. When the input ends, which the system
sees to however its writer ends, every group is. A process of its own does this because a process that is killed
cannot; it imports next to nothing.
"""

from __future__ import annotations

import os
import select
import signal
import sys

#: How often it looks for workers that are gone, in seconds.
EVERY = 0.2


def main() -> None:
    """Watch over the workers until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    workers: set[int] = set()
    source = sys.stdin.fileno()
    while True:
        ready, _, _ = select.select([source], [], [], EVERY)
        if ready:
            lines = os.read(source, 1 << 16)  # whole lines: each is written at once, and shorter than a page
            if not lines:
                break
            workers.update(map(int, lines.split()))
        gone = {worker for worker in workers if not _alive(worker)}
        _kill(gone)
        workers -= gone
    _kill(workers)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _kill(groups: set[int]) -> None:
    for group in groups:
        try:  # noqa: SIM105 - contextlib would take longer to import than the rest
            os.killpg(group, signal.SIGKILL)
        except OSError:
            pass  # all of the group have ended


if __name__ == "__main__":
    main()
