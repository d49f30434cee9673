"""Rectifiers whose slope below zero is not fixed: prelu learns it, rrelu draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.nn.activations.base import ACTIVATIONS
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.layers import Backward, Forward, no_backward
from hpsearch.nn.parameters import Array, ParameterArray, Views

#: The slope that prelu starts from.
FIRST_SLOPE = 0.25
#: Between which rrelu draws, in the paper's best setting; a test takes the middle.
LOWEST, HIGHEST = 1 / 8, 1 / 3


@ACTIVATIONS.register("prelu", place=5)
class PReLU(Struct, frozen=True):
    """max(z, 0) + slope min(z, 0), one learned slope for each unit, not decayed (He et al., 2015)."""

    width: int

    def parameters(self) -> Sequence[ParameterArray]:
        """A slope (O,)."""
        return (
            ParameterArray("slope", (self.width,), "offset", lambda *_: np.full(self.width, FIRST_SLOPE)),
        )

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:
        """Forward leaves Z alone, backward overwrites dA with dZ."""
        slope_K1O = values["slope"][:, None, :]
        A_KBO, below = buffers.empty(self.width), buffers.empty(self.width)
        backward = _learn(self.width, slope_K1O, gradients, buffers) if buffers.training else no_backward

        def forward(Z_KBO: Array) -> tuple[Array, Backward]:
            np.minimum(Z_KBO, 0, out=below)
            np.multiply(below, slope_K1O, out=A_KBO)
            np.subtract(Z_KBO, below, out=Z_KBO)  # an activation may: nothing reads this buffer again
            np.add(A_KBO, Z_KBO, out=A_KBO)
            return A_KBO, lambda dA_KBO: backward(below, dA_KBO)

        return forward


def _learn(
    width: int, slope_K1O: Array, gradients: Views, buffers: Buffers
) -> Callable[[Array, Array], Array]:
    dslope_K1O = gradients["slope"][:, None, :]
    ones_1B = np.ones((1, buffers.batch), buffers.dtype)
    scratch, mask = buffers.scratch(width), buffers.mask(width)

    def backward(below: Array, dA_KBO: Array) -> Array:
        np.multiply(dA_KBO, below, out=scratch)
        np.matmul(ones_1B, scratch, out=dslope_K1O)
        np.less(below, 0, out=mask)
        np.multiply(dA_KBO, slope_K1O, out=dA_KBO, where=mask)
        return dA_KBO

    return backward


@ACTIVATIONS.register("rrelu", place=4)
class RReLU(Struct, frozen=True):
    """max(z, 0) + a min(z, 0), a drawn from U(1/8, 1/3) for each unit and example (Xu et al., 2015).

    All networks of a stack draw the same; a test takes the mean of the bounds.
    """

    width: int

    def parameters(self) -> Sequence[ParameterArray]:
        """None."""
        return ()

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:  # noqa: ARG002
        """Forward and backward work in place."""
        scratch = buffers.scratch(self.width)
        slope = buffers.common(self.width, (LOWEST + HIGHEST) / 2)
        mask = buffers.mask(self.width)
        draw = buffers.uniform(self.width) if buffers.training else None

        def forward(Z_KBO: Array) -> tuple[Array, Backward]:
            if draw is not None:
                np.multiply(draw(), HIGHEST - LOWEST, out=slope)
                np.add(slope, LOWEST, out=slope)
            np.multiply(Z_KBO, slope, out=scratch)
            np.maximum(Z_KBO, scratch, out=Z_KBO)
            return Z_KBO, backward_from(Z_KBO)

        def backward_from(A_KBO: Array) -> Backward:
            def backward(dA_KBO: Array) -> Array:
                np.less_equal(A_KBO, 0, out=mask)
                np.multiply(dA_KBO, slope, out=dA_KBO, where=mask)
                return dA_KBO

            return backward

        return forward
