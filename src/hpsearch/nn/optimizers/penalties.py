"""Rules that add to the gradient the slope of a term of the loss."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.optimizers.base import Arrays, Penalty
from hpsearch.nn.parameters import Array

#: Rules that run after the clips and before the optimizer, in this order, where their hyperparameter is not zero
#: and not the optimizer's own (adamw's weight decay never enters the gradient).
PENALTIES: dict[str, Penalty] = {}
#: What `l1` rounds the kink of |w| with, inside the root.
L1_EPSILON = 1e-8


def _l1(arrays: Arrays, strength: Array) -> None:
    """G += lambda W / sqrt(W^2 + 1e-8), the slope of a smooth |W|, on weights only (Tibshirani, 1996)."""
    weights, pull = arrays.parameters[:, : arrays.weights], arrays.scratch[:, : arrays.weights]
    np.multiply(weights, weights, out=pull)
    np.add(pull, L1_EPSILON, out=pull)
    np.sqrt(pull, out=pull)
    np.divide(weights, pull, out=pull)
    np.multiply(pull, strength, out=pull)
    np.add(arrays.gradients[:, : arrays.weights], pull, out=arrays.gradients[:, : arrays.weights])


def _weight_decay(arrays: Arrays, strength: Array) -> None:
    """G += lambda W, the slope of lambda |W|^2 / 2, on weights only (Krogh and Hertz, 1992)."""
    weights, pull = arrays.parameters[:, : arrays.weights], arrays.scratch[:, : arrays.weights]
    np.multiply(weights, strength, out=pull)
    np.add(arrays.gradients[:, : arrays.weights], pull, out=arrays.gradients[:, : arrays.weights])


def _half_square(W: Array) -> Array:
    total: Array = np.square(W).sum(axis=1) / 2
    return total


def _smooth_absolute(W: Array) -> Array:
    total: Array = np.sqrt(np.square(W) + L1_EPSILON).sum(axis=1)
    return total


PENALTIES["weight_decay"] = Penalty(("weight_decay",), _weight_decay, value=_half_square)
PENALTIES["l1"] = Penalty(("l1",), _l1, value=_smooth_absolute)
