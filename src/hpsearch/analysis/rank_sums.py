"""How likely chance is, without knowing how anything is distributed: signs, and sums of ranks. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

#: Of so many values on either side, and of so many signs, the normal distribution serves.
_MANY, _SIGNS = 8, 60


def chance_of_signs(up: int, down: int) -> float:
    """That at least so many of all go up, where each goes up or down as a coin falls.

    >>> chance_of_signs(6, 0), chance_of_signs(1, 1)
    (0.015625, 0.75)
    """
    count = up + down
    if count > _SIGNS:
        return _beyond((up - 0.5 - count / 2) / math.sqrt(count / 4))
    return sum(math.comb(count, hits) for hits in range(up, count + 1)) / (1 << count)


def chance_of_rank_sum(values: Sequence[float], others: Sequence[float]) -> float:
    """That `values` lie above `others` so often, where both are drawn alike (Mann, Whitney, 1947); equals do not.

    >>> round(chance_of_rank_sum([4, 5], [1, 2, 3]), 3), chance_of_rank_sum([], [1])
    (0.1, 1.0)
    """
    ordered = sorted(others)
    above = sum(bisect_left(ordered, value) for value in values)
    n, m = len(values), len(others)
    if min(n, m) < _MANY:
        return _exactly(above, n, m)
    deviation = math.sqrt(n * m * (n + m + 1) / 12)
    return _beyond((above - 0.5 - n * m / 2) / deviation)


def _beyond(deviations: float) -> float:
    """That a normal draw lies so many deviations above its mean, or more."""
    return math.erfc(deviations / math.sqrt(2)) / 2


def _exactly(above: int, n: int, m: int) -> float:
    """The orders of n values and m others in which so many pairs or more have the value above, of all orders.

    They are counted by the coefficients of the Gaussian binomial, the product of (1 - q^(m+i)) / (1 - q^i) over
    i = 1..n.
    """
    n, m = min(n, m), max(n, m)
    counts = [1] + [0] * (n * m)
    for i in range(1, n + 1):
        for power in range(n * m, m + i - 1, -1):
            counts[power] -= counts[power - m - i]
        for power in range(i, n * m + 1):
            counts[power] += counts[power - i]
    return sum(counts[above:]) / math.comb(n + m, n)
