"""A worker of a search that was started by `srun`: `python -m hpsearch.executors.srun.worker FOLDER`.

It has one process for tasks, as a worker at home is. It ends when the search does, however that ends.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from hpsearch.executors.away import unfitness, work
from hpsearch.executors.local.pool import LocalExecutor
from hpsearch.executors.outcome import Outcome
from hpsearch.executors.srun import meeting
from hpsearch.executors.srun.log import APART
from hpsearch.executors.srun.meeting import ORDER, PULSE, SAID, SEARCH, TASK, Meeting, Order, Said, Search

#: Within so many seconds a machine sees what another one has written.
SEEN_WITHIN = 10.0


def main() -> None:
    """Do what is ordered until the search is over."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the process of the task is ended too
    place = Meeting(Path(sys.argv[1]))
    search, host = _search(place), socket.gethostname()
    if search is None:
        remedy = "search in a folder that all machines of the job share"
        sys.exit(f"{APART}{host} does not see {place.folder}; {remedy}")
    sys.path[:] = search.path
    # No name is had twice, also on machines that are called alike.
    name = f"{host}-{os.getpid()}-{os.urandom(2).hex()}"
    with LocalExecutor(1, search.preload) as crew:
        Worker(place, search, name, crew).serve()


def _search(place: Meeting) -> Search | None:
    """What the search has written; it may take a while to be seen."""
    end = time.monotonic() + SEEN_WITHIN
    while (search := place.read(SEARCH)) is None and time.monotonic() < end:
        time.sleep(meeting.EVERY)
    return search if isinstance(search, Search) else None


class Worker:
    """One worker, in its folder by its name."""

    def __init__(self, place: Meeting, search: Search, name: str, crew: LocalExecutor) -> None:
        self._place, self._search, self._name, self._crew = place, search, name, crew
        self._order = Order(0)
        self._running: Future[Any] | None = None
        self._tasks: dict[str, bytes] = {}
        self._said = Said(0, unfitness(search.folder, "", search.versions))

    def serve(self) -> None:
        """Look at the orders until the search shows no life any more."""
        place, pulse, seen, beaten = self._place, None, time.monotonic(), 0.0
        # It is there before it is first looked at: that a file is not there is remembered by some file systems.
        with suppress(OSError):
            place.write(self._name + ORDER, self._order)
        while time.monotonic() - seen < self._search.silence and not place.is_over():
            if (now := place.read(PULSE)) not in (None, pulse):
                pulse, seen = now, time.monotonic()
            changed = self._obey(place.read(self._name + ORDER))
            if self._answered() or changed or time.monotonic() - beaten > meeting.BEAT:
                beaten = time.monotonic()
                self._say()
            time.sleep(self._search.every)

    def _obey(self, order: Any) -> bool:
        """Begin with what is ordered, if that is new, and end what is not ordered any more."""
        if not isinstance(order, Order) or order.number == self._order.number:
            return False
        self._order = order
        if self._running is not None:
            self._crew.end(self._running)
            self._running = None
        if order.digest:
            task = self._tasks.get(order.digest) or self._place.read(TASK + order.digest)
            if task is None:  # it is not seen here yet: next time
                self._order = Order(0)
                return False
            self._tasks = {order.digest: task}
            call = (work, self._search.folder, order.slot, task, order.args)
            self._running = self._crew.submit_in(0, *call, timeout=order.timeout)
        return True

    def _answered(self) -> bool:
        """Whether the task has ended; what is said is its answer then."""
        if self._running is None or not self._running.done():
            return False
        error = self._running.exception()  # of its process
        answer = self._running.result() if error is None else Outcome.failed(error)
        self._said = Said(self._said.beat, "", self._order.number, answer)
        self._running = None
        return True

    def _say(self) -> None:
        said = self._said
        self._said = Said(said.beat + 1, said.unfit, said.number, said.answer)
        with suppress(OSError):  # it is over; or the disk is full, and who is not heard is given up
            self._place.write(self._name + SAID, self._said)


if __name__ == "__main__":
    main()
