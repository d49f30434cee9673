"""How long a search will still take, from how long its trainings took. Silent where these do not tell."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapreplace

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.trial import Epochs, Job, Key, Result
from hpsearch.engine.forecast import Coming

#: So many trainings say how long the next ones take.
ENOUGH = 3
#: The latest trainings of one length that are remembered.
REMEMBERED = 50
#: At most so many of the trainings to come are played through; more of them take as much longer.
PLAYED = 400
#: What is more than so many times longer than all that was seen is not foretold from it.
FURTHEST = 9

#: Of the work to come, so much may be in doubt: the root of how many trainings are foreseen and not sure.
DOUBT = 0.2

#: The epochs that a training began with and ended at.
Span = tuple[Epochs, Epochs]


class _UnknownLengthError(Exception):
    """No training tells how long one of these takes."""


class Pace:
    """What trainings took, and how much longer their rounds took than they alone explain.

    The time left is that of playing through the rounds to come: a round begins when all before it are over, but for
    the last few where they overlap, and what a training takes is drawn from those that were as long. A length not
    seen yet is put on the line through those that were, two at least: from one length nothing is concluded about
    another.

    Attributes:
        workers: how many trainings go on at a time.
    """

    def __init__(self, workers: int, round_size: int, overlap: int = 0) -> None:
        self.workers = workers
        self._round_size = round_size
        self._overlap = overlap
        self._took: dict[Span, deque[float]] = {}
        self._round: dict[Key, Span] = {}
        self._ended: list[float] = []
        self._begun = 0.0
        self._whole = False
        self._seen = 0
        # What whole rounds took, and what they would have taken without anything but their trainings.
        self._real = self._played = 0.0

    def take(self, span: Span, result: Result) -> None:
        """Learn what a training took."""
        if math.isfinite(result.seconds):
            self._took.setdefault(span, deque(maxlen=REMEMBERED)).append(result.seconds)

    def begin(self, jobs: Sequence[Job], now: float, *, whole: bool) -> None:
        """The rest of a round begins at `now`; `whole`: it is the whole round.

        One that begins while others run is taken for a part of these.
        """
        if not self._overlap or not self._round:
            self._begun, self._whole, self._ended, self._round = now, whole, [], {}
        self._round |= {job.key: (job.start, job.epochs) for job in jobs}

    def end(self, results: Iterable[Result], now: float) -> None:
        """Results of the round came at `now`."""
        for result in results:
            if span := self._round.pop(result.key, None):
                self.take(span, result)
                self._ended.append(result.seconds if math.isfinite(result.seconds) else 0.0)
                self._seen += 1
        if self._whole and self._ended and not self._round:
            self._real += now - self._begun
            self._played += _played(self._ended, self.workers)

    def left(self, coming: Sequence[Coming], now: float) -> float | None:
        """The seconds that the rest of the round and what is `coming` will take; None where it is not known."""
        if self._seen < ENOUGH:
            return None
        lengths = _Lengths(self._took)
        try:
            current = [lengths.drawn(span) for span in self._round.values()]
            if lengths.doubt(coming, current) > DOUBT:
                return None
            later = math.fsum(self._later(phase, lengths) for phase in _phases(coming))
        except _UnknownLengthError:
            return None
        longer = self._real / self._played if self._played > 0 else 1.0
        if current and self._overlap:
            # Half of what runs now lies behind it; how well the workers were used so far says how they will be.
            half = 0.5 * math.fsum(current[: self.workers])
            done, elapsed = math.fsum(self._ended) + half, now - self._begun
            longer = max(1.0, self.workers * elapsed / done) if done else 1.0
            later += (math.fsum(current) - half) / self.workers
        elif current:
            round_ = longer * _played([*self._ended, *current], self.workers)
            later += max(0.0, round_ - (now - self._begun)) / longer
        return longer * later if later > 0 else None

    def _later(self, coming: Sequence[Coming], lengths: _Lengths) -> float:
        """What the rounds of these trainings take, as if there was nothing but the trainings."""
        count = sum(one.count for one in coming)
        spans = [
            (one.start, one.epochs) for one in coming for _ in range(one.count if count <= PLAYED else 0)
        ]
        if count > PLAYED:
            weights = [one.count for one in coming]
            spans = lengths.random.choices([(one.start, one.epochs) for one in coming], weights, k=PLAYED)
        lengths.random.shuffle(spans)
        drawn = list(map(lengths.drawn, spans))
        rounds = [drawn[first : first + self._round_size] for first in range(0, len(drawn), self._round_size)]
        return _scheduled(rounds, self.workers, self._overlap) * count / max(1, len(spans))


def _phases(coming: Sequence[Coming]) -> Iterator[list[Coming]]:
    """What is trained in rounds of its own: the bulk, at last one promotion after another, and what comes again."""
    higher = [one for one in coming if one.start]
    yield [one if one.start == 0 else replace(one, count=one.count - 1) for one in coming if not one.again]
    yield from ([replace(one, count=1)] for one in higher)
    yield [one for one in coming if one.again]


def _played(seconds: Iterable[float], workers: int) -> float:
    """When the last of these trainings ends, the longest begun first."""
    free = [0.0] * workers
    for took in sorted(seconds, reverse=True):
        heapreplace(free, free[0] + took)
    return max(free)


def _scheduled(rounds: Sequence[Sequence[float]], workers: int, overlap: int) -> float:
    """When the last training of the last round ends, where each begins with so many before it still running."""
    free, ends = [0.0] * workers, list[float]()
    for number, seconds in enumerate(rounds):
        turn = max(ends[: max(0, number - overlap)], default=0.0)
        over = turn
        for took in sorted(seconds, reverse=True):
            end = max(free[0], turn) + took
            heapreplace(free, end)
            over = max(over, end)
        ends.append(over)
    return max(ends, default=0.0)


class _Lengths:
    """How long a training from one epoch to another takes."""

    def __init__(self, took: Mapping[Span, Sequence[float]]) -> None:
        self.random = random.Random(0)  # noqa: S311 - nothing is secret here
        self._took = {span: list(seconds) for span, seconds in took.items()}
        self._line: _Line | None = None
        self._every: dict[Span, list[float]] = {}

    def doubt(self, coming: Sequence[Coming], current: Sequence[float]) -> float:
        """How much of the work to come is more or less than foreseen, as a share of it."""
        work, variance = math.fsum(current), 0.0
        for one in coming:
            every = self._known((one.start, one.epochs))
            length = math.fsum(every) / len(every)
            work += one.count * length
            variance += 0.0 if one.sure else one.count * length**2
        return math.sqrt(variance) / work if work else 0.0

    def drawn(self, span: Span) -> float:
        """What one may take; raises _UnknownLengthError."""
        return self.random.choice(self._known(span))

    def _known(self, span: Span) -> list[float]:
        if span not in self._every:
            self._every[span] = self._foreseen(span)
        return self._every[span]

    def _foreseen(self, span: Span) -> list[float]:
        """What trainings of this length may take: what they took, or what the nearest length took, stretched."""
        known = self._took.get(span, [])
        if len(known) >= ENOUGH:
            return known
        if len(self._took) < 2:
            raise _UnknownLengthError
        line = self._line = self._line or _line(self._took)
        if line.place(span) > FURTHEST * max(map(line.place, self._took)):
            raise _UnknownLengthError
        near = max(self._took, key=lambda other: (len(self._took[other]) >= ENOUGH, other))
        mean = math.fsum(self._took[near]) / len(self._took[near])
        return [seconds * line.at(span) / mean for seconds in self._took[near]] if mean else [line.at(span)]


class _Line(Struct, frozen=True):
    """Seconds as a line over epochs: those trained, or, where a training starts again each time, all of them."""

    base: float
    slope: float
    again: bool
    error: float = 0.0

    def place(self, span: Span) -> Epochs:
        return span[1] if self.again else span[1] - span[0]

    def at(self, span: Span) -> float:
        return self.base + self.slope * self.place(span)


def _line(took: Mapping[Span, Sequence[float]]) -> _Line:
    """The line that is nearer to the mean of each length; of two that are as near, that over the epochs trained."""
    lines = [_fitted(took, again=False), _fitted(took, again=True)]
    return min(lines, key=lambda line: line.error) if len(took) > 2 else lines[0]


def _fitted(took: Mapping[Span, Sequence[float]], *, again: bool) -> _Line:
    """Least squares, without a negative base or slope."""
    place = _Line(0, 0, again).place
    points = [(place(span), math.fsum(all_) / len(all_), len(all_)) for span, all_ in took.items()]
    weight = sum(count for _, _, count in points)
    x = sum(count * at for at, _, count in points) / weight
    y = sum(count * seconds for _, seconds, count in points) / weight
    spread = sum(count * (at - x) ** 2 for at, _, count in points)
    slope = sum(count * (at - x) * (seconds - y) for at, seconds, count in points) / spread if spread else 0.0
    slope = max(0.0, min(slope, y / x))
    base = max(0.0, y - slope * x)
    error = sum(count * (seconds - base - slope * at) ** 2 for at, seconds, count in points)
    return _Line(base, slope, again, error)
