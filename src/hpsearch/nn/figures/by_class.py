"""Figures in which a rare class counts as much as a common one: of the classes predicted, class by class."""

from __future__ import annotations

from collections.abc import Callable

from hpsearch.core.deferred import np
from hpsearch.nn.figures.base import FIGURES, Figure, class_numbers
from hpsearch.nn.parameters import Array

#: (right, true, taken), each (..., O): the rows of each class that are found, those it has, those taken for it.
Counts = tuple[Array, Array, Array]


def predicted(Z_KBO: Array, _: Array) -> Array:
    """The number of the class with the largest output; of equal ones the first. Shape (K, B)."""
    chosen: Array = np.argmax(Z_KBO, axis=2)
    return chosen


def macro_f1(counts: Counts) -> Array:
    """The mean over the classes of 2 right / (true + taken), the harmonic mean of recall and precision; classes
    that are neither among the rows nor predicted have no part in it (Yang and Liu, 1999). Shape (...).

    >>> round(float(macro_f1((np.array([3, 1, 0]), np.array([4, 2, 0]), np.array([4, 2, 0])))), 4)
    0.625
    """
    right, true, taken = counts
    return _mean_share(2 * right, true + taken)


def balanced_accuracy(counts: Counts) -> Array:
    """The mean over the classes that there are of the share of their rows that is found (Brodersen et al., 2010).

    Shape (...).

    >>> float(balanced_accuracy((np.array([8, 1]), np.array([8, 2]), np.array([9, 1]))))
    0.75
    """
    right, true, _ = counts
    return _mean_share(right, true)


def _mean_share(part: Array, whole: Array) -> Array:
    """The mean over the classes of part / whole, (..., O) -> (...), of those whose whole is more than nothing."""
    some = np.broadcast_to(whole > 0, part.shape)
    shares = np.divide(part, whole, out=np.zeros(part.shape), where=some)
    mean: Array = shares.sum(axis=-1) / some.sum(axis=-1)
    return mean


def counted(y_N: Array, chosen_N: Array, classes: int) -> Counts:
    """What there is to count where rows of the classes `y` were taken for `chosen`."""
    right, true, taken = (
        np.bincount(numbers, minlength=classes) for numbers in (y_N[y_N == chosen_N], y_N, chosen_N)
    )
    return right, true, taken


def _finish(figure: Callable[[Counts], Array]) -> Callable[[Array, Array], Array]:
    def finish(chosen_KN: Array, T_ON: Array) -> Array:
        y_N = class_numbers(T_ON)
        rows = [figure(counted(y_N, row.astype(np.int64), len(T_ON))) for row in chosen_KN]
        return np.array(rows, np.float64)

    return finish


FIGURES.register("f1", place=3)(Figure("classification", predicted, _finish(macro_f1)))
FIGURES.register("balanced_acc", place=4)(Figure("classification", predicted, _finish(balanced_accuracy)))
