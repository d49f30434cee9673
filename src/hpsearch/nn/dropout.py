"""Dropout: in training, each unit is left out by chance.

All networks of a stack share the numbers drawn for a step, and each compares them with a rate of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from hpsearch.nn.activations.from_output import SELU_ALPHA, SELU_SCALE
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.layers import Backward, Forward
from hpsearch.nn.parameters import Array, ParameterArray, Views

#: What selu gives for a very negative input, and alpha dropout for a unit that is left out.
_SATURATED = -SELU_SCALE * SELU_ALPHA


def _untouched(X: Array) -> tuple[Array, Backward]:
    return X, lambda dY: dY


def _rate(buffers: Buffers, name: str) -> Array:
    """(K, 1, 1). Zeros draw, too: what later layers draw must not depend on the rates of other rows."""
    rate = buffers.column(name)
    return np.zeros((buffers.rows, 1, 1)) if rate is None else rate


class Dropout(Struct, frozen=True):
    """Y = X mask / (1 - rate), with a mask of 1 by chance 1 - rate (Srivastava et al., 2014); a test takes X.

    Inverted: what is left is scaled in training. `rate` is the hyperparameter that holds the rate. `first`: the
    inputs are data, (B, I) for all K, and need no gradient.
    """

    width: int
    rate: str = "dropout"
    first: bool = False

    def parameters(self) -> Sequence[ParameterArray]:
        """None."""
        return ()

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:  # noqa: ARG002
        """Forward leaves X alone, backward overwrites dY with dX."""
        if not buffers.training:
            return _untouched
        rate = _rate(buffers, self.rate)
        keep = (1 / (1 - rate)).astype(buffers.dtype)
        forward = _masked(self.width, rate, keep, None, buffers)
        return (lambda X: (forward(X)[0], lambda dY: dY)) if self.first else forward


class AlphaDropout(Struct, frozen=True):
    """Y = a (X mask + s (1 - mask)) + b, s = -1.0507 * 1.6733; a and b keep mean 0 and variance 1.

    With keep probability q, a = (q + s^2 q (1 - q))^-1/2 and b = -a s (1 - q) (Klambauer et al., 2017). For selu.
    """

    width: int

    def parameters(self) -> Sequence[ParameterArray]:
        """None."""
        return ()

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:  # noqa: ARG002
        """Forward leaves X alone, backward overwrites dY with dX."""
        if not buffers.training:
            return _untouched
        rate = _rate(buffers, "alpha_dropout")
        keep = 1 / np.sqrt((1 - rate) * (1 + _SATURATED**2 * rate))
        left_out, shift = keep * _SATURATED, -keep * _SATURATED * rate
        columns = (left_out.astype(buffers.dtype), shift.astype(buffers.dtype))
        return _masked(self.width, rate, keep.astype(buffers.dtype), columns, buffers)


def _masked(
    width: int, rate: Array, scale: Array, filling: tuple[Array, Array] | None, buffers: Buffers
) -> Forward:
    """Y = scale X mask, plus what `filling` says: (in place of what is left out, added to all)."""
    draw: Callable[[], Array] = buffers.uniform(width)
    rate, scale = buffers.alike(rate, scale)
    mask, factor = buffers.own_mask(width, len(rate)), buffers.empty(width, len(rate))
    Y_KBO, scratch = buffers.empty(width), buffers.scratch(width)
    lowest = rate.astype(np.float32)

    def forward(X: Array) -> tuple[Array, Backward]:
        np.greater_equal(draw(), lowest, out=mask)
        np.multiply(mask, scale, out=factor)
        np.multiply(X, factor, out=Y_KBO)
        if filling is not None:
            left_out, shift = filling
            np.subtract(1, mask, out=scratch)
            np.multiply(scratch, left_out, out=scratch)
            np.add(Y_KBO, scratch, out=Y_KBO)
            np.add(Y_KBO, shift, out=Y_KBO)
        return Y_KBO, backward

    def backward(dY_KBO: Array) -> Array:
        np.multiply(dY_KBO, factor, out=dY_KBO)
        return dY_KBO

    return forward
