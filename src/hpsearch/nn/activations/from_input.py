"""Activations whose slope needs their input, which is kept: gelu and silu."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.nn.activations.base import ACTIVATIONS
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.layers import Backward, Forward
from hpsearch.nn.parameters import Array, ParameterArray, Views

#: `(Z_KBO, A_KBO, scratch)` writes A.
Apply: TypeAlias = Callable[[Array, Array, Array], object]
#: `(dA_KBO, Z_KBO, scratch, other scratch)` turns dA into dZ.
Derive: TypeAlias = Callable[[Array, Array, Array, Array], object]


class FromInput(Struct, frozen=True):
    """An activation whose derivative follows from its input."""

    apply: Apply
    derive: Derive
    width: int

    def parameters(self) -> Sequence[ParameterArray]:
        """None."""
        return ()

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:  # noqa: ARG002
        """Forward leaves Z alone, backward overwrites dA with dZ."""
        A_KBO, scratch, other = (
            buffers.empty(self.width),
            buffers.scratch(self.width),
            buffers.scratch(self.width, 1),
        )

        def forward(Z_KBO: Array) -> tuple[Array, Backward]:
            self.apply(Z_KBO, A_KBO, scratch)
            return A_KBO, backward_from(Z_KBO)

        def backward_from(Z_KBO: Array) -> Backward:
            def backward(dA_KBO: Array) -> Array:
                self.derive(dA_KBO, Z_KBO, scratch, other)
                return dA_KBO

            return backward

        return forward


def _sigmoid(Z: Array, out: Array) -> None:
    np.multiply(Z, 0.5, out=out)
    np.tanh(out, out=out)
    np.multiply(out, 0.5, out=out)
    np.add(out, 0.5, out=out)


def _silu(Z: Array, A: Array, scratch: Array) -> None:
    """Z sigmoid(z), also called swish (Elfwing et al., 2018)."""
    _sigmoid(Z, scratch)
    np.multiply(Z, scratch, out=A)


def _silu_gradient(dA: Array, Z: Array, scratch: Array, other: Array) -> None:
    """S (1 + z (1 - s)) with s = sigmoid(z)."""
    _sigmoid(Z, scratch)
    np.subtract(1, scratch, out=other)
    np.multiply(other, Z, out=other)
    np.add(other, 1, out=other)
    np.multiply(other, scratch, out=other)
    np.multiply(dA, other, out=dA)


#: gelu is z Phi(z); here Phi(z) = (1 + tanh(a (z + b z^3))) / 2, within 0.0005 of it and without erf.
_A, _B = math.sqrt(2 / math.pi), 0.044715


def _inner(Z: Array, out: Array) -> None:
    """tanh(a (z + b z^3))."""
    np.multiply(Z, Z, out=out)
    np.multiply(out, _B, out=out)
    np.add(out, 1, out=out)
    np.multiply(out, Z, out=out)
    np.multiply(out, _A, out=out)
    np.tanh(out, out=out)


def _gelu(Z: Array, A: Array, scratch: Array) -> None:
    """Z (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))) / 2 (Hendrycks and Gimpel, 2016)."""
    _inner(Z, scratch)
    np.add(scratch, 1, out=scratch)
    np.multiply(scratch, 0.5, out=scratch)
    np.multiply(Z, scratch, out=A)


def _gelu_gradient(dA: Array, Z: Array, scratch: Array, other: Array) -> None:
    """(1 + t) / 2 + z (1 - t^2) a (1 + 3 b z^2) / 2, t the hyperbolic tangent above."""
    np.multiply(Z, Z, out=other)
    np.multiply(other, 3 * _B, out=other)
    np.add(other, 1, out=other)
    np.multiply(other, Z, out=other)
    np.multiply(other, _A, out=other)
    _inner(Z, scratch)
    # (1 + t) (1 + (1 - t) z a (1 + 3 b z^2)) / 2 is the same, with one array less.
    np.subtract(other, np.multiply(other, scratch), out=other)
    np.add(other, 1, out=other)
    np.add(scratch, 1, out=scratch)
    np.multiply(other, scratch, out=other)
    np.multiply(other, 0.5, out=other)
    np.multiply(dA, other, out=dA)


ACTIVATIONS.register("gelu", place=8)(partial(FromInput, _gelu, _gelu_gradient))
ACTIVATIONS.register("silu", place=9)(partial(FromInput, _silu, _silu_gradient))
