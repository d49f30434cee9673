"""How long trainings took, as far as a search may follow from it (`search.budget: seconds`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from hpsearch.core.trial import Epochs, Key, Result
from hpsearch.runs.writing import SECONDS_DIGITS
from hpsearch.samplers import Results

#: Which earlier run made it, empty for the search itself; from which epoch on, and to which.
Lot = tuple[str, Epochs, Epochs]


class Took:
    """The logarithms of the seconds of trainings, in lots of those that are alike but for their values.

    A lot has the trainings of one run from one epoch to another: neither the speed of another machine nor what
    every training needs to begin is then taken for the doing of a value. What did not end well tells nothing, as it
    may have stopped anywhere.

    Attributes:
        seen: how many results were looked at.
    """

    def __init__(self, places: Callable[[Sequence[int]], NDArray[np.float64]]) -> None:
        """`places`: where trials with k numbers are, (k, P)."""
        self.seen = 0
        self._places = places
        self._lots: dict[Lot, Results] = {}
        self._reached: dict[int, list[Epochs]] = {}

    def take(self, results: Mapping[Key, Result], reused: Mapping[int, tuple[str, int]], taken: int) -> None:
        """Learn from those of `results` that are new since, in the order of the mapping.

        Args:
            reused: the run, and the number there, of trials of earlier searches.
            taken: so many of the first results were taken over with them; what follows was trained here.
        """
        for place, result in enumerate(islice(results.values(), self.seen, None), self.seen):
            if result.status == "done" and not result.replicate:
                self._take(result, reused.get(result.trial, ("", 0))[0] if place < taken else "")
        self.seen = len(results)

    def _take(self, result: Result, run: str) -> None:
        reached = self._reached.setdefault(result.trial, [])
        start = max((epochs for epochs in reached if epochs < result.epochs), default=0)
        reached.append(result.epochs)
        # As it is recorded: a search that goes on must know what one that never stopped does, to the bit.
        seconds = round(result.seconds, SECONDS_DIGITS) if math.isfinite(result.seconds) else 0.0
        if seconds > 0:
            lot = (run, start, result.epochs)
            if lot not in self._lots:
                self._lots[lot] = Results(self._places)
            self._lots[lot].add((math.log(seconds), result.trial))

    def lots(self) -> tuple[Results, ...]:
        """All lots, in an order in which their results have no say."""
        return tuple(self._lots[lot] for lot in sorted(self._lots))
