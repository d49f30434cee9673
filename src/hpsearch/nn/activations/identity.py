"""No activation at all: the network is linear in its inputs, whatever its layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.nn.activations.base import ACTIVATIONS
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.layers import Backward, Forward
from hpsearch.nn.parameters import Array, ParameterArray, Views


@ACTIVATIONS.register("identity", place=10)
@dataclass(frozen=True)
class Identity:
    """z (Rosenblatt, 1958): logistic or linear regression, of low rank where a hidden layer is narrow."""

    width: int

    def parameters(self) -> Sequence[ParameterArray]:
        """None."""
        return ()

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:  # noqa: ARG002
        """Forward and backward leave arrays as they are."""

        def forward(Z_KBO: Array) -> tuple[Array, Backward]:
            return Z_KBO, lambda dA_KBO: dA_KBO

        return forward
