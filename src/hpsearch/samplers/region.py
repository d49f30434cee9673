"""Where the best points are, and points near them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.samplers.results import Results

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space
    from hpsearch.space.bins import Bins

Array: TypeAlias = "NDArray[np.float64]"

#: The width of a step at first, in units of the range; it shrinks with the root of the results, down to the least.
WIDTH, LEAST_WIDTH = 0.45, 0.01
#: The chance that a parameter moves at all, and that a whole number that would not is pushed to its neighbour.
MOVES, PUSHES = 0.5, 0.5
#: The chance that a category is drawn anew is this many widths, within these bounds.
REDRAWS, FEWEST, MOST = 1.5, 0.1, 0.5


class Region(Struct, frozen=True, eq=False):
    """The k best points (k, P), best first, and how far from them to look. `active` (k, P): what they have."""

    space: Space
    elites: Array
    width: float
    active: NDArray[np.bool_]

    @classmethod
    def around(cls, space: Space, results: Results, opening: int) -> Self:
        """The region of the best sqrt(n) of n results, of which one at least is finite."""
        n = len(results)
        units, losses = results.best(max(2, round(n**0.5)))
        elites = units[np.isfinite(losses)]
        return cls.near(space, elites, max(LEAST_WIDTH, WIDTH * (opening / max(n, opening)) ** 0.5))

    @classmethod
    def near(cls, space: Space, elites: Array, width: float) -> Self:
        """The region around these points (k, P), the best first."""
        return cls(space, elites, width, space.live(elites))

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Points (count, P) near the elites: the better one is, the more often it is started from."""
        rows = ranks_drawn(rng, len(self.elites), count)
        base, shape = self.elites.take(rows, axis=0), (count, len(self.space))
        moves = rng.random(shape) < MOVES
        moves[np.arange(count), rng.integers(shape[1], size=count)] |= ~moves.any(axis=1)
        steps = rng.normal(0, self.width, shape)
        pushed = moves & (rng.random(shape) < PUSHES)
        fresh = rng.random(shape)
        # np.clip takes several times as long for few places.
        near = np.where(moves, np.minimum(np.maximum(base + steps, 0), 1), base)
        redraw = rng.random(shape) < min(max(REDRAWS * self.width, FEWEST), MOST)
        for column, parameter in enumerate(self.space.parameters):
            old, new, bins = base[:, column], near[:, column], parameter.bins
            if parameter.kind == "categorical":
                assert bins is not None
                near[:, column] = bins.middle_of(np.where(redraw[:, column], fresh[:, column], old))
            elif bins is not None:
                near[:, column] = _pushed(bins, old, new, steps[:, column], pushed[:, column])
        if not self.space.conditional:
            return near
        # What an elite does not have says nothing of where to look.
        return snapped(self.space, np.where(self.active[rows], near, fresh))


def ranks_drawn(rng: np.random.Generator, size: int, count: int) -> NDArray[np.intp]:
    """`count` of the ranks 0 to `size` - 1, each as often as 1 / (rank + 1) says.

    As `rng.choice` draws them, which takes several times as long for few.
    """
    chances = 1 / np.arange(1, size + 1)
    below = (chances / chances.sum()).cumsum()
    return np.searchsorted(below / below[-1], rng.random(count), side="right")


def admitted(space: Space, units: Array) -> Array:
    """Those of the points (n, P) that the requirements of `space` admit."""
    return units[space.admitting(units)] if space.require else units


def _pushed(bins: Bins, base: Array, near: Array, steps: Array, pushed: NDArray[np.bool_]) -> Array:
    """Where the values at `near` (n,) lie; a step too small to reach another goes to the neighbour it points at."""
    index = bins.indices(near)
    stuck = pushed & (index == bins.indices(base))
    neighbour = index + np.where(stuck, np.sign(steps).astype(np.int64), 0)
    return bins.units(np.minimum(np.maximum(neighbour, 0), bins.size - 1))


def snapped(space: Space, units: Array) -> Array:
    """The points (n, P) that stand for the configurations of `units`: bins at their middle, the inactive at 0.5."""
    if space.conditional:
        return space.snapped(units)
    places = units.copy()
    for column, parameter in enumerate(space.parameters):
        if parameter.bins is not None:
            places[:, column] = parameter.bins.middle_of(units[:, column])
    return places
