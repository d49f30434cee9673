"""Keeps count of a search while it goes on, for whatever shows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Result
from hpsearch.engine.history import History


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far a search is.

    `done` and `failed` count trials whose last job ended so, `running` those that are at work or next in line;
    `best` is the best value so far, of the trial `best_trial`; `left` is an estimate in seconds. They are None
    while there is nothing to tell them from.
    """

    total: int
    done: int
    running: int
    failed: int
    metric: Metric
    best: float | None
    best_trial: int | None
    left: float | None


class Watcher:
    """An observer of the engine that tells `show` how far the search is.

    Counts are kept, never recounted: a search may have a hundred thousand trials.
    """

    def __init__(self, show: Callable[[Snapshot], None], *, total: int, metric: Metric) -> None:
        self._show = show
        self._total = total
        self._metric = metric
        self._status: dict[int, str] = {}
        self._failed = 0
        self._running: set[int] = set()
        self._best: tuple[float, int] | None = None
        self._begun = time.monotonic()
        self._ended_before: int | None = None

    def round_begins(self, number: int, jobs: Sequence[Job], history: History) -> None:
        """Take note of a round; the first one tells what an earlier process had done."""
        del number
        if self._ended_before is None:
            self._take(list(history.results.values()))
            self._ended_before = len(self._status)
        self._running = {job.trial.number for job in jobs}
        self._show(self.snapshot())

    def results_came(self, results: Sequence[Result], history: History) -> None:
        """Take note of results."""
        del history
        self._take(results)
        self._running.difference_update(result.trial for result in results)
        self._show(self.snapshot())

    def _take(self, results: Sequence[Result]) -> None:
        for result in results:
            if result.replicate:
                continue
            self._failed += (result.status != "done") - (self._status.get(result.trial, "done") != "done")
            self._status[result.trial] = result.status
            if result.status == "done":
                loss = self._metric.loss(result.metrics[self._metric.name])
                self._best = min(self._best or (loss, result.trial), (loss, result.trial))

    def snapshot(self) -> Snapshot:
        """How far the search is now."""
        ended = len(self._status)
        best, trial = (
            (None, None) if self._best is None else (self._metric.sign * self._best[0], self._best[1])
        )
        return Snapshot(
            total=self._total,
            done=ended - self._failed,
            running=len(self._running),
            failed=self._failed,
            metric=self._metric,
            best=best,
            best_trial=trial,
            left=self._left(ended),
        )

    def _left(self, ended: int) -> float | None:
        """Seconds left if the coming trials take as long as those of this process did."""
        here = ended - (self._ended_before or 0)
        if here < 1 or ended >= self._total:
            return None
        return (time.monotonic() - self._begun) / here * (self._total - ended)
