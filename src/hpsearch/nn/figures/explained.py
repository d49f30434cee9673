"""The share of the variance of numbers that is explained."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.figures.base import FIGURES, Figure, row_means
from hpsearch.nn.parameters import Array


def square_error(Z_KBO: Array, T_OB: Array) -> Array:
    """(z - t)^2, summed over the outputs. Shape (K, B)."""
    difference = Z_KBO - T_OB.T
    total: Array = (difference * difference).sum(axis=2)
    return total


def _explained(squares_KN: Array, T_ON: Array) -> Array:
    """r2 = 1 - mean (z - t)^2 / var t: 1 is perfect, 0 is no better than the mean."""
    means, spread = row_means(squares_KN), float(T_ON.var(axis=1, dtype=np.float64).sum())
    share: Array = 1 - means / spread if spread else np.full_like(means, np.nan)
    return share


FIGURES.register("r2", place=1)(Figure("regression", square_error, _explained, always=True))
