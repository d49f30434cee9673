"""Places for tasks in workers elsewhere, which come and go: which task goes where, and what becomes of it.

A worker counts for as many places as it has processes, and each place has one task at a time. A task is sent to one
place and to no other, so that what a trial has left in a process (a function that is suspended) is found again, and
nothing is run twice in secret. Workers come and go; their places do with them.
"""

from __future__ import annotations

import pickle
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from hpsearch.core.errors import ExecutorBroken, TaskEnded, WorkerDied, WorkerLeft

#: After so many seconds without a worker it is said.
SAID_AFTER = 5.0
_LEFT = "the worker was let go"
NOBODY_YET = "no worker is there yet; the search goes on when the first one comes"


@dataclass(eq=False)
class Task:
    """A task and its arguments, pickled.

    Attributes:
        timeout: in seconds.
        wish: the number of the place that it should have, if that is free.
        sent: by what it is known where it was sent; None where it waits.
    """

    task: bytes
    args: bytes
    timeout: float | None
    wish: int | None
    answer: Future[Any] = field(default_factory=Future)
    sent: Any = None

    @property
    def digest(self) -> str:
        """Tells what is called from all other that is."""
        return sha256(self.task).hexdigest()

    def end(self, value: Any = None, error: BaseException | None = None) -> None:
        """End it with a value, or with what it raised."""
        with suppress(InvalidStateError):  # it was ended by another thread just now
            if error is None:
                self.answer.set_result(value)
            else:
                self.answer.set_exception(error)


@dataclass(eq=False)
class Place:
    """One process of a worker, by its number among all.

    Attributes:
        address: of the worker.
        host: tells the worker from one that has its address later.
        within: the number of the process among those of the worker.
    """

    number: int
    address: str
    host: str
    within: int
    task: Task | None = None


class Placed(ABC):
    """At most `most` tasks at a time, as far as there are places for them; how one is sent is for others to say.

    Its lock is held while `_send` and `_recall` are called.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known = 0  # how many places there are, or will be, as far as that is known
        self._places: dict[int, Place] = {}
        self._waiting: deque[Task] = deque()
        self._broken: ExecutorBroken | None = None
        self._lock = threading.RLock()
        self._over = threading.Event()

    @abstractmethod
    def _send(self, task: Task, place: Place) -> None:
        """Have a place begin with a task, which is then known by its `sent`."""

    @abstractmethod
    def _recall(self, task: Task, place: Place) -> None:
        """End a task that was sent to a place, which may be gone; nobody waits for its answer any more."""

    @property
    def workers(self) -> int:
        """How many tasks can run now; one where no worker is of use, which is then said of that task."""
        return 1 if self._broken else min(self._most, len(self._places))

    @property
    def awaited(self) -> int:
        """How many tasks can run when all have come that are known of; 0 where none is."""
        return min(self._most, max(self._known, len(self._places)))

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        """Run `task(*args)` in some place, for at most `timeout` seconds."""
        return self._submitted(None, task, args, timeout)

    def submit_in(
        self, slot: int, task: Callable[..., Any], *args: Any, timeout: float | None = None
    ) -> Future[Any]:
        """The same in the place of that number, unless it is gone."""
        return self._submitted(slot, task, args, timeout)

    def idle(self) -> list[int]:
        """The numbers of the places that have no task."""
        with self._lock:
            return [number for number, place in self._places.items() if place.task is None]

    def end(self, future: Future[Any]) -> None:
        """End the task of a `future`."""
        with self._lock:
            place = next(
                (one for one in self._places.values() if one.task and one.task.answer is future), None
            )
            if place is None or place.task is None:
                return
            task, place.task = place.task, None
            self._recall(task, place)
        task.end(error=TaskEnded("was ended"))
        self._place()

    def _submitted(
        self, wish: int | None, task: Callable[..., Any], args: tuple[Any, ...], timeout: float | None
    ) -> Future[Any]:
        made = Task(pickle.dumps(task), pickle.dumps(args), timeout, wish)
        with self._lock:
            self._waiting.append(made)
        self._place()
        return made.answer

    def _place(self) -> None:
        """Send what waits to the places that are free."""
        with self._lock:
            if self._broken is not None:
                while self._waiting:
                    self._waiting.popleft().end(error=self._broken)
            while self._waiting and (idle := self.idle()) and not self._over.is_set():
                task = self._waiting.popleft()
                place = self._places[task.wish if task.wish in idle else min(idle)]
                place.task = task
                self._send(task, place)

    def _give_up(self, error: ExecutorBroken) -> None:
        """No worker will be of use: whoever asks for one is told why."""
        self._broken = error
        self._place()

    def _come(self, address: str, host: str, count: int) -> None:
        """Make places of a worker that is fit."""
        with self._lock:
            for within in range(count):
                number = next(free for free in range(len(self._places) + 1) if free not in self._places)
                self._places[number] = Place(number, address, host, within)
        self._place()

    def _lose(self, address: str, *, left: bool) -> None:
        """Give up the places of a worker; where it `left`, its tasks are not to blame.

        They are given back to who submitted them: what no worker is at runs no more.
        """
        with self._lock:
            lost = [place for place in self._places.values() if place.address == address]
            for place in lost:
                del self._places[place.number]
                task, place.task = place.task, None
                if task is None:
                    continue
                self._recall(task, place)
                task.end(error=WorkerLeft(_LEFT) if left else WorkerDied(f"the worker {address} was lost"))

    def _recall_all(self) -> None:
        """End whatever runs: it is over."""
        self._over.set()
        with self._lock:
            for place in self._places.values():
                if place.task is not None:
                    self._recall(place.task, place)
