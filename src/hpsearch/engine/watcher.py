"""Keeps count of a search while it goes on, for whatever shows it."""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from msgspec import Struct

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Epochs, Job, Key, Result, Trial
from hpsearch.engine.forecast import Coming, forecast
from hpsearch.engine.history import History
from hpsearch.engine.pace import Pace, Span
from hpsearch.engine.plan import Plan
from hpsearch.storage.reached import Reached

#: How many of the trainings that ended last are remembered.
LATEST = 12
#: The share of the time that telling may take.
SHARE = 0.03
#: The epochs of a training, and whether it trains what is known with a fresh seed.
Kind = tuple[Epochs, bool]


class Stage(Struct, frozen=True):
    """How many trainings to `epochs` epochs have ended, are running, or wait for a worker or to be asked for.

    `again`: those with fresh seeds.
    """

    epochs: Epochs
    again: bool = False
    ended: int = 0
    running: int = 0
    waiting: int = 0

    @property
    def all(self) -> int:
        """Ended, running and waiting ones."""
        return self.ended + self.running + self.waiting


class Best(Struct, frozen=True):
    """The best trial so far, by its last training of the search itself."""

    trial: Trial
    value: float
    epochs: Epochs


class Snapshot(Struct, frozen=True):
    """How far a search is.

    Attributes:
        stages: one per rung, the shortest training first, and one of the confirmation.
        epochs_done, epochs_all: the same in epochs trained and to train.
        left: the seconds still to go, estimated; None while that is not known.
        lost: how many trials did not end well at their last training; `loss` is the last of them.
        latest: the trainings that ended last, the very last first.
        told: whether it is known how many trainings have begun; else as many as a round has count as running.
        workers: how many workers these run on, as far as that is known; one of them may train several together.
        reached: how far those that run have come within their training, as far as they tell.
    """

    metric: Metric
    stages: tuple[Stage, ...]
    epochs_done: Epochs
    epochs_all: Epochs
    elapsed: float = 0.0
    left: float | None = None
    best: Best | None = None
    lost: int = 0
    loss: Result | None = None
    latest: tuple[Result, ...] = ()
    told: bool = True
    workers: int | None = None
    reached: tuple[Reached, ...] = ()

    @property
    def total(self) -> Stage:
        """All stages together."""
        sums = (
            sum(getattr(stage, name) for stage in self.stages) for name in ("ended", "running", "waiting")
        )
        return Stage(self.stages[-1].epochs, False, *sums)

    @property
    def share(self) -> float:
        """The share of the epochs that are trained: 1 only when nothing is left."""
        return self.epochs_done / self.epochs_all if self.epochs_all else 0.0


class Watcher:
    """An observer of the engine that tells `show` how far the search is.

    What has ended is counted as it comes, never anew: a search may have a hundred thousand trials.
    """

    def __init__(
        self,
        show: Callable[[Snapshot], None],
        plan: Plan,
        metric: Metric,
        *,
        workers: int = 1,
        at_once: int | None = None,
        told: bool = True,
        limit: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        reached: Callable[[Collection[Key]], tuple[Reached, ...]] = lambda _: (),
    ) -> None:
        """Watch a search that begins now.

        Args:
            show: is given what is to be shown.
            plan: how the search goes on.
            metric: what ranks.
            workers: how many trainings go on at a time, as far as `training_begins` does not tell.
            at_once: how many trainings go on at a time, the first ones first, where another process conducts the
                search; None where `training_begins` tells what is running.
            told: whether that is known; else it is as many as a round has.
            limit: after how many seconds the search is ended, if it is.
            clock: what time it is, in seconds.
            reached: how far trainings have come that go on, by the keys of their jobs.
        """
        self._show = show
        self._plan = plan
        self._metric = metric
        self._limit = math.inf if limit is None else limit
        self._clock = clock
        self._reached = reached
        self._begun: float | None = None
        self._due = -math.inf
        self._tally = _Tally()
        self._pace = Pace(workers, plan.round_size, plan.overlap)
        self._running: set[Key] = set()
        self._at_once = at_once
        self._told = told
        self._history: History | None = None

    def round_begins(self, number: int, jobs: Sequence[Job], history: History) -> None:
        """Take note of a round; the first one tells what an earlier process had done."""
        del number
        now = self._clock()
        first = self._begun is None
        if first:
            self._begun = now
            for result in history.results.values():
                self._pace.take(self._tally.take(result), result)
        self._running &= {job.key for job in history.pending()}
        # Of the first round an earlier process may have trained a part.
        self._pace.begin(jobs, now, whole=not (first and history.results))
        self._history = history
        if self._at_once is not None:
            self._show_in_time(history)

    def training_begins(self, jobs: Sequence[Job], workers: int) -> None:
        """Take note that one of so many workers is at these."""
        self._pace.workers = workers
        self._running.update(job.key for job in jobs)
        if self._history is not None:
            self._show_in_time(self._history)

    def training_waits(self, jobs: Sequence[Job]) -> None:
        """Take note that no worker is at these any more."""
        self._running.difference_update(job.key for job in jobs)
        if self._history is not None:
            self._show_in_time(self._history)

    def results_came(self, results: Sequence[Result], history: History) -> None:
        """Take note of results."""
        for result in results:
            self._tally.take(result)
            self._running.discard(result.key)
        self._pace.end(results, self._clock())
        self._show_in_time(history)

    def _show_in_time(self, history: History) -> None:
        """Show how far the search is, unless that would take more than its share of the time."""
        now = self._clock()
        if now >= self._due:
            self._show(self.snapshot(history))
            ended = self._clock()
            self._due = ended + (ended - now) / SHARE

    def snapshot(self, history: History) -> Snapshot:
        """How far the search is now."""
        now, coming, pending = self._clock(), forecast(self._plan, history), history.pending()
        begun = now if self._begun is None else self._begun
        telling = self._reached(self._running if self._at_once is None else [job.key for job in pending])
        left = self._pace.left(coming, now)
        ahead = sum((one.epochs - one.start) * one.count for one in coming)
        ahead += sum(job.epochs - job.start for job in pending)
        tally = self._tally
        return Snapshot(
            metric=self._metric,
            stages=tuple(self._stages(coming, pending, self._begun_of(pending, telling))),
            epochs_done=tally.epochs,
            epochs_all=tally.epochs + ahead,
            elapsed=now - begun,
            left=None if left is None else min(left, max(0.0, begun + self._limit - now)),
            best=self._best(history),
            lost=tally.lost,
            loss=tally.loss,
            latest=tuple(tally.latest),
            told=self._told,
            workers=self._pace.workers if self._running else None,
            reached=telling,
        )

    def _begun_of(self, pending: Sequence[Job], telling: Sequence[Reached]) -> set[Key]:
        """What is running; seen from elsewhere what tells how far it is, and then the first of the others."""
        if self._at_once is None:
            return self._running
        keys = dict.fromkeys([*(one.key for one in telling), *(job.key for job in pending)])
        return set(islice(keys, self._at_once))

    def _stages(
        self, coming: Sequence[Coming], pending: Sequence[Job], begun: Collection[Key]
    ) -> Iterator[Stage]:
        ahead, running = Counter[Kind](), Counter[Kind]()
        for one in coming:
            ahead[one.epochs, one.again] += one.count
        for job in pending:
            (running if job.key in begun else ahead)[job.epochs, job.replicate > 0] += 1
        ended = self._tally.ended
        rungs = [(epochs, False) for epochs in self._plan.rungs]
        for kind in sorted({*rungs, *ended, *ahead, *running}, key=lambda kind: (kind[1], kind[0])):
            yield Stage(*kind, ended[kind], running[kind], ahead[kind])

    def _best(self, history: History) -> Best | None:
        number = history.best()
        if number is None:
            return None
        results = (history.results.get((number, 0, epochs)) for epochs in reversed(self._plan.rungs))
        last = next(result for result in results if result is not None and result.status == "done")
        return Best(history.trials[number], last.metrics[self._metric.name], last.epochs)


class _Tally:
    """What has ended.

    Attributes:
        ended: how many trainings of each kind.
        epochs: how many epochs they took in all.
        reached: the longest training of each trial.
        lost: how many trials did not end well at their last training; `loss` is the last result of that kind.
        latest: the last results, the very last first.
    """

    def __init__(self) -> None:
        self.ended = Counter[Kind]()
        self.epochs: Epochs = 0
        self.reached: dict[int, Epochs] = {}
        self.lost = 0
        self.loss: Result | None = None
        self.latest: deque[Result] = deque(maxlen=LATEST)
        self._ill: set[int] = set()

    def take(self, result: Result) -> Span:
        """Count a result; returns the epochs that its training began with and ended at."""
        start = 0 if result.replicate else self.reached.get(result.trial, 0)
        self.ended[result.epochs, result.replicate > 0] += 1
        self.epochs += result.epochs - start
        self.latest.appendleft(result)
        if result.status != "done":
            self.loss = result
        if not result.replicate:
            self.reached[result.trial] = result.epochs
            (self._ill.discard if result.status == "done" else self._ill.add)(result.trial)
            self.lost = len(self._ill)
        return start, result.epochs
