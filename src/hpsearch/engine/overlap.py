"""Rounds that overlap: each follows from those before it but for the last few, which may still run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, chain, islice, takewhile

from hpsearch.core.metric import Metric
from hpsearch.core.trial import FAILED, Config, Epochs, Job, Key
from hpsearch.engine.history import History
from hpsearch.runs.records import Reused
from hpsearch.space import Space

Decide = Callable[[History], list[Job]]

#: Where rounds overlap gradually: so many times as much is known to a round as is not, at least, but for the first
#: trainings, which follow from no result anyway.
KNOWN, OPENING = 2, 8


def history_of(space: Space, metric: Metric, overlap: int, *, gradual: bool = False) -> History:
    """An empty history of a search of which so many rounds may run when one begins; see `Overlapping`."""
    return Overlapping(space, metric, overlap, gradual=gradual) if overlap else History(space, metric)


class Overlapping(History):
    """A history of which the next round may know a part: `known`.

    Round k is decided when rounds 0 to k - 1 - overlap have ended, and by their results alone, whatever else has
    ended by then. Where there is nothing to train by these, it waits for one round more, and one more, until there
    is something, or nothing runs any more. How long it waited is recorded, so that a replay needs no decision.

    With `gradual` fewer rounds are unknown at first, so that at least `KNOWN` times as much is known as is not. How
    many are follows from how large the rounds so far are, and from nothing else.

    Attributes:
        known: the rounds so far, with the results that the next one may know; the others are pending there.
    """

    def __init__(
        self,
        space: Space,
        metric: Metric,
        overlap: int,
        known: History | None = None,
        *,
        gradual: bool = False,
    ) -> None:
        """`known`: an empty history, where another kind than this is to decide."""
        super().__init__(space, metric)
        self.known = known or History(space, metric)
        self._overlap, self._gradual = overlap, gradual
        # The jobs of the rounds whose results are not known, the oldest first; and of what is tried again.
        self._unknown: deque[Sequence[Job]] = deque()
        self._again: list[Job] = []
        self._awaited: Key | None = None
        # How many rounds are unknown to the next one, and as how many the record has it.
        self._left = self._recorded = overlap

    def ask(self, decide: Decide) -> list[Job] | None:
        """What to train next; None until what it depends on has ended, empty when nothing is left."""
        while self._ended(self._left):
            self._learn_of(self._left)
            if (jobs := decide(self.known)) or not self._unknown:
                return jobs
            self._left = min(self._left, len(self._unknown)) - 1
        return None

    @property
    def waited(self) -> int | None:
        """How many rounds are unknown to the one that was decided, if it waited for more than is on record."""
        return self._left if self._left < self._recorded else None

    def wait(self, left: int) -> None:
        """Replay that the next round has waited until so many rounds are unknown to it."""
        self._left = self._recorded = left

    def add_round(self, jobs: Sequence[Job]) -> None:
        """Begin a round, as History does; the results that it followed from are known from here on."""
        super().add_round(jobs)
        self._learn_of(self._left)
        self.known.add_round(jobs)
        self._unknown.append(jobs)
        self._left = self._recorded = self._most_unknown()

    def inherit(self, configs: Sequence[Config], values: Sequence[Mapping[Epochs, float]]) -> None:
        """Learn from trials of an earlier search, as History does."""
        super().inherit(configs, values)
        self.known.inherit(configs, values)

    def hint(self, configs: Sequence[Config], values: Sequence[float]) -> None:
        """Have a hint of an earlier search, as History does."""
        super().hint(configs, values)
        self.known.earlier = self.earlier

    def take_over(self, reused: Reused) -> None:
        """Know the first trials as those of an earlier search, as History does: with all of their results."""
        super().take_over(reused)
        self._learn_of(0)
        self.known.take_over(reused)
        self._left = self._recorded = self._most_unknown()

    def retry(self) -> int:
        """Let what failed be pending again; no round begins before it has ended."""
        again = {result.key for result in self.results.values() if result.status in FAILED}
        # What ended well when it was tried before this is not known before a round begins, and none may have.
        again |= {job.key for job in self._again}
        count = super().retry()
        self.known.retry()
        self._again = [job for job in self.known.pending() if job.key in again]
        return count

    def _most_unknown(self) -> int:
        """How many rounds may be unknown to the next one."""
        begun = len(self.results) + len(self._pending)
        if not self._gradual or begun < OPENING:
            return self._overlap
        sizes = accumulate(len(jobs) for jobs in reversed(self._unknown))
        enough = takewhile(lambda size: KNOWN * size <= begun - size + self.inherited, sizes)
        return sum(1 for _ in islice(enough, self._overlap))

    def _ended(self, left: int) -> bool:
        """Whether all rounds have ended but for the last `left`.

        What was waited for when this was last asked is looked at first: with a thousand workers it is asked
        thousands of times a round.
        """
        if self._awaited in self._pending:
            return False
        due = islice(self._unknown, max(0, len(self._unknown) - left))
        jobs = chain(self._again, *due)
        self._awaited = next((job.key for job in jobs if job.key not in self.results), None)
        return self._awaited is None

    def _learn_of(self, left: int) -> None:
        """Let the results of all rounds be known but for the last `left`."""
        while len(self._unknown) > left:
            self._again += self._unknown.popleft()
        for job in self._again:
            if self.known.awaits(job):
                self.known.add(self.results[job.key])
        self._again = []
