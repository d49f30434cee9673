"""Which of many points no other beats. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def undominated(losses: Floats) -> NDArray[np.bool_]:
    """Which of n points (n,) no other beats, by their finite `losses` (n, m), lower better.

    One beats another that is no worse in anything and better in something, so equals never beat each other.
    In the order of its losses a point comes after all that beat it (Kung, Luccio & Preparata, 1975).

    >>> undominated(np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 3.0], [1.0, 3.0]])).tolist()
    [True, True, False, True]
    """
    points, where = np.unique(losses, axis=0, return_inverse=True)
    kept = np.zeros(len(points), dtype=bool)
    front = np.empty_like(points)
    count = 0
    for place, point in enumerate(points):
        if not (front[:count] <= point).all(axis=1).any():
            front[count], kept[place] = point, True
            count += 1
    return np.asarray(kept[where.reshape(-1)])
