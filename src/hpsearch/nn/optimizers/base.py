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

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.core.registry import Registry, instance_of
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


class Rule(Struct, frozen=True):
    """One piece of an update: the names of its hyperparameters and slots, and its functions."""

    hyper: tuple[str, ...]
    update: Update
    slots: tuple[str, ...] = ()
    columns: Columns = _as_given


class Penalty(Rule, frozen=True, kw_only=True):
    """A rule that adds the slope of a term of the loss; `value` is that term, (K, P) -> (K,), for strength 1."""

    value: Callable[[Array], Array]


OPTIMIZERS = Registry[Rule]("optimizer", "hpsearch.nn.optimizers", group="optimizers", fits=instance_of(Rule))
