"""Ends what the workers of a run leave behind: run as a script, in a process of its own.

Its standard input names the workers, one process id per line, each the leader of a process group of its own. When
a worker is gone, the rest of its group is killed: what its task had started. When the input ends, which the system
sees to however its writer ends, every group is. If the last line was not `stop`, its writer was killed, and the
folder of sockets that the command line names is deleted too. A process of its own does this because a process that
is killed cannot; it imports next to nothing.
"""

from __future__ import annotations

import os
import select
import signal
import sys

#: How often it looks for workers that are gone, in seconds.
EVERY = 0.2
#: The last line, where the writer goes on by itself.
STOP = b"stop\n"


def main() -> None:
    """Watch over the workers until the input ends, then leave nothing of them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if not _watch(sys.stdin.fileno()):
        for folder in sys.argv[1:]:
            _delete(folder)


def _watch(source: int) -> bool:
    """Watch over the workers that `source` names; returns whether it ended with `stop`."""
    workers: set[int] = set()
    stopped = False
    while True:
        ready, _, _ = select.select([source], [], [], EVERY)
        if ready:
            lines = os.read(source, 1 << 16)  # whole lines: each is written at once, and shorter than a page
            if not lines:
                break
            stopped = lines.endswith(STOP)
            workers.update(map(int, lines.removesuffix(STOP).split()))
        gone = {worker for worker in workers if not _alive(worker)}
        _kill(gone)
        workers -= gone
    _kill(workers)
    return stopped


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


def _delete(folder: str) -> None:
    """Delete the sockets of a folder, and the folder if that was all."""
    try:
        for name in os.listdir(folder):  # noqa: PTH208 - pathlib takes long to import
            if name.startswith("listener-"):  # as multiprocessing names them
                os.unlink(os.path.join(folder, name))  # noqa: PTH108, PTH118
        os.rmdir(folder)  # noqa: PTH106
    except OSError:
        pass  # it is gone, or somebody keeps other files there


if __name__ == "__main__":
    main()
