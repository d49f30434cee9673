"""Normal scores: what counts of a number is how many of the others are below it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.data.scaling.base import QUANTILE, SCALINGS, Range, Scaler, extremes, inverse

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: So many quantiles describe a distribution; between them the scores are linear.
MOST_KNOTS = 1000
#: They are taken of so many rows, evenly spread over all.
_LOOKED_AT = 100_000


@SCALINGS.register(QUANTILE, place=6)
def quantile(inputs: NDArray[Any], rows: NDArray[np.int64], _known: Range | None) -> Scaler:
    """Each input becomes the quantile of the normal distribution that it is of the training part.

    Skew goes, and what is far from all others comes to stand beside the last of them. `fit` leaves the 0 and 1 of
    categories as they are. Source: W. Conover, "Practical Nonparametric Statistics" (1971), van der Waerden scores.
    """
    low, high = extremes(inputs, rows)
    varied = inverse(high - low) > 0
    some = rows[:: -(-len(rows) // _LOOKED_AT)]
    levels = np.linspace(0, 1, min(MOST_KNOTS, len(some)))
    knots = np.full((len(levels), inputs.shape[1]), np.nan)
    for column in np.flatnonzero(varied):
        knots[:, column] = quantiles(inputs[some, column].astype(np.float64), levels)
    return Scaler(np.zeros(inputs.shape[1]), varied.astype(np.float64), knots=knots)


def quantiles(values: NDArray[np.float64], levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The quantiles of `values` (N,) at the `levels` (Q,), linear between two values.

    Those of `np.quantile`, to the bit. It finds each by itself, which takes fifty times as long for so many.

    >>> quantiles(np.array([9.0, 0.0, 1.0]), np.array([0.0, 0.25, 0.75, 1.0])).tolist()
    [0.0, 0.5, 5.0, 9.0]
    """
    ordered = np.sort(values)
    places = levels * (len(ordered) - 1)
    below = np.floor(places).astype(np.intp)
    low, high = ordered[below], ordered[np.minimum(below + 1, len(ordered) - 1)]
    part, apart = places - below, high - low
    return np.where(part >= 0.5, high - apart * (1 - part), low + apart * part)


def normal_scores(values: NDArray[Any], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores of `values` (N,) among the quantiles `knots` (Q,), from the lowest to the highest.

    Equal knots share the middle of their scores; what is beyond all of them has that of the last.

    >>> normal_scores(np.array([0.0, 1.0, 1e12]), np.array([0.0, 1.0, 2.0])).round(2).tolist()
    [-0.97, 0.0, 0.97]
    """
    scores = scores_of(len(knots))
    exact = values.astype(np.float64)
    rising = np.interp(exact, knots, scores)
    falling: NDArray[np.float64] = np.interp(-exact, -knots[::-1], -scores[::-1])
    return (rising - falling) / 2


@lru_cache(maxsize=8)
def scores_of(count: int) -> NDArray[np.float64]:
    """The normal scores of so many quantiles, evenly spread; the ends stand for half a step each."""
    from statistics import NormalDist

    end = 0.5 / count
    levels = np.clip(np.linspace(0, 1, count), end, 1 - end)
    return np.array([NormalDist().inv_cdf(level) for level in levels.tolist()])
