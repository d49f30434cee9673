"""Rectifiers whose slope below zero is not fixed: prelu learns it, rrelu draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hpsearch.core.deferred import np
from hpsearch.nn.activations.base import ACTIVATIONS
from hpsearch.nn.buffers import Room
from hpsearch.nn.layers import Backward, Forward, no_backward
from hpsearch.nn.parameters import Array, Parameter, Views

#: The slope that prelu starts from.
FIRST_SLOPE = 0.25
#: Between which rrelu draws, in the paper's best setting; a test takes the middle.
LOWEST, HIGHEST = 1 / 8, 1 / 3


@ACTIVATIONS.register("prelu", place=5)
@dataclass(frozen=True)
class PReLU:
    """max(z, 0) + slope min(z, 0), one learned slope for each unit, not decayed (He et al., 2015)."""

    width: int

    def parameters(self) -> Sequence[Parameter]:
        """A slope (O,)."""
        return (Parameter("slope", (self.width,), "offset", lambda *_: np.full(self.width, FIRST_SLOPE)),)

    def bind(self, values: Views, gradients: Views, room: Room) -> Forward:
        """Forward leaves Z alone, backward overwrites dA with dZ."""
        slope_K1O = values["slope"][:, None, :]
        A_KBO, below = room.empty(self.width), room.empty(self.width)
        backward = _learn(self.width, slope_K1O, gradients, room) if room.training else no_backward

        def forward(Z_KBO: Array) -> tuple[Array, Backward]:
            np.minimum(Z_KBO, 0, out=below)
            np.multiply(below, slope_K1O, out=A_KBO)
            np.subtract(Z_KBO, below, out=Z_KBO)  # an activation may: nothing reads this buffer again
            np.add(A_KBO, Z_KBO, out=A_KBO)
            return A_KBO, lambda dA_KBO: backward(below, dA_KBO)

        return forward


def _learn(width: int, slope_K1O: Array, gradients: Views, room: Room) -> Callable[[Array, Array], Array]:
    dslope_K1O = gradients["slope"][:, None, :]
    ones_1B = np.ones((1, room.batch), room.dtype)
    scratch, mask = room.scratch(width), room.mask(width)

    def backward(below: Array, dA_KBO: Array) -> Array:
        np.multiply(dA_KBO, below, out=scratch)
        np.matmul(ones_1B, scratch, out=dslope_K1O)
        np.less(below, 0, out=mask)
        np.multiply(dA_KBO, slope_K1O, out=dA_KBO, where=mask)
        return dA_KBO

    return backward


@ACTIVATIONS.register("rrelu", place=4)
@dataclass(frozen=True)
class RReLU:
    """max(z, 0) + a min(z, 0), a drawn from U(1/8, 1/3) for each unit and example (Xu et al., 2015).

    All networks of a stack draw the same; a test takes the mean of the bounds.
    """

    width: int

    def parameters(self) -> Sequence[Parameter]:
        """None."""
        return ()

    def bind(self, values: Views, gradients: Views, room: Room) -> Forward:  # noqa: ARG002
        """Forward and backward work in place."""
        scratch = room.scratch(self.width)
        slope = room.common(self.width, (LOWEST + HIGHEST) / 2)
        mask = room.mask(self.width)
        draw = room.uniform(self.width) if room.training else None

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
