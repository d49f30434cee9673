"""Optimizers and gradient rules as pure pieces that chain, over a whole stack at once.

A `Rule` has no state: it says which slots (arrays like the parameters) it keeps, which hyperparameters it
reads, how these become per-step columns, and how one step changes the arrays in place. A rule may overwrite
the gradients. Every column is (K, 1): each network of the stack has its own hyperparameters.

>>> arrays = Arrays(np.array([[1.0], [1.0]]), np.array([[0.5], [0.5]]), {}, weights=1)
>>> OPTIMIZERS["sgd"].update(arrays, np.array([[0.1], [1.0]]))
>>> arrays.parameters.tolist()
[[0.95], [0.5]]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from hpsearch.core.registry import Registry
from hpsearch.nn.parameters import Array


@dataclass(frozen=True)
class Arrays:
    """What a rule works on: parameters, their gradients and the slots, all (K, P); the first `weights` of the
    P numbers are weights, the rest biases and the like. `scratch` may be overwritten.
    """

    parameters: Array
    gradients: Array
    slots: Mapping[str, Array]
    weights: int
    scratch: Array = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scratch", np.empty_like(self.gradients))


#: `(arrays, *columns)`: one step in place.
Update: TypeAlias = Callable[..., None]
#: `(steps, *hyper)` -> float64 columns for `update`. `steps` (S, 1, 1) counts from 1; each hyperparameter
#: is (K, 1) or (S, K, 1); each column must broadcast to (S, K, 1).
Columns: TypeAlias = Callable[..., Sequence[Array]]


def _as_given(steps: Array, *hyper: Array) -> Sequence[Array]:  # noqa: ARG001
    return hyper


@dataclass(frozen=True)
class Rule:
    """One piece of an update: the names of its hyperparameters and slots, and its functions."""

    hyper: tuple[str, ...]
    update: Update
    slots: tuple[str, ...] = ()
    columns: Columns = _as_given


@dataclass(frozen=True)
class Penalty(Rule):
    """A rule that adds the slope of a term of the loss; `value` is that term, (K, P) -> (K,), for strength 1."""

    value: Callable[[Array], Array] = field(kw_only=True)


OPTIMIZERS = Registry[Rule]("optimizer", "hpsearch.nn")
#: Rules that run first, on the gradient of the loss, in this order, where their hyperparameter is not zero.
CLIPS: dict[str, Rule] = {}
#: Rules that run after these and before the optimizer, in this order, where their hyperparameter is not zero
#: and not the optimizer's own (adamw's weight decay never enters the gradient).
PENALTIES: dict[str, Penalty] = {}
#: What `l1` rounds the kink of |w| with, inside the root.
L1_EPSILON = 1e-8


def _clip_columns(steps: Array, limit: Array) -> Sequence[Array]:  # noqa: ARG001
    """Zero means no limit, so that a row without one can share a stack with rows that have one."""
    return (np.where(limit == 0, np.inf, limit),)


def _clip_value(arrays: Arrays, limit: Array) -> None:
    """G = min(max(G, -c), c), each number by itself (Mikolov, 2012)."""
    np.clip(arrays.gradients, -limit, limit, out=arrays.gradients)


def _clip_norm(arrays: Arrays, limit: Array) -> None:
    """G *= min(1, c / |G|), |G| over all learned parameters of a network (Pascanu et al., 2013)."""
    np.multiply(arrays.gradients, arrays.gradients, out=arrays.scratch)
    norm = np.sqrt(np.add.reduce(arrays.scratch, axis=1, keepdims=True))
    bound = np.minimum(limit, np.finfo(norm.dtype).max)
    factor = bound / np.maximum(norm, bound)
    np.copyto(factor, 1, where=np.isinf(limit))  # a row without a limit stays as it is, however it explodes
    np.multiply(arrays.gradients, factor, out=arrays.gradients)


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


def _sgd(arrays: Arrays, lr: Array) -> None:
    """P -= lr G (Robbins and Monro, 1951)."""
    np.multiply(arrays.gradients, lr, out=arrays.gradients)
    np.subtract(arrays.parameters, arrays.gradients, out=arrays.parameters)


def _momentum(arrays: Arrays, lr: Array, momentum: Array) -> None:
    """V = momentum V + G; P -= lr V (Polyak, 1964), in the form in which a change of lr acts at once."""
    velocity = arrays.slots["velocity"]
    np.multiply(velocity, momentum, out=velocity)
    np.add(velocity, arrays.gradients, out=velocity)
    np.multiply(velocity, lr, out=arrays.scratch)
    np.subtract(arrays.parameters, arrays.scratch, out=arrays.parameters)


def _nesterov(arrays: Arrays, lr: Array, momentum: Array) -> None:
    """V = momentum V + G; P -= lr (G + momentum V) (Nesterov, 1983; Sutskever et al., 2013)."""
    velocity = arrays.slots["velocity"]
    np.multiply(velocity, momentum, out=velocity)
    np.add(velocity, arrays.gradients, out=velocity)
    np.multiply(velocity, momentum, out=arrays.scratch)
    np.add(arrays.scratch, arrays.gradients, out=arrays.scratch)
    np.multiply(arrays.scratch, lr, out=arrays.scratch)
    np.subtract(arrays.parameters, arrays.scratch, out=arrays.parameters)


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


def _half_square(W: Array) -> Array:
    total: Array = np.square(W).sum(axis=1) / 2
    return total


def _smooth_absolute(W: Array) -> Array:
    total: Array = np.sqrt(np.square(W) + L1_EPSILON).sum(axis=1)
    return total


CLIPS["clip_value"] = Rule(("clip_value",), _clip_value, columns=_clip_columns)
CLIPS["clip_norm"] = Rule(("clip_norm",), _clip_norm, columns=_clip_columns)
PENALTIES["weight_decay"] = Penalty(("weight_decay",), _weight_decay, value=_half_square)
PENALTIES["l1"] = Penalty(("l1",), _l1, value=_smooth_absolute)
OPTIMIZERS.register("sgd")(Rule(("lr",), _sgd))
OPTIMIZERS.register("momentum")(Rule(("lr", "momentum"), _momentum, ("velocity",)))
OPTIMIZERS.register("nesterov")(Rule(("lr", "momentum"), _nesterov, ("velocity",)))
OPTIMIZERS.register("adagrad")(Rule(("lr", "epsilon"), _adagrad, ("square",)))
OPTIMIZERS.register("rmsprop")(Rule(("lr", "beta2", "epsilon"), _rmsprop, ("square",), _rmsprop_columns))
OPTIMIZERS.register("adamw")(
    Rule(("lr", "beta1", "beta2", "epsilon", "weight_decay"), _adamw, ("mean", "square"), _adamw_columns)
)
OPTIMIZERS.register("adam")(
    Rule(("lr", "beta1", "beta2", "epsilon"), _adam, ("mean", "square"), _adam_columns)
)
