"""A finite row of values cut into bins of the unit interval."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.space.scales import Linear, Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
Indices: TypeAlias = "NDArray[np.int64]"
#: Where so many bins begin and have their middles is kept: a search asks for it hundreds of thousands of times.
MOST_LISTED = 1000
#: Halvings of the unit interval after which no number of it lies between.
_HALVINGS = 64


class Bins(Struct, frozen=True, dict=True):
    """The values low, low + step, ..., each owning the bin of [0, 1] that is nearer to it than to the next.

    `scale` spans the bins: it reaches half a step beyond the first and the last value, so that the ends are
    drawn as readily as their neighbours, and on a linear scale all values equally.
    """

    low: float
    step: float
    size: int
    scale: Scale

    @classmethod
    def over(cls, scale: type[Scale], low: float, step: float, size: int) -> Bins:
        """The `size` values from `low` on, laid out along a scale of that kind.

        >>> Bins.over(Linear, low=2, step=1, size=3).indices(np.array([0.0, 0.3, 0.4, 1.0])).tolist()
        [0, 0, 1, 2]
        """
        return cls(low, step, size, scale(low - step / 2, low + (size - 0.5) * step))

    def indices(self, unit: Array) -> Indices:
        """The index (n,) of the value that owns each place of `unit` (n,)."""
        if self.size <= MOST_LISTED:
            return np.searchsorted(self._firsts, unit, side="right")
        return self.found(unit)

    def found(self, unit: Array) -> Indices:
        """The same, worked out."""
        return self._index(np.floor((self.scale.from_unit(unit) - self.scale.low) / self.step))

    def units(self, indices: Indices) -> Array:
        """The middle (n,) of each value's bin."""
        return self._middles[indices] if self.size <= MOST_LISTED else self.middles(indices)

    def middle_of(self, unit: Array) -> Array:
        """The middle (n,) of the bin that each place of `unit` (n,) is in."""
        return self.units(self.indices(unit))

    def middles(self, indices: Indices) -> Array:
        """The same, worked out."""
        edge: Array = self.scale.low + indices.astype(np.float64) * self.step
        return (self.scale.to_unit(edge) + self.scale.to_unit(edge + self.step)) / 2

    def nearest(self, values: Array) -> Indices:
        """The index (n,) of the value nearest to each of `values` (n,)."""
        return self._index(np.rint((values - self.low) / self.step))

    def between(self, unit: Array, margin: float) -> tuple[int, int]:
        """First and last index of the values within `margin` of the span of `unit` (n,); two, if there are."""
        # A margin that just touches the next bin, as with neighbouring values, must not depend on rounding.
        reach = margin * (1 - 1e-9)
        ends = self.indices(np.clip([unit.min() - reach, unit.max() + reach], 0.0, 1.0))
        first, last = int(ends[0]), int(ends[1])
        return (first, last) if first < last else (max(first - 1, 0), min(last + 1, self.size - 1))

    def _index(self, position: Array) -> Indices:
        # np.clip takes several times as long for few places, of which there are many.
        return np.minimum(np.maximum(position, 0), self.size - 1).astype(np.int64)

    @cached_property
    def _middles(self) -> Array:
        """The middle (size,) of every bin."""
        return self.middles(np.arange(self.size))

    @cached_property
    def _firsts(self) -> Array:
        """The first place (size - 1,) of every bin but the first, to the bit as `found` has it, by bisection."""
        wanted = np.arange(1, self.size)
        before, there = np.zeros(len(wanted)), np.ones(len(wanted))
        for _ in range(_HALVINGS):
            middle = (before + there) / 2
            reached = self.found(middle) >= wanted
            before, there = np.where(reached, before, middle), np.where(reached, middle, there)
        return there


def evenly_wide(size: int) -> Bins:
    """`size` bins of equal width.

    >>> evenly_wide(4).units(np.arange(4)).tolist()
    [0.125, 0.375, 0.625, 0.875]
    """
    return Bins.over(Linear, 0.0, 1.0, size)
