"""Points that are better in one thing and worse in another: which no other beats, and an order of all. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: What the sum of the weighted losses adds to the worst of them (Knowles, 2006).
_AUGMENTED = 0.05


def undominated(losses: Floats) -> NDArray[np.bool_]:
    """Which of n points (n,) no other beats, by their finite `losses` (n, m), lower better.

    One beats another that is no worse in anything and better in something, so equals never beat each other.
    In the order of its losses a point comes after all that beat it (Kung, Luccio & Preparata, 1975).

    >>> undominated(np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 3.0], [1.0, 3.0]])).tolist()
    [True, True, False, True]
    """
    points, where = np.unique(losses, axis=0, return_inverse=True)
    if points.shape[1] == 2:
        lowest = np.minimum.accumulate(points[:, 1])
        kept = points[:, 1] < np.concatenate([[np.inf], lowest[:-1]])
        return np.asarray(kept[where.reshape(-1)])
    kept, front, count = np.zeros(len(points), dtype=bool), np.empty_like(points), 0
    for place, point in enumerate(points):
        if not _beaten(point, front[:count]):
            front[count], kept[place] = point, True
            count += 1
    return np.asarray(kept[where.reshape(-1)])


def _beaten(point: Floats, front: Floats) -> bool:
    return bool((front <= point).all(axis=1).any())


def layers(losses: Floats) -> NDArray[np.int64]:
    """The front (n,) that each of n points (n, m) is on: 0 beaten by none, 1 by those of 0 alone, and so on.

    Non-dominated sorting (Deb et al., NSGA-II, 2002), by a search for the front of each (Zhang et al., 2015).

    >>> layers(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 0.5], [3.0, 3.0]])).tolist()
    [0, 1, 0, 2]
    """
    points, where = np.unique(losses, axis=0, return_inverse=True)
    found = _of_two(points[:, 1].tolist()) if points.shape[1] == 2 else _of_many(points)
    return np.array(found, dtype=np.int64)[where.reshape(-1)]


# Where none of a front beats a point none of those behind does: the first such front can be searched for.


def _of_two(seconds: Sequence[float]) -> list[int]:
    """The front of each point in the order of its first loss: the last one of a front has the lowest second one."""
    lowest, found = list[float](), list[int]()
    for second in seconds:
        layer = bisect_right(lowest, second)
        lowest[layer : layer + 1] = [second]
        found.append(layer)
    return found


def _of_many(points: Floats) -> list[int]:
    fronts, found = list[list[int]](), list[int]()
    for place, point in enumerate(points):
        layer = bisect_left(fronts, True, key=lambda front: not _beaten(point, points[front]))
        if layer == len(fronts):
            fronts.append([])
        fronts[layer].append(place)
        found.append(layer)
    return found


def crowding(losses: Floats) -> Floats:
    """How far apart the neighbours of each point (n, m) of a front lie, as (n,); infinite for those at its ends.

    The crowding distance of Deb et al. (2002): over all losses, the sum of the gaps between the neighbours as
    shares of the whole range. Of equals the first has it; the others, which show nothing new, have 0.

    >>> crowding(np.array([[0.0, 4.0], [1.0, 3.0], [3.0, 1.0], [4.0, 0.0], [4.0, 0.0]])).tolist()
    [inf, 1.5, 1.5, inf, 0.0]
    """
    points, first = np.unique(losses, axis=0, return_index=True)
    apart, found = np.zeros(len(points)), np.zeros(len(losses))
    for column in points.T:
        order = np.argsort(column, kind="stable")
        values = column[order]
        if (width := values[-1] - values[0]) > 0:
            apart[order[1:-1]] += (values[2:] - values[:-2]) / width
        apart[order[[0, -1]]] = np.inf
    found[first] = apart
    return found


def ordered(losses: Floats) -> NDArray[np.int64]:
    """The places (n,) of points (n, m), best first: front by front, on each the least crowded first.

    Of those at the ends of a front the best by the first loss comes first; equals stay in their order.

    >>> ordered(np.array([[0.0, 1.0], [0.0, 1.0], [0.4, 0.4], [1.0, 0.0], [0.0, 1.0]])).tolist()
    [0, 3, 2, 1, 4]
    """
    front, apart = layers(losses), np.full(len(losses), np.inf)
    places = np.argsort(front, kind="stable")
    for same in np.split(places, np.flatnonzero(np.diff(front[places])) + 1):
        if len(same) > 1:  # a front of one is all ends
            apart[same] = crowding(losses[same])
    return np.lexsort((*losses.T[::-1], -apart, front))


def scalarised(losses: Floats, weights: Floats) -> Floats:
    """One loss (n,) for each of n points (n, m), by the weights (m,) of what counts: steers to a part of the front.

    The augmented Tchebycheff function (Steuer & Choo, 1983), as in ParEGO (Knowles, 2006): the worst of the
    weighted losses, which reaches also where a front is hollow, and a little of their sum. Each loss counts as a
    share of the range that it has on the front of these points, or of its whole range where that is none.

    >>> scalarised(np.array([[0.0, 10.0], [1.0, 0.0], [2.0, 20.0]]), np.array([0.5, 0.5])).round(3).tolist()
    [0.525, 0.525, 1.1]
    """
    front = losses[undominated(losses)]
    low, width = front.min(axis=0), np.ptp(front, axis=0)
    width = np.where(width > 0, width, np.ptp(losses, axis=0))
    shares = weights * (losses - low) / np.where(width > 0, width, 1.0)
    return np.asarray(shares.max(axis=1) + _AUGMENTED * shares.sum(axis=1))
