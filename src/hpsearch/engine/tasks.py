"""Tasks of a dispatcher: which jobs train together, what is with workers, and what never comes to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from msgspec import Struct, field
from msgspec.structs import replace

from hpsearch.core.trial import Job, Result
from hpsearch.objectives.answers import stopped

#: How often the clock is looked at while nothing happens, in seconds.
TICK = 0.25


class Task(Struct, frozen=True):
    """Jobs that train together.

    Attributes:
        attempts: how often their worker has died.
        loose: whether nobody knew how many workers there are when it was made: its job has yet to find company.
    """

    stack: tuple[Job, ...]
    attempts: int = 0
    loose: bool = False


class Running(Struct, frozen=True):
    """The tasks that workers are at. Each says itself that it has ended: a thousand are not asked one by one."""

    tasks: dict[Future[list[Result]], Task] = field(default_factory=dict)
    _ended: SimpleQueue[Future[list[Result]]] = field(default_factory=SimpleQueue)

    def add(self, future: Future[list[Result]], task: Task) -> None:
        """A worker begins."""
        self.tasks[future] = task
        future.add_done_callback(self._ended.put)

    def ended(self) -> list[Future[list[Result]]]:
        """Those that have ended by now, in that order; one is waited for at most `TICK`, if any runs."""
        try:
            first = [self._ended.get(timeout=TICK)] if self.tasks else []
        except Empty:
            return []
        return first + [self._ended.get_nowait() for _ in range(self._ended.qsize())]


def withdrawn(waiting: deque[Task], asked: Collection[int]) -> list[Result]:
    """Take the jobs of the trials `asked` out of the tasks; their results."""
    results: list[Result] = []
    for _ in range(len(waiting) if asked else 0):
        task = waiting.popleft()
        kept = tuple(job for job in task.stack if job.trial.number not in asked)
        results += [stopped(job) for job in task.stack if job not in kept]
        if kept:
            waiting.append(replace(task, stack=kept))
    return results
