"""Layers: what parameters they have, and the forward pass that returns its own backward pass.

A layer is a description. `bind` ties it to the views of one stack and to the buffers of one batch size and
gives `forward`; `forward(X_KBI)` gives (Y_KBO, backward); `backward(dY_KBO)` writes the layer's parameter
gradients and gives dX_KBI. Buffers are reused: Y is valid until the next forward,
dX until the backward after.

Who may overwrite what: `backward` may overwrite dY. Only an activation may work in place on its input (no
layer before it reads its own output again); every other layer leaves its input alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.initializers import Initializer
from hpsearch.nn.parameters import Array, ParameterArray, Views

Backward: TypeAlias = Callable[[Array], Array]
Forward: TypeAlias = Callable[[Array], tuple[Array, Backward]]


class Layer(Protocol):
    """A layer of the network, without any array."""

    def parameters(self) -> Sequence[ParameterArray]:
        """What it needs to keep in the stack; may be empty."""
        ...

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:
        """The forward pass on these parameters (K, ...) and buffers."""
        ...


class Dense(Struct, frozen=True):
    """Y = X W + b. `first`: the inputs are data, (B, I) for all K or (K, B, I), and need no gradient.

    `last`: the outputs lie class-major (see `Buffers.class_major`). `biased`: whether there is a b.
    """

    inputs: int
    outputs: int
    draw: Initializer
    first: bool = False
    last: bool = False
    biased: bool = True

    def parameters(self) -> Sequence[ParameterArray]:
        """A weight (I, O) and, if biased, a bias (O,) that starts at zero."""
        shape = (self.inputs, self.outputs)
        weight = ParameterArray("weight", shape, "weight", lambda rng, start: self.draw(rng, *shape, start))
        bias = ParameterArray("bias", (self.outputs,), "offset", lambda *_: np.zeros(self.outputs))
        return (weight, bias) if self.biased else (weight,)

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:
        """One BLAS product per network and array: K networks give the bits that each gives alone."""
        W_KIO = values["weight"]
        b_K1O = values["bias"][:, None, :] if self.biased else None
        W_KOI = W_KIO.transpose(0, 2, 1)
        Y_KBO = buffers.class_major(self.outputs) if self.last else buffers.empty(self.outputs)
        backward = self._backward(W_KOI, gradients, buffers) if buffers.training else no_backward

        def forward(X_KBI: Array) -> tuple[Array, Backward]:
            np.matmul(X_KBI, W_KIO, out=Y_KBO)
            if b_K1O is not None:
                np.add(Y_KBO, b_K1O, out=Y_KBO)
            return Y_KBO, lambda dY_KBO: backward(X_KBI, dY_KBO)

        return forward

    def _backward(self, W_KOI: Array, gradients: Views, buffers: Buffers) -> Callable[[Array, Array], Array]:
        dW_KIO = gradients["weight"]
        db_K1O = gradients["bias"][:, None, :] if self.biased else None
        dX_KBI = None if self.first else buffers.gradient(self.inputs)
        ones_1B = np.ones((1, buffers.batch), buffers.dtype)  # a product sums a column faster than sum

        def backward(X_KBI: Array, dY_KBO: Array) -> Array:
            np.matmul(X_KBI.swapaxes(-1, -2), dY_KBO, out=dW_KIO)
            if db_K1O is not None:
                np.matmul(ones_1B, dY_KBO, out=db_K1O)
            return dY_KBO if dX_KBI is None else np.matmul(dY_KBO, W_KOI, out=dX_KBI)

        return backward


class Stages(Struct, frozen=True):
    """Layers one after the other, as one: their parameters have different names."""

    parts: tuple[Layer, ...]

    def parameters(self) -> Sequence[ParameterArray]:
        """Those of all parts."""
        return [parameter for part in self.parts for parameter in part.parameters()]

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:
        """Forward through the parts, backward through them in turn."""
        forwards = [part.bind(values, gradients, buffers) for part in self.parts]

        def forward(X: Array) -> tuple[Array, Backward]:
            backwards = []
            for through in forwards:
                X, back = through(X)
                backwards.append(back)

            def backward(dY: Array) -> Array:
                for back in reversed(backwards):
                    dY = back(dY)
                return dY

            return X, backward

        return forward


def no_backward(X_KBI: Array, dY_KBO: Array) -> Array:  # noqa: ARG001
    """What stands for the backward pass of an evaluation: ValueError."""
    raise ValueError("this pass was bound for evaluation (training=False) and has no backward")
