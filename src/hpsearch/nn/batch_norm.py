"""Batch normalization, in training and in tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from hpsearch.nn.buffers import Buffers
from hpsearch.nn.layers import Backward, Forward, no_backward
from hpsearch.nn.parameters import Array, ParameterArray, Views

#: Added to the variance, inside the root.
EPSILON = 1e-5
#: What the running statistics keep of themselves in a step.
DECAY = 0.9


class BatchNorm(Struct, frozen=True):
    """Y = gamma (X - mean) / sqrt(variance + 1e-5) + beta, for each unit by itself (Ioffe and Szegedy, 2015).

    In training, mean and variance are those of the batch; their running averages, M = 0.9 M + 0.1 mean, and the
    same of the unbiased variance, take their place in a test. A batch has at least 2 examples.
    """

    width: int

    def parameters(self) -> Sequence[ParameterArray]:
        """Gamma and beta (O,), learned, from 1 and 0; the running mean and variance (O,), from 0 and 1."""

        def filled(name: str, kind: str, value: float) -> ParameterArray:
            return ParameterArray(name, (self.width,), kind, lambda *_: np.full(self.width, value))  # type: ignore[arg-type]

        return (
            filled("gamma", "offset", 1.0),
            filled("beta", "offset", 0.0),
            filled("mean", "statistic", 0.0),
            filled("variance", "statistic", 1.0),
        )

    def bind(self, values: Views, gradients: Views, buffers: Buffers) -> Forward:
        """Forward leaves X alone, backward overwrites dY with dX."""
        if not buffers.training:
            return self._test(values, buffers)
        if buffers.batch < 2:
            raise ValueError("batch normalization needs batches of at least 2 examples")
        return _Training(self.width, values, gradients, buffers).forward

    def _test(self, values: Views, buffers: Buffers) -> Forward:
        gamma, beta, mean, variance = (_row(values[name]) for name in ("gamma", "beta", "mean", "variance"))
        Y_KBO = buffers.empty(self.width)

        def forward(X_KBO: Array) -> tuple[Array, Backward]:
            scale = gamma / np.sqrt(variance + np.asarray(EPSILON, buffers.dtype))
            np.subtract(X_KBO, mean, out=Y_KBO)
            np.multiply(Y_KBO, scale, out=Y_KBO)
            np.add(Y_KBO, beta, out=Y_KBO)
            return Y_KBO, lambda dY_KBO: no_backward(X_KBO, dY_KBO)

        return forward


def _row(view: Array) -> Array:
    """(K, O) as (K, 1, O)."""
    return view[:, None, :]


class _Training:
    """The forward and backward pass on the statistics of the batch. Sums over it are products, as in `Dense`."""

    def __init__(self, width: int, values: Views, gradients: Views, buffers: Buffers) -> None:
        self._gamma, self._beta, self._mean, self._variance = (
            _row(values[name]) for name in ("gamma", "beta", "mean", "variance")
        )
        self._dgamma, self._dbeta = _row(gradients["gamma"]), _row(gradients["beta"])
        self._normal, self._Y, self._scratch = (
            buffers.empty(width),
            buffers.empty(width),
            buffers.scratch(width),
        )
        self._moment, self._inverse, self._small = (buffers.small(1, width) for _ in range(3))
        self._batch = buffers.batch
        self._ones = np.ones((1, buffers.batch), buffers.dtype)

    def forward(self, X_KBO: Array) -> tuple[Array, Backward]:
        moment, normal = self._moment, self._normal
        np.matmul(self._ones, X_KBO, out=moment)
        np.multiply(moment, 1 / self._batch, out=moment)
        self._follow(self._mean, moment, 1.0)
        np.subtract(X_KBO, moment, out=normal)
        np.multiply(normal, normal, out=self._scratch)
        np.matmul(self._ones, self._scratch, out=moment)
        np.multiply(moment, 1 / self._batch, out=moment)
        self._follow(self._variance, moment, self._batch / (self._batch - 1))
        np.add(moment, EPSILON, out=moment)
        np.sqrt(moment, out=moment)
        np.divide(1, moment, out=self._inverse)
        np.multiply(normal, self._inverse, out=normal)
        np.multiply(normal, self._gamma, out=self._Y)
        np.add(self._Y, self._beta, out=self._Y)
        return self._Y, self._backward

    def _follow(self, running: Array, current: Array, factor: float) -> None:
        """Running = 0.9 running + 0.1 factor current."""
        np.multiply(running, DECAY, out=running)
        np.multiply(current, (1 - DECAY) * factor, out=self._small)
        np.add(running, self._small, out=running)

    def _backward(self, dY_KBO: Array) -> Array:
        """DX = gamma / sd (dY - mean(dY) - N mean(dY N)), N the normalized inputs."""
        np.matmul(self._ones, dY_KBO, out=self._dbeta)
        np.multiply(dY_KBO, self._normal, out=self._scratch)
        np.matmul(self._ones, self._scratch, out=self._dgamma)
        np.multiply(self._dgamma, 1 / self._batch, out=self._small)
        np.multiply(self._normal, self._small, out=self._scratch)
        np.subtract(dY_KBO, self._scratch, out=dY_KBO)
        np.multiply(self._dbeta, 1 / self._batch, out=self._small)
        np.subtract(dY_KBO, self._small, out=dY_KBO)
        np.multiply(self._gamma, self._inverse, out=self._small)
        np.multiply(dY_KBO, self._small, out=dY_KBO)
        return dY_KBO
