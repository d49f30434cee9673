"""How good predictions are on rows that were not learned from, and how sure that is. Pure functions."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.core.quantiles import NORMAL_95

#: Samples of a bootstrap: as many as so many draws allow, within these bounds.
_DRAWS, _FEWEST, _MOST = 20_000_000, 200, 2000
#: Rows that are drawn at a time.
_AT_ONCE = 1_000_000
#: A variance below this share of the mean square is what rounding leaves of none.
_ROUNDING = 1e-12
#: Where the errors of a regression are told: the extremes, quartiles, median and what holds 90 %.
SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)

Interval = tuple[float, float]


def wilson(correct: int, rows: int) -> Interval:
    """The 95 % interval of a share (Wilson, 1927), which also holds near 0 and 1.

    >>> tuple(round(end, 3) for end in wilson(96, 100))
    (0.902, 0.984)
    """
    share, z2 = correct / rows, NORMAL_95**2
    middle = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = NORMAL_95 * math.sqrt(share * (1 - share) / rows + z2 / (4 * rows**2)) / (1 + z2 / rows)
    return max(0.0, middle - half), min(1.0, middle + half)


class Errors(Struct, frozen=True):
    """Predicted numbers beside the true ones, in their units.

    Attributes:
        r2: 1 - mean squared error / variance; nan where all true numbers are equal.
        mae, rmse: the mean absolute error, and the root of the mean squared one.
        intervals: of each of these by name, its 95 % interval.
        mean: of the residuals (true - predicted); far from 0, predictions are too low or too high as a whole.
        quantiles: of the residuals, at `SHARES`.
        worst: the row (from 0) of the largest error.
    """

    r2: float
    mae: float
    rmse: float
    intervals: dict[str, Interval]
    mean: float
    quantiles: tuple[float, ...]
    worst: int


def errors_of(true: NDArray[np.float64], predicted: NDArray[np.float64], seed: int = 0) -> Errors:
    """How far `predicted` (N,) is from `true` (N,), with percentile bootstrap intervals (Efron, 1979)."""
    residuals = true - predicted
    # Centred, so that the variance of large numbers close to each other does not drown in rounding.
    centred = true - true.mean()
    columns = np.stack([np.abs(residuals), residuals**2, centred, centred**2], axis=1)
    samples = resampled(columns, np.random.default_rng(seed))
    intervals = {
        name: ends(values) for name, values in zip(("r2", "mae", "rmse"), _figures(samples), strict=True)
    }
    r2, mae, rmse = (float(values[0]) for values in _figures(columns.mean(axis=0)[None]))
    quantiles = tuple(np.quantile(residuals, SHARES).tolist())
    return Errors(
        r2, mae, rmse, intervals, float(residuals.mean()), quantiles, int(np.argmax(np.abs(residuals)))
    )


def samples_of(draws: int) -> int:
    """How many samples to take, each of so many `draws`."""
    return int(np.clip(_DRAWS // draws, _FEWEST, _MOST))


def resampled(columns: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """The means of the columns (N, C) over rows drawn with replacement, (R, C)."""
    rows = len(columns)
    count = samples_of(rows)
    step = max(1, _AT_ONCE // rows)
    sizes = [min(step, count - start) for start in range(0, count, step)]
    return np.concatenate([columns[rng.integers(0, rows, (size, rows))].mean(axis=1) for size in sizes])


def _figures(means: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """r2, mae and rmse, each (R,), of the means (R, 4) of |e|, e^2, t and t^2."""
    absolute, square, true, true_square = means.T
    variance = true_square - true**2
    some = variance > _ROUNDING * true_square
    share = np.divide(square, variance, out=np.full_like(square, np.nan), where=some)
    return 1 - share, absolute, np.sqrt(square)


def ends(values: NDArray[np.float64]) -> Interval:
    """Where the middle 95 % of the `values` end, of those that are numbers."""
    known = values[~np.isnan(values)]
    if not len(known):
        return math.nan, math.nan
    low, high = np.quantile(known, (0.025, 0.975)).tolist()
    return low, high
