"""Optimizers that divide each step by the root of the squared gradients so far."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.core.deferred import np
from hpsearch.nn.optimizers.base import OPTIMIZERS, Arrays, Rule
from hpsearch.nn.parameters import Array


def _adagrad(arrays: Arrays, lr: Array, epsilon: Array) -> None:
    """S += G^2; P -= lr G / (sqrt S + epsilon) (Duchi et al., 2011)."""
    square = arrays.slots["square"]
    np.multiply(arrays.gradients, arrays.gradients, out=arrays.scratch)
    np.add(square, arrays.scratch, out=square)
    _scaled_step(arrays, square, lr, epsilon)


def _rmsprop_columns(steps: Array, lr: Array, beta2: Array, epsilon: Array) -> Sequence[Array]:  # noqa: ARG001
    return lr, beta2, 1 - beta2, epsilon


def _rmsprop(arrays: Arrays, lr: Array, beta2: Array, rest: Array, epsilon: Array) -> None:
    """S = beta2 S + (1-beta2) G^2; P -= lr G / (sqrt S + epsilon) (Tieleman and Hinton, 2012)."""
    square = arrays.slots["square"]
    np.multiply(square, beta2, out=square)
    np.multiply(arrays.gradients, arrays.gradients, out=arrays.scratch)
    np.multiply(arrays.scratch, rest, out=arrays.scratch)
    np.add(square, arrays.scratch, out=square)
    _scaled_step(arrays, square, lr, epsilon)


def _scaled_step(arrays: Arrays, square: Array, lr: Array, epsilon: Array) -> None:
    """P -= lr G / (sqrt S + epsilon)."""
    np.sqrt(square, out=arrays.scratch)
    np.add(arrays.scratch, epsilon, out=arrays.scratch)
    np.divide(arrays.gradients, arrays.scratch, out=arrays.scratch)
    np.multiply(arrays.scratch, lr, out=arrays.scratch)
    np.subtract(arrays.parameters, arrays.scratch, out=arrays.parameters)


OPTIMIZERS.register("adagrad", place=3)(Rule(("lr", "epsilon"), _adagrad, ("square",)))
OPTIMIZERS.register("rmsprop", place=4)(
    Rule(("lr", "beta2", "epsilon"), _rmsprop, ("square",), _rmsprop_columns)
)
