"""A metric of the network in one file, as somebody would add it below hpsearch/nn/figures."""

from __future__ import annotations

import numpy as np

from hpsearch.nn.figures import FIGURES, Figure
from hpsearch.nn.parameters import Array


def _missed(Z_KBO: Array, T_OB: Array) -> Array:
    """1 where the target's output is not among the largest two, else 0. Shape (K, B)."""
    wanted = (Z_KBO * T_OB.T).sum(axis=2, keepdims=True)
    missed: Array = (wanted < Z_KBO).sum(axis=2) >= 2
    return missed.astype(np.float64)


FIGURES.register("missed")(Figure("classification", _missed, goal="minimize"))
