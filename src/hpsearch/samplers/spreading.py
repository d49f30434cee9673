"""What has no influence is drawn from all of its range, where it would be parked at an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from hpsearch.core.deferred import np
from hpsearch.samplers.region import admitted, snapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"

#: Places of a range that are looked at, its ends among them, and points that are drawn in place of one.
LOOKS, DRAWN = 5, 8
#: How far a place is from an end that is none, in units of the range: an end that was encoded is a rounding off it.
NO_END = 1e-9


def spread(
    space: Space,
    expected: Callable[[Array, float], Array],
    deviation: float,
    point: Array,
    rng: np.random.Generator,
) -> Array:
    """Points (n, P) like `point` (P,), but for parameters at an end that have no influence there, drawn evenly.

    A parameter has none where nothing along its range is `expected` to be as poor as the point would be, were it
    poorer by the `deviation` of a reading, and neither may be the points, where several are drawn together. There
    are none of them where no parameter is so, or where requirements refuse all.

    Args:
        expected: how much is wanted of points (n, P), the lowest the most, if all were poorer by so much.
    """
    parked = [column for column in range(len(space)) if _parked(space, column, float(point[column]))]
    if not parked:
        return point[None][:0]
    along = np.tile(point, (len(parked), LOOKS, 1))
    along[np.arange(len(parked)), :, parked] = np.linspace(0, 1, LOOKS)
    limit = expected(point[None], deviation)[0]
    poorest = expected(snapped(space, along.reshape(-1, len(point))), 0.0).reshape(-1, LOOKS).max(axis=1)
    idle = np.array(parked)[poorest < limit]
    if not len(idle):
        return point[None][:0]
    found = np.tile(point, (DRAWN, 1))
    found[:, idle] = rng.random((DRAWN, len(idle)))
    found = admitted(space, snapped(space, found))
    return found[expected(found, 0.0) < limit] if len(found) else found


def _parked(space: Space, column: int, place: float) -> bool:
    """Whether a number is at an end of its range, and nothing else depends on it."""
    parameter = space.parameters[column]
    low, high = 0.0, 1.0
    if (bins := parameter.bins) is not None:
        low, high = bins.units(np.array([0, bins.size - 1])).tolist()
    if parameter.kind == "categorical" or low + NO_END < place < high - NO_END:
        return False
    return not any(parameter.name in other.when for other in space.parameters)
