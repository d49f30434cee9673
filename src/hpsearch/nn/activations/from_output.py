"""Activations whose slope follows from their output, so that they work in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.nn.activations.base import ACTIVATIONS
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.layers import Backward, Forward
from hpsearch.nn.parameters import Array, ParameterArray, Views


class Spare(Struct, frozen=True):
    """Buffers (K, B, O) beside the activation's own: zeros to read, scratch and mask to overwrite."""

    zeros: Array
    scratch: Array
    mask: Array


#: The slope of leaky relu on the negative side (Maas et al., 2013).
LEAK = 0.01
#: Mean 0 and variance 1 are a fixed point of selu with these (Klambauer et al., 2017).
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
#: `(Z_KBO, spare)` turns Z into the activation A.
Apply: TypeAlias = Callable[[Array, Spare], object]
#: `(dA_KBO, A_KBO, spare)` turns dA into dZ, given the activation A.
Derive: TypeAlias = Callable[[Array, Array, Spare], object]


class FromOutput(Struct, frozen=True):
    """An activation whose derivative follows from its output, so that its input need not be kept."""

    apply: Apply
    derive: Derive
    width: int

    def parameters(self) -> Sequence[ParameterArray]:
        """None."""
        return ()

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:  # noqa: ARG002
        """Forward overwrites Z with A, backward overwrites dA with dZ."""
        spare = Spare(buffers.zeros(self.width), buffers.scratch(self.width), buffers.mask(self.width))

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
    """max(z, 0) (Nair and Hinton, 2010)."""
    np.maximum(Z, spare.zeros, out=Z)


def _relu_gradient(dA: Array, A: Array, spare: Spare) -> None:
    np.greater(A, 0, out=spare.mask)
    np.multiply(dA, spare.mask, out=dA)


def _tanh(Z: Array, spare: Spare) -> None:  # noqa: ARG001
    """(exp 2z - 1) / (exp 2z + 1) (LeCun et al., 1998)."""
    np.tanh(Z, out=Z)


def _tanh_gradient(dA: Array, A: Array, spare: Spare) -> None:
    np.multiply(A, A, out=spare.scratch)
    np.subtract(1, spare.scratch, out=spare.scratch)
    np.multiply(dA, spare.scratch, out=dA)


def _sigmoid(Z: Array, spare: Spare) -> None:  # noqa: ARG001
    """1 / (1 + exp -z) (Rumelhart et al., 1986)."""
    # (1 + tanh(z / 2)) / 2 is the same function, cannot overflow, and tanh is twice as fast as exp.
    np.multiply(Z, 0.5, out=Z)
    np.tanh(Z, out=Z)
    np.multiply(Z, 0.5, out=Z)
    np.add(Z, 0.5, out=Z)


def _sigmoid_gradient(dA: Array, A: Array, spare: Spare) -> None:
    np.subtract(1, A, out=spare.scratch)
    np.multiply(spare.scratch, A, out=spare.scratch)
    np.multiply(dA, spare.scratch, out=dA)


def _leaky_relu(Z: Array, spare: Spare) -> None:
    """max(z, 0.01 z) (Maas et al., 2013)."""
    np.multiply(Z, LEAK, out=spare.scratch)
    np.maximum(Z, spare.scratch, out=Z)


def _leaky_relu_gradient(dA: Array, A: Array, spare: Spare) -> None:
    np.less_equal(A, 0, out=spare.mask)
    np.multiply(dA, LEAK, out=dA, where=spare.mask)


def _elu(Z: Array, spare: Spare) -> None:
    """Z above zero, exp z - 1 below (Clevert et al., 2016)."""
    # The exponential of the whole array: cheaper than picking, and a huge z cannot overflow.
    np.minimum(Z, 0, out=spare.scratch)
    np.expm1(spare.scratch, out=spare.scratch)
    np.maximum(Z, 0, out=Z)
    np.add(Z, spare.scratch, out=Z)


def _elu_gradient(dA: Array, A: Array, spare: Spare) -> None:
    """1 above zero; exp z = a + 1 below."""
    np.minimum(A, 0, out=spare.scratch)
    np.add(spare.scratch, 1, out=spare.scratch)
    np.multiply(dA, spare.scratch, out=dA)


def _selu(Z: Array, spare: Spare) -> None:
    """1.0507 z above zero, 1.0507 * 1.6733 (exp z - 1) below (Klambauer et al., 2017)."""
    np.minimum(Z, 0, out=spare.scratch)
    np.expm1(spare.scratch, out=spare.scratch)
    np.multiply(spare.scratch, SELU_SCALE * SELU_ALPHA, out=spare.scratch)
    np.maximum(Z, 0, out=Z)
    np.multiply(Z, SELU_SCALE, out=Z)
    np.add(Z, spare.scratch, out=Z)


def _selu_gradient(dA: Array, A: Array, spare: Spare) -> None:
    """Scale above zero; scale alpha exp z = a + scale alpha below."""
    np.add(A, SELU_SCALE * SELU_ALPHA, out=spare.scratch)
    np.greater(A, 0, out=spare.mask)
    np.copyto(spare.scratch, SELU_SCALE, where=spare.mask)
    np.multiply(dA, spare.scratch, out=dA)


ACTIVATIONS.register("sigmoid", place=0)(partial(FromOutput, _sigmoid, _sigmoid_gradient))
ACTIVATIONS.register("tanh", place=1)(partial(FromOutput, _tanh, _tanh_gradient))
ACTIVATIONS.register("relu", place=2)(partial(FromOutput, _relu, _relu_gradient))
ACTIVATIONS.register("leaky_relu", place=3)(partial(FromOutput, _leaky_relu, _leaky_relu_gradient))
ACTIVATIONS.register("elu", place=6)(partial(FromOutput, _elu, _elu_gradient))
ACTIVATIONS.register("selu", place=7)(partial(FromOutput, _selu, _selu_gradient))
