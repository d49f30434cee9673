from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from hpsearch.nn.buffers import Buffers
from hpsearch.nn.gradient_check import gradient_check
from hpsearch.nn.layers import Backward, Forward, Layer
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.parameters import Array, ParameterArray, Views


class HalfGradient(Struct, frozen=True):
    """A wrong layer: the identity, whose backward forgets half of the gradient."""

    def parameters(self) -> Sequence[ParameterArray]:
        return ()

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:
        def forward(X: Array) -> tuple[Array, Backward]:
            return X, lambda dY: dY * 0.5

        return forward


class WrongNetwork(Network, frozen=True):
    @property
    def layers(self) -> Sequence[Layer]:
        return [
            *Network(self.architecture).layers[:-1],
            HalfGradient(),
            Network(self.architecture).layers[-1],
        ]


ARCHITECTURE = Architecture(4, (5,), 3, "tanh")
X, Y = np.random.default_rng(0).normal(size=(6, 4)), np.array([0, 1, 2, 0, 1, 2])


def test_a_right_gradient_passes_and_every_parameter_is_named() -> None:
    check = gradient_check(Network(ARCHITECTURE), X, Y)
    assert check.passed, check
    assert set(check.names) == set(Network(ARCHITECTURE).layout.names())


def test_a_wrong_gradient_is_shown_beside_the_numeric_one() -> None:
    check = gradient_check(WrongNetwork(ARCHITECTURE), X, Y)
    assert not check.passed
    worst = f"{check.names[0]:<24} {check.analytic[0]:>14.6e} {check.numeric[0]:>14.6e}"
    assert "FAILED" in str(check)
    assert worst in str(check)
    np.testing.assert_allclose(check.analytic[0] * 2, check.numeric[0], rtol=1e-5)


def test_limit_bounds_the_work() -> None:
    assert len(gradient_check(Network(ARCHITECTURE), X, Y, limit=7).names) == 7
