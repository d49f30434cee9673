"""Optimizers with one step for all parameters."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.optimizers.base import OPTIMIZERS, Arrays, Rule
from hpsearch.nn.parameters import Array


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


OPTIMIZERS.register("sgd", place=0)(Rule(("lr",), _sgd))
OPTIMIZERS.register("momentum", place=1)(Rule(("lr", "momentum"), _momentum, ("velocity",)))
OPTIMIZERS.register("nesterov", place=2)(Rule(("lr", "momentum"), _nesterov, ("velocity",)))
