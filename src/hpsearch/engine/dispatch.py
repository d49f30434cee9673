"""A round's jobs through an executor: stacks out, results in, and what to do when a worker does not answer."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from hpsearch.core.blame import Blaming
from hpsearch.core.errors import (
    DeadlineExceeded,
    ExecutorBroken,
    PluginBroken,
    TaskEnded,
    TaskRaised,
    WorkerDied,
    WorkerLeft,
    WorkersLost,
    said,
)
from hpsearch.core.surroundings import hindrance, open_files
from hpsearch.core.trial import Job, Result, Status
from hpsearch.engine.tasks import TICK, Running, Task, withdrawn
from hpsearch.executors import Executor
from hpsearch.executors.base import Awaiting, Ending, Placing
from hpsearch.executors.turns import Turn
from hpsearch.objectives.answers import stopped
from hpsearch.objectives.base import Objective, last_words
from hpsearch.objectives.checked import checked
from hpsearch.storage.requests import Requests

#: How often in a row all workers may be lost before it is given up.
MOST_LOSSES = 8


class Dispatcher(Struct, frozen=True):
    """Sends jobs to `executor`, at most one task per worker at a time.

    Attributes:
        timeout: seconds a job may take; a stack of K jobs gets K times that.
        retries: how often a job is tried again whose worker or command died, or that failed as `retry_on` says.
        retry_on: a job that failed is tried again if one of these texts stands in its last lines.
        metrics: what a result that is done must have, first what ranks.
        ranking: how many of these rank.
        begins: is told which jobs a worker begins with, and of how many workers it is one.
        stops: who says which trials are to end; None: nobody.
        most: how many trainings a worker process has before another takes its place; None for any number.
        lost: is told of the jobs whose worker or command died, and that begin again, and how it did.
        homes: the slot that last had each trial; only what a training costs depends on it.
        retried: is told of the jobs that begin again for a text of `retry_on`, and of that.
        waits: is told of the jobs that no worker is at any more, and that are to begin again.
    """

    objective: Objective
    executor: Executor
    timeout: float | None = None
    retries: int = 1
    metrics: Sequence[str] = ()
    ranking: int = 1
    begins: Callable[[Sequence[Job], int], object] = lambda *_: None
    lost: Callable[[Sequence[Job], str], object] = lambda *_: None
    most: int | None = None
    stops: Requests | None = None
    retry_on: Sequence[str] = ()
    retried: Callable[[Sequence[Job], str], object] = lambda *_: None
    homes: dict[int, int] = field(default_factory=dict)
    waits: Callable[[Sequence[Job]], object] = lambda _: None

    def run(
        self,
        jobs: Sequence[Job],
        over: Callable[[], bool] = lambda: False,
        more: Callable[[], Sequence[Job]] = lambda: (),
    ) -> Iterator[list[Result]]:
        """Results as they come, those that came together in one list; an empty list marks the passing of time.

        `more` jobs are asked for whenever results were taken, until there are none. Once it is `over`, the last
        list has what ended meanwhile; what runs is left to the end of the executor.

        Raises:
            ExecutorBroken: no worker can be had, or all were lost again and again with nothing answered in between.
        """
        waiting = deque(self._tasks(jobs))
        running = Running()
        losses = 0
        while True:
            # No worker waits for a decision while there is something for it.
            results = self._begin(running, waiting) if waiting else []
            while later := more():
                waiting.extend(self._tasks(later))
            if not (waiting or running.tasks or results):
                break
            results += self._begin(running, waiting)
            if waiting and not running.tasks:  # no worker is there yet, or none any more
                time.sleep(TICK)
            for future in running.ended():
                answered, again = self._answer(running.tasks.pop(future), future)
                results += answered
                error = future.exception()
                if again:
                    self.waits([job for task in again for job in task.stack])
                if isinstance(error, WorkerLeft):
                    waiting.extendleft(again)
                    continue
                waiting.extend(again)
                losses = losses + 1 if isinstance(error, WorkersLost) else 0
            if losses > MOST_LOSSES:
                raise ExecutorBroken(
                    "the worker processes end as soon as they start; is there enough memory, and "
                    f"may enough files be open (ulimit -n: {open_files() or 'unlimited'})?"
                )
            yield results
            if over():
                yield [
                    result
                    for future, task in running.tasks.items()
                    if future.done()
                    for result in self._answer(task, future)[0]
                ]
                return
        self._asked([])

    def _begin(self, running: Running, waiting: deque[Task]) -> list[Result]:
        """Let free workers begin with what waits, and end what is asked to; the results of what never began."""
        asked = self._asked(chain(waiting, running.tasks.values()))
        results = withdrawn(waiting, asked)
        while waiting and len(running.tasks) < (workers := self.executor.workers):
            if waiting[0].loose:
                self._group(waiting)
            task, slot = self._next(waiting)
            self.begins(task.stack, workers)
            running.add(self._submit(task, slot), task)
        self._end(running, asked)
        return results

    def _tasks(self, jobs: Sequence[Job]) -> Iterator[Task]:
        """Who trains together: for as many workers as are awaited; each by itself while none is."""
        workers = self.executor.workers
        if isinstance(self.executor, Awaiting):
            workers = max(workers, self.executor.awaited)
        if not workers:
            return (Task((job,), loose=True) for job in jobs)
        return map(Task, self.objective.group(jobs, workers))

    def _group(self, waiting: deque[Task]) -> None:
        """Have those train together that could not be told when they were asked for: a worker is there by now."""
        loose = [job for task in waiting if task.loose for job in task.stack]
        others = [task for task in waiting if not task.loose]
        waiting.clear()
        waiting.extend([*self._tasks(loose), *others])

    def _asked(self, tasks: Iterable[Task]) -> set[int]:
        """Which trials of `tasks` are asked to end; what is asked of others came too late."""
        asked = self.stops.asked() if self.stops else set()
        if self.stops is None or not asked:
            return asked
        there = {job.trial.number for task in tasks for job in task.stack}
        for trial in asked - there:
            self.stops.answered(trial)
        return asked & there

    def _end(self, running: Running, asked: Collection[int]) -> None:
        """End what runs of the trials `asked`, unless the objective sees to it, or the executor cannot."""
        if asked and not getattr(self.objective, "ends_jobs", False) and isinstance(self.executor, Ending):
            for future, task in list(running.tasks.items()):
                if any(job.trial.number in asked for job in task.stack):
                    self.executor.end(future)

    def _next(self, waiting: deque[Task]) -> tuple[Task, int | None]:
        """What to train next, and in which slot where that matters: a trial goes on where it is suspended.

        No worker waits for that. Where no trial of an idle one is due, it takes what has no other worker, if any.
        """
        suspends = getattr(self.objective, "suspends", False)  # else the dearer question is not asked
        idle = self.executor.idle() if suspends and isinstance(self.executor, Placing) else ()
        if not idle:
            return waiting.popleft(), None
        homes = [self.homes.get(task.stack[0].trial.number) for task in waiting]
        place = min(range(len(homes)), key=lambda at: (homes[at] not in idle, homes[at] is not None))
        task, home = waiting[place], homes[place]
        del waiting[place]
        slot = home if home is not None and home in idle else min(idle)
        self.homes.update(dict.fromkeys((job.trial.number for job in task.stack), slot))
        return task, slot

    def _submit(self, task: Task, slot: int | None) -> Future[list[Result]]:
        limit = None if self.timeout is None else self.timeout * len(task.stack)
        evaluate: Callable[[Sequence[Job]], list[Result]] = Blaming(self.objective.evaluate)
        if self.most is not None:
            evaluate = Turn(evaluate, len(task.stack), self.most)
        if slot is not None and isinstance(self.executor, Placing):
            return self.executor.submit_in(slot, evaluate, task.stack, timeout=limit)
        return self.executor.submit(evaluate, task.stack, timeout=limit)

    def _answer(self, task: Task, future: Future[list[Result]]) -> tuple[list[Result], list[Task]]:
        """The results of an ended task, or the tasks that take its place."""
        error = future.exception()
        if error is None:
            return self._again(task, checked(task.stack, future.result(), self.metrics, self.ranking))
        if isinstance(error, ExecutorBroken):
            raise error
        if isinstance(error, WorkersLost):
            return [], [task]
        if isinstance(error, TaskEnded):
            return self._ended(task)
        # One of a stack is to blame, and trained alone it cannot harm the others.
        again = [Task((job,)) for job in task.stack] if len(task.stack) > 1 else []
        if isinstance(error, WorkerDied):
            if not again and task.attempts < self.retries:
                again = [replace(task, attempts=task.attempts + 1)]
            if again:
                self.lost(task.stack, str(error))
        if again:
            return [], again
        (job,) = task.stack
        ended = _unanswered(job, error, last_words(self.objective, job))
        return checked(task.stack, [ended], self.metrics, self.ranking), []

    def _again(self, task: Task, results: list[Result]) -> tuple[list[Result], list[Task]]:
        """The results that count, and tasks for the jobs that are tried again."""
        if task.attempts >= self.retries:
            return results, []
        kept, again = [], []
        for job, result in zip(task.stack, results, strict=True):
            if result.status == "crashed":
                self.lost((job,), result.reason)
            elif (text := self._named(result)) is not None:
                self.retried((job,), text)
            else:
                kept.append(result)
                continue
            again.append(Task((job,), task.attempts + 1))
        return kept, again

    def _named(self, result: Result) -> str | None:
        """The text of `retry_on` that a job failed with."""
        words = f"{result.reason}\n{result.output}" if result.status == "failed" else ""
        return next((text for text in self.retry_on if text in words), None)

    def _ended(self, task: Task) -> tuple[list[Result], list[Task]]:
        """The results of those that were asked to end, and tasks for what trained with them."""
        asked = self.stops.asked() if self.stops else ()
        ends = [job for job in task.stack if job.trial.number in asked]
        results = [stopped(job, output=last_words(self.objective, job)) for job in ends]
        return results, [Task((job,)) for job in task.stack if job not in ends]


def _unanswered(job: Job, error: BaseException, output: str) -> Result:
    """The result of a job that was not answered: its process is gone, it was too slow, or it raised."""
    status: Status = (
        "crashed"
        if isinstance(error, WorkerDied)
        else "timeout"
        if isinstance(error, DeadlineExceeded)
        else "failed"
    )
    says_all = status != "failed" or isinstance(error, PluginBroken | TaskRaised)
    plain = str(error) if says_all else said(error)
    reason = str(hindrance(error) or plain)
    return Result(job.trial.number, job.epochs, status, replicate=job.replicate, reason=reason, output=output)
