"""What a search has proposed and learned so far, kept so that a hundred thousand trials stay cheap."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import chain, islice, takewhile

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from hpsearch.core.collector import Kept
from hpsearch.core.errors import RunFolderError
from hpsearch.core.metric import Metric
from hpsearch.core.trial import FAILED, Config, Epochs, Job, Key, Result, Trial
from hpsearch.engine.best_epochs import counted
from hpsearch.engine.drift import Drift
from hpsearch.engine.failures import Failures
from hpsearch.engine.took import Took
from hpsearch.runs.journal import UNFIT
from hpsearch.runs.records import Hint, Inheritance, Reused
from hpsearch.samplers import Results, Tried
from hpsearch.samplers.earlier import Earlier
from hpsearch.samplers.ordered import Entry, Ordered
from hpsearch.space import Space

Floats = NDArray[np.float64]


class _Rung(Struct, frozen=True):
    """The losses after so many epochs: all to learn from, and those of this search, which may be the same.

    `failed`: the trials that have none, and tell nothing: they failed, crashed, were too slow or stopped.
    """

    evidence: Results
    own: Ordered
    failed: set[int] = field(default_factory=set)


class History:
    """The rounds of a search and their results; grows, and is never rewritten.

    What it answers depends on the results it holds and never on the order in which they came. Losses are the
    metric with the sign that makes lower better; inf is that of a training that did not end well. A trial that had
    ended well before it did not stands where it stood, and is asked for no more.
    What a round asks is kept in order as results come in, so that an answer takes no longer with more trials;
    what is said to be (n,) is put together when it is asked for.

    Attributes:
        trials: every trial proposed, in the order of their numbers.
        tried: their configurations.
        results: every result, by the key of its job.
        rounds: how many rounds were begun.
        deaths: how many workers died at trainings that were begun again.
        reused: the run, and the number there, of each of the first trials that is one of an earlier search.
        earlier: the hints of earlier searches.
        learned: what it learned, of inherited results and of hints, as it is recorded.
    """

    def __init__(self, space: Space, metric: Metric) -> None:
        self.space = space
        self.trials: list[Trial] = []
        self.tried = Tried()
        self.results: dict[Key, Result] = Kept()
        self.rounds = 0
        self.deaths = 0
        self.reused: dict[int, tuple[str, int]] = {}
        self.earlier: Earlier | None = None
        self.learned: list[Inheritance | Hint] = []
        self._metric = metric
        self._failures = Failures()
        self._pending: dict[Key, Job] = {}
        self._asked: list[Epochs] = []
        self._reached: list[Epochs] = []
        self._last: list[float] = []
        self._rungs: dict[Epochs, _Rung] = {}
        # Epochs asked for -> the trials that were, by their last loss where that is finite.
        self._standing: dict[Epochs, Ordered] = {}
        # Those that ended well, and did not when they were trained on: they keep their loss, and go no further.
        self._stopped = Ordered()
        self._drift = Drift()
        self._gone_on = Counter[Epochs]()
        self._failed = 0
        self._taken_over = 0  # so many results came with the trials of earlier searches
        self._places = _Places(space, self.trials)
        self._took = Took(self._places.at)

    @property
    def failures(self) -> Failures:
        """The trials that failed, which may be too many."""
        self._failures.take(self.results)
        return self._failures

    @property
    def inherited(self) -> int:
        """How many trials of an earlier search this one learns from."""
        return len(self._places.inherited)

    @property
    def failed(self) -> int:
        """How many trials have failed, crashed or were too slow at once: they say nothing of where to look."""
        return self._failed

    def inherit(self, configs: Sequence[Config], values: Sequence[Mapping[Epochs, float]]) -> None:
        """Learn from trials of an earlier search with the same objective.

        They are evidence, and count as tried; they are no trials of this search, and are never promoted.

        Args:
            configs: their configurations, all of them in the space.
            values: for each, its metric at the epochs it was trained to.

        Raises:
            ValueError: there are trials of this search already.
        """
        if self.trials:
            raise ValueError("a search inherits before its first trial")
        first = -self.inherited - len(configs)
        self._places.inherited = np.concatenate([self.space.encode(configs), self._places.inherited])
        for row, (config, trial) in enumerate(zip(configs, values, strict=True)):
            self.tried.add(config)
            for epochs, value in trial.items():
                self._rung(epochs).evidence.add((self._metric.loss(value), first + row))

    def take_over(self, reused: Reused) -> None:
        """Know that the first trials, or the next after those that are known so, are those of an earlier search."""
        self.reused |= reused.numbered(len(self.reused))
        self._taken_over = len(self.results)

    def hint(self, configs: Sequence[Config], values: Sequence[float]) -> None:
        """Have a hint of where to look, of trials of an earlier search: they are no evidence, nor count as tried.

        Args:
            configs: their configurations; of a parameter that one lacks it says nothing.
            values: the metric of each, in one number.

        Raises:
            ValueError: there are trials of this search already.
        """
        if self.trials:
            raise ValueError("a search has its hints before its first trial")
        losses = np.array([self._metric.loss(value) for value in values])
        self.earlier = Earlier(self.space, self.space.encode(configs), losses, self.earlier)

    def evidence(self, epochs: Epochs) -> Results:
        """The results after exactly `epochs` epochs, inherited ones included; not to be written to."""
        return self._rung(epochs).evidence

    def took(self) -> tuple[Results, ...]:
        """The logarithms of the seconds that trainings took, in lots as `Took` has them; not to be written to."""
        self._took.take(self.results, self.reused, self._taken_over)
        return self._took.lots()

    def _rung(self, epochs: Epochs) -> _Rung:
        if epochs not in self._rungs:
            evidence = Results(self._places.at)
            self._rungs[epochs] = _Rung(evidence, Ordered() if self.inherited else evidence.entries)
        return self._rungs[epochs]

    def ask(self, decide: Callable[[History], list[Job]]) -> list[Job] | None:
        """What to train next; None until what it depends on has ended, empty when nothing is left."""
        return None if self._pending else decide(self)

    @property
    def waited(self) -> int | None:
        """None: a round begins when all before it have ended, and never waits for more than its turn."""
        return None

    def wait(self, left: int) -> None:
        """Replay that the next round has waited until so many are unknown to it; see `Overlapping`."""

    def add_round(self, jobs: Sequence[Job]) -> None:
        """Begin a round: its jobs are pending until their results come.

        Raises:
            ValueError: a job is asked for twice, or a trial's number does not follow the last one.
        """
        keys = [job.key for job in jobs]
        for key in keys:
            if key in self._pending or key in self.results:
                raise ValueError(f"job {key} is asked for twice")
        self._add_trials([job.trial for job in jobs if job.trial.number >= len(self.trials)])
        self._pending.update(zip(keys, jobs, strict=True))
        for job in jobs:
            if not job.replicate:
                number = job.trial.number
                self._stand((self._last[number], number), job.epochs)
                self._gone_on[job.start] += 1
        self.failures.await_jobs(jobs)
        self.rounds += 1

    def _add_trials(self, trials: Sequence[Trial]) -> None:
        numbers = [trial.number for trial in trials]
        if numbers != list(range(len(self.trials), len(self.trials) + len(trials))):
            raise ValueError(f"new trials {numbers} do not follow the {len(self.trials)} known ones")
        for trial in trials:
            self.trials.append(trial)
            self.tried.add(trial.config)
        self._asked += [0] * len(trials)
        self._reached += [0] * len(trials)
        self._last += [math.nan] * len(trials)

    def add(self, result: Result) -> None:
        """Take in the result of a pending job, with the metrics of the epoch that counts.

        Raises:
            KeyError: no such job is pending, or the result is `done` and lacks the metric.
        """
        if self._metric.value == "best":
            result = counted(result, self._before(result), self._metric)
        loss = self._loss(result)
        key = result.key
        del self._pending[key]
        self.results[key] = result
        if not result.replicate:
            entry = loss, result.trial  # one for all who keep it: there may be a million
            self._learn(entry, result.epochs, failed=result.status in (*FAILED, "stopped"))
            self._record(entry, result.epochs)

    def _before(self, result: Result) -> Result | None:
        """The same trial's longest training for fewer epochs that ended well."""
        shorter = sorted((epochs for epochs in self._rungs if epochs < result.epochs), reverse=True)
        found = (self.results.get((result.trial, result.replicate, epochs)) for epochs in shorter)
        return next((one for one in found if one is not None and one.status == "done"), None)

    def retry(self) -> int:
        """Let everything that failed, crashed or was too slow be pending again; how much that is."""
        again = sorted(result.key for result in self.results.values() if result.status in FAILED)
        jobs = [self._forget(*key) for key in again]
        self._pending.update((job.key, job) for job in jobs)
        self.failures.forgive(self.results)
        self.failures.await_jobs(jobs)
        self._took = Took(self._places.at)  # it counts results, of which some are gone
        return len(jobs)

    def _forget(self, number: int, replicate: int, epochs: Epochs) -> Job:
        """Take back a failure; the job that it answered."""
        del self.results[number, replicate, epochs]
        if replicate:
            return Job(self.trials[number], epochs, replicate=replicate)
        self._rung(epochs).failed.discard(number)
        last = self._last[number]
        if math.isfinite(last):
            self._stopped.remove((last, number))
            self._standing.setdefault(self._asked[number], Ordered()).add((last, number))
        else:
            self._failed -= 1
            self._last[number] = math.nan
        earlier = (rung for rung in self._rungs if rung < epochs and (number, 0, rung) in self.results)
        return Job(self.trials[number], epochs, start=max(earlier, default=0))

    def _learn(self, entry: Entry, epochs: Epochs, *, failed: bool) -> None:
        rung, number = self._rung(epochs), entry[1]
        if failed:
            rung.failed.add(number)
            self._failed += math.isnan(self._last[number])
            return
        rung.evidence.add(entry)
        if rung.own is not rung.evidence.entries:
            rung.own.add(entry)

    def _record(self, entry: Entry, epochs: Epochs) -> None:
        loss, number = entry
        if epochs >= self._reached[number]:
            self._reached[number] = epochs
            before = self._last[number]
            if math.isfinite(before) and not math.isfinite(loss):
                self._stop(number)
                return
            if math.isfinite(before):
                self._drift.take(epochs, before, loss)
            self._stand(entry, self._asked[number])

    def _stop(self, number: int) -> None:
        entry = (self._last[number], number)
        self._standing[self._asked[number]].remove(entry)
        self._stopped.add(entry)

    def _stand(self, entry: Entry, asked: Epochs) -> None:
        """Let a trial stand at its last loss, `entry`, among those that were asked for as many epochs."""
        loss, number = entry
        if math.isnan(loss):  # it is new
            self._asked[number] = asked
            return
        if math.isfinite(self._last[number]):
            self._standing[self._asked[number]].remove((self._last[number], number))
        if math.isfinite(loss):
            if asked not in self._standing:
                self._standing[asked] = Ordered()
            self._standing[asked].add(entry)
        self._last[number], self._asked[number] = loss, asked

    def _loss(self, result: Result) -> float:
        """What a result counts as: lower is better, inf for every status but `done`."""
        if result.status != "done":
            return math.inf
        loss = self._metric.loss(result.metrics[self._metric.name])
        return loss if math.isfinite(loss) else math.inf

    def pending(self) -> list[Job]:
        """The jobs without a result yet, in the order of their rounds."""
        return list(self._pending.values())

    def awaits(self, job: Job) -> bool:
        """Whether a job is without a result yet."""
        return job.key in self._pending

    def unread(self, epochs: Epochs) -> list[Config]:
        """The configurations of the trials that are trained now, and have no result after `epochs` epochs yet."""
        trials = {job.trial.number: job.trial for job in self._pending.values() if not job.replicate}
        return [trial.config for trial in trials.values() if (trial.number, 0, epochs) not in self.results]

    def count(self, epochs: Epochs) -> int:
        """How many trials have a result after exactly `epochs` epochs, failures included."""
        rung = self._rung(epochs)
        return len(rung.own) + len(rung.failed)

    def gone_on(self, epochs: Epochs) -> int:
        """How many trials were asked for more after exactly `epochs` epochs, whatever became of them."""
        return self._gone_on[epochs]

    def waiting(self, epochs: Epochs, count: int) -> Iterator[int]:
        """Of the best `count` after exactly `epochs` epochs, the trials not asked for more, best first."""
        return (number for number, _ in self.placed(epochs, count))

    def placed(self, epochs: Epochs, count: int) -> Iterator[tuple[int, int]]:
        """The same, each with its place among all after so many epochs, from 0 on.

        One that is trained to so many now stands there already, at what it had before.
        """
        own = self._rung(epochs).own
        if not count or not own or epochs not in self._standing:
            return iter(())
        last = own[min(count, len(own)) - 1]
        found = takewhile(lambda entry: entry <= last, self._standing[epochs])
        return ((entry[1], own.rank(entry)) for entry in found if (entry[1], 0, epochs) not in self._pending)

    def leaders(self, count: int, asked: Callable[[Epochs], bool] = lambda _: True) -> list[int]:
        """The `count` trials with the lowest last losses, best first; equals in their order.

        Those whose last training did not end well are left out. Where the metric gets worse with more epochs, those
        that were asked for the most come first.

        Args:
            asked: which epochs, asked for, let a trial take part.
        """
        lengths = sorted(filter(asked, self._standing), reverse=True)
        parts = [self._standing[epochs] for epochs in lengths]
        ordered = chain(*parts) if self._drift.worsens else merge(*parts)
        return [number for _, number in islice(ordered, count)]

    def lowest(self) -> float:
        """The lowest loss that a trial stands at; inf where there is none."""
        return self._lowest()[0]

    def best(self) -> int | None:
        """The trial that stands at the lowest loss, also where it did not end well when it was trained on.

        Of the longest trainings, where the metric gets worse with more epochs.
        """
        longest = self._longest() if self._drift.worsens else None
        loss, number = longest or self._lowest()
        return number if math.isfinite(loss) else None

    def _lowest(self) -> Entry:
        standing = (*self._standing.values(), self._stopped)
        return min((entries[0] for entries in standing if entries), default=(math.inf, -1))

    def _longest(self) -> Entry | None:
        """The best of the longest trainings: what goes on stands at what it had, which is of a shorter one."""
        ended = (
            entry
            for epochs, entries in sorted(self._standing.items(), reverse=True)
            for entry in entries
            if (entry[1], 0, epochs) in self.results
        )
        return next(ended, None)

    def units(self) -> Floats:
        """The trials' places in the unit cube, (n, P); not to be written to."""
        return self._places.own()

    def losses(self, epochs: Epochs) -> Floats:
        """Each trial's loss after exactly `epochs` epochs, (n,): nan where there is no result."""
        found = np.full(len(self.trials), math.nan)
        rung = self._rung(epochs)
        for loss, number in rung.own:
            found[number] = loss
        found[list(rung.failed)] = math.inf
        return found

    def asked_of(self, number: int) -> Epochs:
        """How many epochs one trial was asked to reach."""
        return self._asked[number]

    def asked(self) -> Floats:
        """How many epochs each trial was asked to reach, (n,)."""
        return np.array(self._asked, dtype=np.float64)


class _Places:
    """Where trials lie in the unit cube; worked out when first asked for, as many a sampler never does.

    Attributes:
        inherited: (m, P) the places of the trials of an earlier search, which have the numbers -m to -1.
    """

    def __init__(self, space: Space, trials: Sequence[Trial]) -> None:
        self._space = space
        self._trials = trials
        self._room = np.empty((16, len(space)))
        self._known = 0
        self.inherited: Floats = np.empty((0, len(space)))

    def own(self) -> Floats:
        """The places (n, P) of the trials of this search.

        Raises:
            RunFolderError: one is not of this space (the journal was made by another program or edited).
        """
        first, count = self._known, len(self._trials)
        if first < count:
            if count > len(self._room):
                self._room = np.concatenate(
                    [self._room[:first], np.empty((2 * count - first, len(self._space)))]
                )
            try:
                self._room[first:count] = self._space.encode([trial.config for trial in self._trials[first:]])
            except UNFIT as error:
                raise RunFolderError(
                    f"the journal has a trial that is not of this space ({type(error).__name__}: {error}). "
                    f"Restore it from a copy, or start the run again with --overwrite"
                ) from error
            self._known = count
        return self._room[:count]

    def at(self, numbers: Sequence[int]) -> Floats:
        """The places (k, P) of the trials with these k numbers."""
        own, rows = self.own(), np.array(numbers, dtype=np.int64)
        if not self.inherited.size:
            return own[rows]
        places, old = np.empty((len(rows), len(self._space))), rows < 0
        places[old], places[~old] = self.inherited[rows[old]], own[rows[~old]]
        return places
