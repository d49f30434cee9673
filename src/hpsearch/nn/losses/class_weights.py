"""Weights of classes: an error on a rare one costs as much, in all, as one on a common one."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.losses.base import Compare
from hpsearch.nn.parameters import Array


def balanced(T_ON: Array) -> Array:
    """(O,) N / (C n) for a class with n of the N examples and C classes that have any: 1 in the mean of all
    examples (King and Zeng, 2001). A class without examples has weight 1.

    >>> balanced(np.array([[1, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]])).round(3).tolist()
    [0.667, 2.0, 1.0]
    """
    counts = T_ON.sum(axis=1, dtype=np.float64)
    weights = counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return np.where(counts > 0, weights, 1.0)


def weighted(compare: Compare, weights_KO: Array, buffers: Buffers) -> Compare:
    """`compare` with the loss of each example, and so its gradient, multiplied by the weight of its class."""
    weights_K1O = weights_KO[:, None].astype(buffers.dtype)
    of_example = buffers.small(1, buffers.batch)

    def compare_weighted(Z_KBO: Array, T_OB: Array, losses_KB: Array) -> Array:
        np.matmul(weights_K1O, T_OB, out=of_example)
        dZ_KBO = compare(Z_KBO, T_OB, losses_KB)
        np.multiply(losses_KB, of_example[:, 0], out=losses_KB)
        dZ_KOB = dZ_KBO.transpose(0, 2, 1)
        np.multiply(dZ_KOB, of_example, out=dZ_KOB)
        return dZ_KBO

    return compare_weighted
