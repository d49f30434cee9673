"""What a run holds, for other programs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Result, Standing

if TYPE_CHECKING:
    from hpsearch.space import Space


@dataclass(frozen=True)
class Contents:
    """A run as it stands, also one that still goes on.

    Attributes:
        run: its name.
        metric: what ranks.
        epochs: a full training.
        standings: every trial with a result, best first.
        results: every result, those with fresh seeds included.
        written: when its record was last written, in seconds since 1970.
    """

    run: str
    metric: Metric
    epochs: int
    space: Space
    standings: Sequence[Standing]
    results: Sequence[Result]
    written: float

    @property
    def in_order(self) -> list[Standing]:
        """The trials in the order of their numbers."""
        return sorted(self.standings, key=lambda standing: standing.trial.number)

    @cached_property
    def by_trial(self) -> Mapping[int, list[Result]]:
        """The results of each trial: of the search itself first, the shortest training first."""
        found: dict[int, list[Result]] = {}
        for result in sorted(self.results, key=lambda result: (result.replicate, result.epochs)):
            found.setdefault(result.trial, []).append(result)
        return found

    def seconds(self, trial: int) -> float:
        """What the search itself took of one worker for a trial."""
        return sum(result.seconds for result in self.by_trial[trial] if not result.replicate)

    def curves(self, trial: int) -> dict[str, dict[int, float]]:
        """Metric -> epoch -> value in the search itself; what is not finite is left out."""
        curves: dict[str, dict[int, float]] = {}
        for result in self.by_trial[trial]:
            if result.replicate:
                continue
            last = {name: [value] for name, value in result.metrics.items()}
            for name, values in {**last, **result.curve}.items():
                first = result.epochs - len(values) + 1
                points = {first + index: value for index, value in enumerate(values) if math.isfinite(value)}
                curves.setdefault(name, {}).update(points)
        return curves


def finite(value: float) -> float | None:
    """The value for those who know no nan and no infinity: None in their place."""
    return value if math.isfinite(value) else None


def finite_values(values: Mapping[str, float]) -> dict[str, float | None]:
    """All of them."""
    return {name: finite(value) for name, value in values.items()}
