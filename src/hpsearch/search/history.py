"""What a search has proposed and learned so far, kept so that a hundred thousand trials stay cheap."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hpsearch.samplers import Tried
from hpsearch.search.failures import Failures
from hpsearch.space import Space
from hpsearch.trial import Config, Job, Result, Trial

Key = tuple[int, int, int]
Floats = NDArray[np.float64]


class History:
    """The rounds of a search and their results; grows, and is never rewritten.

    What it answers depends on the results it holds and never on the order in which they came. Losses are the
    metric with the sign that makes lower better; a trial that failed or diverged has lost: its loss is inf.

    Attributes:
        trials: every trial proposed, in the order of their numbers.
        tried: their configurations.
        results: every result, by the key of its job.
        rounds: how many rounds were begun.
        failures: the trials that failed, which may be too many.
    """

    def __init__(self, space: Space, metric: str, sign: float) -> None:
        self.space = space
        self.trials: list[Trial] = []
        self.tried = Tried()
        self.results: dict[Key, Result] = {}
        self.rounds = 0
        self.failures = Failures()
        self._metric = metric
        self._sign = sign
        self._pending: dict[Key, Job] = {}
        self._units = _Column(len(space), fill=math.nan)
        self._asked = _Column(fill=0.0)
        self._reached = _Column(fill=0.0)
        self._last = _Column(fill=math.nan)
        self._levels: dict[int, _Column] = {}
        self._inherited_units = np.empty((0, len(space)))
        self._inherited: list[Mapping[int, float]] = []

    @property
    def inherited(self) -> int:
        """How many trials of an earlier search this one learns from."""
        return len(self._inherited)

    def inherit(self, configs: Sequence[Config], values: Sequence[Mapping[int, float]]) -> None:
        """Learn from trials of an earlier search with the same objective.

        They are evidence, and count as tried; they are no trials of this search, and are never promoted.

        Args:
            configs: their configurations, all of them in the space.
            values: for each, its metric at the epochs it was trained to.
        """
        self._inherited_units = np.vstack([self._inherited_units, self.space.encode(configs)])
        self._inherited += [
            {epochs: self._sign * value for epochs, value in trial.items()} for trial in values
        ]
        for config in configs:
            self.tried.add(config)

    def evidence(self, epochs: int) -> tuple[Floats, Floats]:
        """Places (n, P) and losses (n,) of the results after exactly `epochs` epochs, inherited ones first."""
        rows = [row for row, losses in enumerate(self._inherited) if epochs in losses]
        old = np.array([self._inherited[row][epochs] for row in rows])
        own = self.losses(epochs)
        known = ~np.isnan(own)
        units = np.vstack([self._inherited_units[rows], self._units.values[known]])
        return units, np.concatenate([old, own[known]])

    def add_round(self, jobs: Sequence[Job]) -> None:
        """Begin a round: its jobs are pending until their results come.

        Raises:
            ValueError: a job is asked for twice, or a trial's number does not follow the last one.
        """
        for job in jobs:
            if job.key in self._pending or job.key in self.results:
                raise ValueError(f"job {job.key} is asked for twice")
        self._add_trials([job.trial for job in jobs if job.trial.number >= len(self.trials)])
        for job in jobs:
            self._pending[job.key] = job
            if not job.replicate:
                self._asked.values[job.trial.number] = job.epochs
        self.failures.await_jobs(jobs)
        self.rounds += 1

    def _add_trials(self, trials: Sequence[Trial]) -> None:
        numbers = [trial.number for trial in trials]
        if numbers != list(range(len(self.trials), len(self.trials) + len(trials))):
            raise ValueError(f"new trials {numbers} do not follow the {len(self.trials)} known ones")
        if not trials:
            return
        units = self.space.encode([trial.config for trial in trials])
        for trial in trials:
            self.trials.append(trial)
            self.tried.add(trial.config)
        for column in (self._units, self._asked, self._reached, self._last, *self._levels.values()):
            column.grow(len(self.trials))
        self._units.values[numbers] = units

    def add(self, result: Result) -> None:
        """Take in the result of a pending job.

        Raises:
            KeyError: no such job is pending, or the result is `done` and lacks the metric.
        """
        loss = self.loss(result)
        del self._pending[result.key]
        self.results[result.key] = result
        self.failures.take(self.results)
        if not result.replicate:
            self._record(result.trial, result.epochs, loss)

    def _record(self, number: int, epochs: int, loss: float) -> None:
        if epochs not in self._levels:
            self._levels[epochs] = _Column(fill=math.nan)
            self._levels[epochs].grow(len(self.trials))
        self._levels[epochs].values[number] = loss
        if epochs >= self._reached.values[number]:
            self._reached.values[number] = epochs
            self._last.values[number] = loss

    def loss(self, result: Result) -> float:
        """What a result counts as: lower is better, inf for every status but `done`."""
        if result.status != "done":
            return math.inf
        loss = self._sign * result.metrics[self._metric]
        return loss if math.isfinite(loss) else math.inf

    def pending(self) -> list[Job]:
        """The jobs without a result yet, in the order of their rounds."""
        return list(self._pending.values())

    def units(self) -> Floats:
        """The trials' places in the unit cube, (n, P); a view, not to be written to."""
        return self._units.values

    def losses(self, epochs: int) -> Floats:
        """Each trial's loss after exactly `epochs` epochs, (n,): nan where there is no result."""
        level = self._levels.get(epochs)
        return np.full(len(self.trials), math.nan) if level is None else level.values

    def last_losses(self) -> Floats:
        """Each trial's loss at the last epoch it was trained to, (n,): nan where there is no result."""
        return self._last.values

    def asked(self) -> Floats:
        """How many epochs each trial was asked to reach, (n,)."""
        return self._asked.values


class _Column:
    """A float64 array (n, *shape) that grows at the end, in time proportional to what is added."""

    def __init__(self, *shape: int, fill: float) -> None:
        self._fill = fill
        self._room = np.full((16, *shape), fill)
        self.values = self._room[:0]

    def grow(self, length: int) -> None:
        if length > len(self._room):
            room = np.full((2 * length, *self._room.shape[1:]), self._fill)
            room[: len(self.values)] = self.values
            self._room = room
        self.values = self._room[:length]


def lowest(losses: Floats, count: int) -> NDArray[np.intp]:
    """Indices of the `count` lowest of `losses` (n,), best first; equals in their order, nan left out.

    >>> lowest(np.array([3.0, 1.0, math.nan, 1.0, 2.0]), 3)
    array([1, 3, 4])
    """
    count = min(count, int(np.count_nonzero(~np.isnan(losses))))
    if count <= 0:
        return np.empty(0, np.intp)
    # nan sorts last, so the threshold is a number; only what reaches it needs sorting.
    near = np.flatnonzero(losses <= np.partition(losses, count - 1)[count - 1])
    return near[np.argsort(losses[near], kind="stable")][:count]
