"""How far predicted numbers are from the true ones, in the units of the target."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.figures.base import FIGURES, Figure, row_means
from hpsearch.nn.figures.explained import square_error
from hpsearch.nn.parameters import Array


def _absolute_error(Z_KBO: Array, T_OB: Array) -> Array:
    total: Array = np.abs(Z_KBO - T_OB.T).sum(axis=2)
    return total


def _root(squares_KN: Array, _: Array) -> Array:
    """The root of the mean square, of the size of a typical error."""
    root: Array = np.sqrt(row_means(squares_KN))
    return root


FIGURES.register("mae", place=6)(Figure("regression", _absolute_error, goal="minimize", in_units=True))
FIGURES.register("rmse", place=7)(Figure("regression", square_error, _root, goal="minimize", in_units=True))
