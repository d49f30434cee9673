"""What a page tells of a run: everything is found before the first line is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct, field

from hpsearch.core.trial import Key, Result, Standing
from hpsearch.core.verdict import Verdict
from hpsearch.engine.front import Front
from hpsearch.engine.run import Run
from hpsearch.space import Parameter, Space

#: Of more trials than this the best are on the page: a browser is to open it, and it is to be sent.
MOST = 10_000


class Interval(Struct, frozen=True):
    """How well the metric of the best is known: half the width of its 95 % interval, and from what in words."""

    half: float
    source: str


class Share(Struct, frozen=True):
    """The share of what varies that a parameter explains alone, with the ends of its 90 % interval."""

    name: str
    mean: float
    low: float
    high: float


class Part(Struct, frozen=True):
    """A part of the ranges of two parameters: how many trials it has, and the best of them."""

    trials: int
    best: Standing | None


class Grid(Struct, frozen=True):
    """The parts of two parameters: a row with its label for each of `down`."""

    down: str
    across: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Part]]]


class Ancestor(Struct, frozen=True):
    """A search that this one refines, and the space that it had."""

    name: str
    space: Space


class Found(Struct, frozen=True, dict=True):
    """A run and what it means.

    Attributes:
        interval: None where nothing tells how noisy a reading is.
        shares: those of the parameters, the largest first; empty where too few trials tell which that is.
        pair: the two parameters to look at together.
        grid: what these have together.
        ancestors: the searches before this one, its parent first.
        asked: the place of each result's key in the order in which trainings were asked for.
        times: when each result was with a worker, by their keys, as far as that was recorded.
        front: the trials that no other beats, where more than one thing counts; None where one does.
        remarks: what must be known to read it.
        wrote: the version of hpsearch that began its record.
    """

    run: Run
    verdicts: Sequence[Verdict] = ()
    interval: Interval | None = None
    shares: Sequence[Share] = ()
    pair: tuple[Parameter, Parameter] | None = None
    grid: Grid | None = None
    ancestors: Sequence[Ancestor] = ()
    asked: Mapping[Key, int] = field(default_factory=dict)
    times: Mapping[Key, tuple[float, float]] = field(default_factory=dict)
    wrote: str = ""
    front: Front | None = None
    remarks: Sequence[str] = ()

    @cached_property
    def standings(self) -> Sequence[Standing]:
        """The trials that are shown, best first."""
        return self.run.standings[:MOST]

    @property
    def why_these(self) -> str:
        """Why the two parameters of `pair` are shown."""
        if len(self.run.space) == 2:
            return ""
        if self.shares:
            return "These two matter most."
        return "Which two matter most cannot be told from so few trials: these are the first of the file."

    @cached_property
    def in_order(self) -> Sequence[Result]:
        """The results in the order in which they were asked for, whichever came first."""
        last = len(self.asked)
        return sorted(self.run.results, key=lambda result: (self.asked.get(result.key, last), result.key))
