"""Where distances between points of the unit cube are measured.

Axis letters: n points, N = n (n - 1) / 2 pairs of them, P parameters, A axes (a parameter has one, a category one
for each of its values).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Self, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"

#: Where the axis of a category lies that a point has, and how far two of them are apart, squared.
HOT = math.sqrt(0.5)
APART = 2 * HOT**2


class Axes(Struct, frozen=True, eq=False):
    """Where distances are measured: a number has its own axis, a category one for each of its values.

    Two categories are 1 apart, however many lie between them.

    Attributes:
        parameter: (A,) the parameter of each axis.
        category: (A,) the value an axis stands for, -1 for numbers.
        size: (A,) how many values the parameter has.
        first: (P,) the first axis of each parameter.
    """

    parameter: NDArray[np.intp]
    category: NDArray[np.intp]
    size: NDArray[np.intp]
    first: NDArray[np.intp]

    @classmethod
    def of(cls, space: Space) -> Self:
        """The axes of `space`."""
        rows = [
            (index, category, parameter.size or 1)
            for index, parameter in enumerate(space.parameters)
            for category in (range(parameter.size) if parameter.kind == "categorical" else (-1,))  # type: ignore[arg-type]
        ]
        parameter, category, size = np.array(rows, dtype=np.intp).T
        return cls(parameter, category, size, np.searchsorted(parameter, np.arange(len(space))))

    def embed(self, units: Array) -> Array:
        """Coordinates (n, A) of points (n, P)."""
        spread = units[:, self.parameter]
        hot = np.floor(spread * self.size) == self.category
        return np.where(self.category < 0, spread, hot * HOT)

    def squares(self, units: Array) -> Array:
        """Squared distances (P, N) between points (n, P), parameter by parameter."""
        below = below_diagonal(len(units))
        found = [
            _apart(place, below) if category < 0 else _unlike(np.floor(place * size), below)
            for place, category, size in zip(
                units.T, self.category[self.first], self.size[self.first], strict=True
            )
        ]
        return np.array(found)


def _apart(places: Array, below: NDArray[np.bool_]) -> Array:
    """Squared distances (N,) between `places` (n,)."""
    found = (places[:, None] - places)[below]
    found *= found
    return found


def _unlike(values: Array, below: NDArray[np.bool_]) -> Array:
    """The same (N,) between categories (n,): `APART` where two differ, and else 0."""
    return np.asarray((values[:, None] != values)[below] * APART)


@lru_cache(maxsize=8)
def below_diagonal(n: int) -> NDArray[np.bool_]:
    """What of a matrix (n, n) is below its diagonal, where the N pairs are."""
    found = np.tri(n, k=-1, dtype=np.bool_)
    found.flags.writeable = False
    return found
