"""A search of a known function through the product, and the figure that many of them come to."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias, TypeVar

from hpsearch import search
from hpsearch.engine.run import Run

T = TypeVar("T")

Verdict: TypeAlias = Literal["met", "unsettled", "short", "none", ""]

#: From one seed to the next. The settings of a search follow from its seed modulo 16 at most and its function from
#: the rest, so that none has the function of another; a prime, so that every setting meets every kind of function.
STRIDE = 17
#: From the seeds of one sample to those of another one.
_APART = 100_000_000
#: A share is short where one at its bound comes out so, or further off, less often than this.
_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Figure:
    """How often a statement was true, or was made at all.

    Attributes:
        statement: what the program says.
        where: in which searches.
        hits: in how many of the `searches` it was so.
        least, most: the bounds of the share that are to be met.
        part: whether it is a part of another figure, which is the one that must be.
        each: how many of the `searches` are counts of one and the same search.
        rare: how probable it is by chance to be as far off, where that is no share that a binomial knows.
    """

    statement: str
    where: str
    hits: int
    searches: int
    least: float = 0.0
    most: float = 1.0
    part: bool = False
    each: int = 1
    rare: float | None = None

    @property
    def share(self) -> float:
        """The share of the searches."""
        return self.hits / self.searches if self.searches else math.nan

    @property
    def bounded(self) -> bool:
        """Whether there is a share that it must be."""
        return (self.least, self.most) != (0.0, 1.0)

    @property
    def verdict(self) -> Verdict:
        """`met` where the share is within its bounds, `short` where that cannot be chance, else `unsettled`.

        A share whose truth is at its bound is beyond it in half of all samples. Empty where there is no bound.
        """
        if not self.bounded:
            return ""
        if not self.searches:
            return "none"
        if self.least <= self.share <= self.most:
            return "met"
        rare = self._of_binomial() if self.rare is None else self.rare
        return "short" if rare < _CHANCE else "unsettled"

    def _of_binomial(self) -> float:
        """How probable it is at the bound to be as far off."""
        own, all_ = self.hits // self.each, self.searches // self.each
        return at_most(own, all_, self.least) if self.share < self.least else at_least(own, all_, self.most)


def at_most(hits: int, of: int, share: float) -> float:
    """How probable it is that so many or fewer hit of so many that each hit with a probability.

    >>> round(at_most(1, 3, 0.5), 3), round(at_least(1, 3, 0.5), 3), at_least(1, 3, 0.0)
    (0.5, 0.875, 0.0)
    """
    if share in (0.0, 1.0):
        return float(share == 0.0 or hits >= of)
    every = math.lgamma(of + 1)
    logs = (
        every
        - math.lgamma(k + 1)
        - math.lgamma(of - k + 1)
        + k * math.log(share)
        + (of - k) * math.log1p(-share)
        for k in range(hits + 1)
    )
    return math.fsum(map(math.exp, logs))


def at_least(hits: int, of: int, share: float) -> float:
    """The same of so many or more."""
    return at_most(of - hits, of, 1 - share)


@dataclass(frozen=True, slots=True)
class Sample:
    """Which searches a figure is measured on: so many seeds, `STRIDE` apart, and in how many processes.

    Constants that are chosen on some seeds are reported on others.
    """

    searches: int
    first: int = 0
    processes: int = 1

    def __len__(self) -> int:
        return self.searches

    def other(self, number: int) -> Sample:
        """As large a one that has no seed in common with this one, nor with that of another `number`."""
        return replace(self, first=self.first + number * _APART)

    def of(self, one: Callable[..., T], **settings: Any) -> list[T]:
        """What `one(seed, **settings)` says for each seed."""
        seeds = range(self.first, self.first + STRIDE * self.searches, STRIDE)
        with ProcessPoolExecutor(self.processes) as pool:
            return list(pool.map(partial(one, **settings), seeds, chunksize=4))


def searched(
    space: Mapping[str, Any], function: Callable[..., Any], seed: int, *, trials: int = 40, **sections: Any
) -> Run:
    """The search of `function` over `space`, conducted as a user's in Python is, with its verdicts.

    Args:
        sections: further keys of sections of the file: `search={"confirm": ...}, objective={...}`.
    """
    config = {
        "name": "truth",
        "seed": seed,
        "objective": {"kind": "python", **sections.get("objective", {})},
        "space": dict(space),
        "search": {"trials": trials, "metric": "score", **sections.get("search", {})},
        "dispatch": {"executor": "serial"},
    }
    with tempfile.TemporaryDirectory() as folder:
        return search(config, function, runs_dir=folder).run


def count(answers: Iterable[bool]) -> int:
    """How many are true."""
    return sum(map(bool, answers))
