"""The results a sampler learns from: losses of one rung and where they were reached, the best of them at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self, TypeAlias

from hpsearch.core.deferred import np
from hpsearch.samplers.ordered import Entry, Ordered

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
#: So many losses, evenly spread over their ranks, stand for all where there are more of them.
SAMPLE = 1000


def _nowhere(_: Sequence[int], /) -> Array:
    return np.empty((0, 0))


class Results:
    """n losses and the places (n, P) in the unit cube where they were reached.

    Lower is better, +inf is a trial that diverged, and equals are in the order of their trials' numbers; trials of
    an earlier search have numbers below 0. No answer takes longer the more results there are.

    Attributes:
        entries: the losses and the numbers of their trials, best first.
    """

    def __init__(self, places: Callable[[Sequence[int]], Array] = _nowhere) -> None:
        self._places = places
        self.entries = Ordered()

    @classmethod
    def of(cls, units: Array, losses: Array) -> Self:
        """The results at `units` (n, P): `losses` (n,), of the trials 0 to n - 1."""
        found = cls(lambda numbers: np.asarray(units[list(numbers)]))
        for number, loss in enumerate(losses.tolist()):
            found.add((loss, number))
        return found

    def add(self, entry: Entry) -> None:
        """Take in the loss of a trial, and its number."""
        self.entries.add(entry)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def finite(self) -> int:
        """How many are of trials that did not diverge."""
        return self.entries.rank((np.inf, -len(self) - 1))

    def best(self, count: int) -> tuple[Array, Array]:
        """Places (k, P) and losses (k,) of the best k = `count`, or of all where there are fewer."""
        return self._at(self.entries.head(count))

    def at(self, ranks: Sequence[int]) -> tuple[Array, Array]:
        """Places (k, P) and losses (k,) of the results with these k ranks, 0 the best."""
        return self._at(self.entries.at(ranks))

    def sample(self) -> Array:
        """The losses in the order of their trials; of more than `SAMPLE` so many, by rank."""
        count = len(self)
        if count <= SAMPLE:
            ordered = sorted(self.entries, key=lambda entry: entry[1])
        else:
            ordered = self.entries.at([i * (count - 1) // (SAMPLE - 1) for i in range(SAMPLE)])
        return np.array([loss for loss, _ in ordered])

    def _at(self, entries: Sequence[Entry]) -> tuple[Array, Array]:
        return self._places([number for _, number in entries]), np.array([loss for loss, _ in entries])
