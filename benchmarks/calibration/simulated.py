"""A search of a known function through the product, and the figure that many of them come to."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from hpsearch import search
from hpsearch.engine.run import Run

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """How often a statement was true, or was made at all.

    Attributes:
        statement: what the program says.
        where: in which searches.
        hits: in how many of the `searches` it was so.
        least, most: the bounds of the share that are to be met.
    """

    statement: str
    where: str
    hits: int
    searches: int
    least: float = 0.0
    most: float = 1.0

    @property
    def share(self) -> float:
        """The share of the searches."""
        return self.hits / self.searches if self.searches else math.nan

    @property
    def bounded(self) -> bool:
        """Whether there is a share that it must be."""
        return (self.least, self.most) != (0.0, 1.0)

    @property
    def met(self) -> bool:
        """Whether the share is within its bounds."""
        return self.least <= self.share <= self.most


@dataclass(frozen=True, slots=True)
class Sample:
    """Which searches a figure is measured on: so many seeds from the first on, in so many processes.

    Constants that are chosen on some seeds are reported on others.
    """

    searches: int
    first: int = 0
    processes: int = 1

    def __len__(self) -> int:
        return self.searches

    def of(self, one: Callable[..., T], **settings: Any) -> list[T]:
        """What `one(seed, **settings)` says for each seed."""
        seeds = range(self.first, self.first + self.searches)
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
