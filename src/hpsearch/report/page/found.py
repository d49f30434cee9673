"""What a page tells of a run: everything is found before the first line is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

#: Of more trials than this the best are on the page: a browser is to open it, and it is to be sent.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """How well the metric of the best is known: half the width of its 95 % interval, and from what in words."""

    half: float
    source: str


@dataclass(frozen=True)
class Found:
    """A run and what it means.

    Attributes:
        interval: None where nothing tells how noisy a reading is.
        wrote: the version of hpsearch that began its record.
    """

    run: Run
    verdicts: Sequence[Verdict] = ()
    interval: Interval | None = None
    wrote: str = ""

    @cached_property
    def standings(self) -> Sequence[Standing]:
        """The trials that are shown, best first."""
        return self.run.standings[:MOST]
