"""What to train next: rounds, rungs and promotions. Pure: it reads a history and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise, product

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Epochs, Job, Trial
from hpsearch.engine.history import History
from hpsearch.samplers import Evidence, Sampler, Tried
from hpsearch.samplers.durations import Durations
from hpsearch.samplers.sampler import config_key
from hpsearch.samplers.untried import proposed
from hpsearch.space import Space

#: A new trial starts one rung higher for every so many trials proposed before it.
TRIALS_PER_START_RUNG = 30


class Halving(Struct, frozen=True):
    """Successive halving: a trial goes on if it is in the best 1/`eta` of its rung (Jamieson, Talwalkar, 2016).

    `min_epochs` is the shortest training that says anything; below 1 it is a share of an epoch.
    """

    eta: float = 3
    min_epochs: Epochs = 1


class Confirm(Struct, frozen=True):
    """The best `top` trials are trained with `seeds` seeds each, the one of the search included.

    `probe`: whether the objective may take no seed. Then each is trained with one other seed at first, and that is
    all where nothing differs.
    """

    top: int = 3
    seeds: int = 3
    probe: bool = False


@lru_cache(maxsize=64)
def rungs(epochs: int, halving: Halving | None) -> tuple[Epochs, ...]:
    """The epochs at which trials are compared, ascending; the last is a full training.

    They are whole numbers, but for those below 1 where `halving` goes so far.

    >>> rungs(27, Halving(eta=3, min_epochs=1)), rungs(52, Halving(3, 2)), rungs(27, None)
    ((1, 3, 9, 27), (2, 6, 17, 52), (27,))
    >>> rungs(9, Halving(eta=3, min_epochs=0.05)), rungs(52, Halving(3, 0.1))
    ((0.111, 0.333, 1, 3, 9), (0.214, 0.642, 2, 6, 17, 52))
    """
    found: list[Epochs] = [epochs]
    while halving:
        shorter = _level(epochs / halving.eta ** len(found), shares=halving.min_epochs < 1)
        if shorter < halving.min_epochs or shorter == found[-1]:
            break
        found.append(shorter)
    return tuple(reversed(found))


def _level(epochs: float, *, shares: bool) -> Epochs:
    """A number of epochs as a whole one, or in three digits where it is a share of one."""
    share = float(f"{epochs:.3g}")
    return share if shares and share < 1 else round(epochs)


class Plan(Struct, frozen=True):
    """Decides a search round by round.

    A round follows from these settings and the results of the rounds before it (those that it may know: see
    `Overlapping`), in whatever order they came; neither the workers nor the clock have a say, so a search can be
    replayed. With `by_seconds` those that its results say have one, and it can be replayed all the same.

    Attributes:
        streams: where every random draw comes from.
        trials: configurations to propose in all.
        round_size: jobs of a round at most; they are proposed together, knowing nothing of each other's results.
        epochs: a full training.
        halving: None trains every trial in full.
        confirm: None trains no trial again.
        overlap: how many earlier rounds may still run when one begins.
        queue: configurations that are tried before any is asked of the sampler.
        by_seconds: whether what trainings took is weighed in what is proposed.
    """

    space: Space
    sampler: Sampler
    streams: Streams
    trials: int
    round_size: int = 8
    epochs: int = 1
    halving: Halving | None = None
    confirm: Confirm | None = None
    overlap: int = 0
    queue: Sequence[Config] = ()
    by_seconds: bool = False

    @property
    def rungs(self) -> tuple[Epochs, ...]:
        """The epochs at which trials are compared, ascending."""
        return rungs(self.epochs, self.halving)

    def next_round(self, history: History) -> list[Job]:
        """The next jobs, at most `round_size`; none when the search is over.

        First what has earned more training, then new trials. When neither is left, the head of the ranking is
        trained in full, and at last trained again with fresh seeds. What `history` has pending is not asked for
        again, and counts as predicted; none follows where the head depends on it.
        """
        jobs = list(islice(self._promotions(history), self.round_size))
        jobs += self._new_trials(history, self.round_size - len(jobs))
        if jobs or any(not job.replicate for job in history.pending()):
            return jobs
        return self._unfinished_head(history) or self._confirmations(history)[: self.round_size]

    def _promotions(self, history: History) -> Iterator[Job]:
        """Every trial that waits among the best of its rung, the highest rung first, the best first.

        While others run, the next rung of what is likely to pass it too is not waited for: what is among the best
        1/eta**2 goes up two rungs.
        """
        if self.halving is None:
            return
        eta, above = self.halving.eta, dict(pairwise(self.rungs))
        hurried = bool(history.pending())
        for epochs, higher in reversed(above.items()):
            count = history.count(epochs)
            surely = int(count / eta**2) if hurried else 0
            for number, place in history.placed(epochs, int(count / eta)):
                to = above.get(higher, higher) if place < surely else higher
                yield _continued(history.trials[number], epochs, to)

    def _new_trials(self, history: History, room: int) -> list[Job]:
        first = len(history.trials)
        numbers = range(first, min(first + room, self.trials))
        if not numbers:
            return []
        configs = self._configs(history, numbers)
        before = history.inherited - self.unknown(history)
        return [
            Job(
                Trial(number, history.rounds, config, self.streams.integer("trial", number)),
                self._start(before + number),
            )
            for number, config in zip(numbers, configs, strict=False)
        ]

    def _configs(self, history: History, numbers: range) -> list[Config]:
        """A configuration for each of `numbers`: those of the queue, then such as the sampler proposes.

        The sampler counts its own proposals alone, so that it begins as it would without a queue. Before it are the
        trials of earlier searches that this one has as its first.
        """
        reused = len(history.reused)
        queue = self._queue(history)
        behind = reused + len(queue)
        first = list(queue[numbers.start - reused : numbers.stop - reused])
        own = range(numbers.start + len(first) - behind, numbers.stop - behind)
        if not own:
            return first
        evidence = self._evidence(history)
        if first:
            evidence = replace(evidence, tried=Tried([*history.tried, *first]))
        return first + proposed(self.sampler, self.space, evidence, self.streams, history.rounds, own)

    def _queue(self, history: History) -> Sequence[Config]:
        """The queue, without what an earlier search has tried whose trials are the first of this one."""
        if not (self.queue and history.reused):
            return self.queue
        made = {config_key(trial.config) for trial in history.trials[: len(history.reused)]}
        return [config for config in self.queue if config_key(config) not in made]

    def _start(self, known: int) -> Epochs:
        """Epochs that a trial is trained for at first, with so many before it: later ones start longer."""
        return self.rungs[min(max(0, known) // TRIALS_PER_START_RUNG, len(self.rungs) - 1)]

    def unknown(self, history: History) -> int:
        """How many trials have no result yet: how long a new one is trained at first goes by the others alone."""
        if self.halving is None:
            return 0
        return sum(not job.start and not job.replicate for job in history.pending())

    def _evidence(self, history: History) -> Evidence:
        """Of the highest rung that has enough results to learn from, else of the lowest."""
        for rung, epochs in reversed(list(enumerate(self.rungs))):
            results = history.evidence(epochs)
            if rung == 0 or len(results) >= len(self.space) + 2:
                break
        return Evidence(
            history.tried,
            results,
            rung,
            history.inherited + len(history.reused),
            history.failed,
            pending=tuple(history.unread(epochs)),
            earlier=history.earlier,
            judging=history.evidence(self.rungs[0]),
            durations=Durations.fit(self.space, history.took()) if self.by_seconds else None,
            partial=epochs < self.epochs,
        )

    def _unfinished_head(self, history: History) -> list[Job]:
        """The best trials not trained in full yet; asked again until the head of the ranking is."""
        return [
            _continued(history.trials[number], asked, self.epochs)
            for number in self._head(history)
            if (asked := history.asked_of(number)) < self.epochs
        ][: self.round_size]

    def _head(self, history: History) -> list[int]:
        """The best trials by their last loss, as many as are to be confirmed and at least one."""
        return history.leaders(max(1, self.confirm.top if self.confirm else 1))

    def _confirmations(self, history: History) -> list[Job]:
        if self.confirm is None:
            return []
        head, seeds = self._head(history)[: self.confirm.top], self.confirm.seeds
        if not self.confirm.probe or seeds == 1:
            return self._again(history, head, range(1, seeds))
        first = self._again(history, head, range(1, 2))
        if first or history.pending() or self._seedless(history, head):
            return first
        return self._again(history, head, range(2, seeds))

    def _again(self, history: History, numbers: Sequence[int], replicates: Iterable[int]) -> list[Job]:
        """Full trainings of these trials with these seeds, but for those that are done or asked for."""
        jobs = (
            Job(history.trials[number], self.epochs, replicate=replicate)
            for number, replicate in product(numbers, replicates)
        )
        return [job for job in jobs if job.key not in history.results and not history.awaits(job)]

    def _seedless(self, history: History, numbers: Sequence[int]) -> bool:
        """Whether another seed changed nothing in any of these trials."""
        found = history.results
        pairs = ((found[number, 0, self.epochs], found[number, 1, self.epochs]) for number in numbers)
        return all(first.equals(other) for first, other in pairs)


def _continued(trial: Trial, reached: Epochs, epochs: Epochs) -> Job:
    return Job(trial, epochs, start=reached)
