"""The share of examples whose class is found."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.figures.base import FIGURES, Figure
from hpsearch.nn.parameters import Array


def accuracy(Z_KBO: Array, T_OB: Array) -> Array:
    """1 where the largest output is the target's, else 0; of equal outputs the first counts. Shape (K, B)."""
    right: Array = np.argmax(Z_KBO, axis=2) == np.argmax(T_OB, axis=0)
    return right


FIGURES.register("acc", place=0)(Figure("classification", accuracy, always=True))
