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

from hpsearch.nn.parameters import Array
from hpsearch.registry import Registry


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


OPTIMIZERS = Registry[Rule]("optimizer", "hpsearch.nn")
#: Rules that run before the optimizer, in this order, where their hyperparameter is given and not zero.
PENALTIES: dict[str, Rule] = {}


def _weight_decay(arrays: Arrays, strength: Array) -> None:
    """G += lambda W, on weights only (L2 regularisation)."""
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


PENALTIES["weight_decay"] = Rule(("weight_decay",), _weight_decay)
OPTIMIZERS.register("sgd")(Rule(("lr",), _sgd))
OPTIMIZERS.register("momentum")(Rule(("lr", "momentum"), _momentum, ("velocity",)))
OPTIMIZERS.register("nesterov")(Rule(("lr", "momentum"), _nesterov, ("velocity",)))
OPTIMIZERS.register("adam")(
    Rule(("lr", "beta1", "beta2", "epsilon"), _adam, ("mean", "square"), _adam_columns)
)


@dataclass(frozen=True)
class Chain:
    """Rules one after the other, with the hyperparameters (K, 1) float64 of one stack."""

    rules: Sequence[Rule]
    hyper: Mapping[str, Array]

    def columns(
        self, done: int, steps: int, rows: int, dtype: np.dtype[np.floating]
    ) -> list[list[list[Array]]]:
        """For each of the next `steps` steps after `done`, for each rule, its columns (K, 1) in `dtype`."""
        numbers = np.arange(done + 1, done + steps + 1, dtype=np.float64)[:, None, None]
        table = []
        for rule in self.rules:
            given = rule.columns(numbers, *(self.hyper[name] for name in rule.hyper))
            table.append([np.broadcast_to(column, (steps, rows, 1)).astype(dtype) for column in given])
        return [[[column[step] for column in columns] for columns in table] for step in range(steps)]

    def update(self, arrays: Arrays, columns: Sequence[Sequence[Array]]) -> None:
        """One step of every rule, in place; `columns` is one element of what `columns()` gave."""
        for rule, own in zip(self.rules, columns, strict=True):
            rule.update(arrays, *own)
