"""Adam, and with the weight decay apart from the gradient."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.core.deferred import np
from hpsearch.nn.optimizers.base import OPTIMIZERS, Arrays, Rule
from hpsearch.nn.parameters import Array


def _adam_columns(steps: Array, lr: Array, beta1: Array, beta2: Array, epsilon: Array) -> Sequence[Array]:
    """Both bias corrections go into the step and epsilon: two passes over the stack fewer."""
    root = np.sqrt(1 - beta2**steps)
    return lr * root / (1 - beta1**steps), 1 - beta1, 1 - beta2, epsilon * root


def _adam(arrays: Arrays, step: Array, rest1: Array, rest2: Array, epsilon: Array) -> None:
    """M += (1-beta1)(G-M); V += (1-beta2)(G^2-V); P -= step M / (sqrt V + epsilon) (Kingma and Ba, 2015)."""
    gradients, scratch = arrays.gradients, arrays.scratch
    mean, square = arrays.slots["mean"], arrays.slots["square"]
    np.subtract(gradients, mean, out=scratch)
    np.multiply(scratch, rest1, out=scratch)
    np.add(mean, scratch, out=mean)
    np.multiply(gradients, gradients, out=gradients)
    np.subtract(gradients, square, out=gradients)
    np.multiply(gradients, rest2, out=gradients)
    np.add(square, gradients, out=square)
    np.sqrt(square, out=scratch)
    np.add(scratch, epsilon, out=scratch)
    np.divide(mean, scratch, out=scratch)
    np.multiply(scratch, step, out=scratch)
    np.subtract(arrays.parameters, scratch, out=arrays.parameters)


def _adamw_columns(
    steps: Array, lr: Array, beta1: Array, beta2: Array, epsilon: Array, weight_decay: Array
) -> Sequence[Array]:
    return (*_adam_columns(steps, lr, beta1, beta2, epsilon), 1 - lr * weight_decay)


def _adamw(arrays: Arrays, step: Array, rest1: Array, rest2: Array, epsilon: Array, keep: Array) -> None:
    """W *= 1 - lr lambda, on weights only, then a step of Adam (Loshchilov and Hutter, 2019)."""
    weights = arrays.parameters[:, : arrays.weights]
    np.multiply(weights, keep, out=weights)
    _adam(arrays, step, rest1, rest2, epsilon)


OPTIMIZERS.register("adam", place=5)(
    Rule(("lr", "beta1", "beta2", "epsilon"), _adam, ("mean", "square"), _adam_columns)
)
OPTIMIZERS.register("adamw", place=6)(
    Rule(("lr", "beta1", "beta2", "epsilon", "weight_decay"), _adamw, ("mean", "square"), _adamw_columns)
)
