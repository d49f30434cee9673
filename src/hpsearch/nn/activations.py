"""Activations: layers of any width, by name. They work in place on the buffer they are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from hpsearch.nn.layers import Backward, Forward, Layer
from hpsearch.nn.parameters import Array, Parameter, Views
from hpsearch.nn.room import Room
from hpsearch.registry import Registry

#: name -> a function of the number of units O that gives the layer.
ACTIVATIONS = Registry[Callable[[int], Layer]]("activation", "hpsearch.nn")


@dataclass(frozen=True, slots=True)
class Spare:
    """Buffers (K, B, O) beside the activation's own: zeros to read, scratch and mask to overwrite."""

    zeros: Array
    scratch: Array
    mask: Array


#: `(Z_KBO, spare)` turns Z into the activation A.
Apply: TypeAlias = Callable[[Array, Spare], object]
#: `(dA_KBO, A_KBO, spare)` turns dA into dZ, given the activation A.
Derive: TypeAlias = Callable[[Array, Array, Spare], object]


@dataclass(frozen=True)
class FromOutput:
    """An activation whose derivative follows from its output, so that its input need not be kept."""

    apply: Apply
    derive: Derive
    width: int

    def parameters(self) -> Sequence[Parameter]:
        """None."""
        return ()

    def bind(self, values: Views, gradients: Views, room: Room) -> Forward:  # noqa: ARG002
        """Forward overwrites Z with A, backward overwrites dA with dZ."""
        spare = Spare(room.zeros(self.width), room.scratch(self.width), room.mask(self.width))

        def forward(Z_KBO: Array) -> tuple[Array, Backward]:
            self.apply(Z_KBO, spare)
            return Z_KBO, backward_from(Z_KBO)

        def backward_from(A_KBO: Array) -> Backward:
            def backward(dA_KBO: Array) -> Array:
                self.derive(dA_KBO, A_KBO, spare)
                return dA_KBO

            return backward

        return forward


def _relu(Z: Array, spare: Spare) -> None:
    np.maximum(Z, spare.zeros, out=Z)


def _relu_gradient(dA: Array, A: Array, spare: Spare) -> None:
    np.greater(A, 0, out=spare.mask)
    np.multiply(dA, spare.mask, out=dA)


def _tanh(Z: Array, spare: Spare) -> None:  # noqa: ARG001
    np.tanh(Z, out=Z)


def _tanh_gradient(dA: Array, A: Array, spare: Spare) -> None:
    np.multiply(A, A, out=spare.scratch)
    np.subtract(1, spare.scratch, out=spare.scratch)
    np.multiply(dA, spare.scratch, out=dA)


def _sigmoid(Z: Array, spare: Spare) -> None:  # noqa: ARG001
    # (1 + tanh(z / 2)) / 2 is the same function, cannot overflow, and tanh is twice as fast as exp.
    np.multiply(Z, 0.5, out=Z)
    np.tanh(Z, out=Z)
    np.multiply(Z, 0.5, out=Z)
    np.add(Z, 0.5, out=Z)


def _sigmoid_gradient(dA: Array, A: Array, spare: Spare) -> None:
    np.subtract(1, A, out=spare.scratch)
    np.multiply(spare.scratch, A, out=spare.scratch)
    np.multiply(dA, spare.scratch, out=dA)


ACTIVATIONS.register("relu")(partial(FromOutput, _relu, _relu_gradient))
ACTIVATIONS.register("tanh")(partial(FromOutput, _tanh, _tanh_gradient))
ACTIVATIONS.register("sigmoid")(partial(FromOutput, _sigmoid, _sigmoid_gradient))
