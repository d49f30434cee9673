"""Weights that turn a signal and keep its length."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.initializers.base import INITIALIZERS, Initializer
from hpsearch.nn.parameters import Array, Start


def orthogonal(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:  # noqa: ARG001
    """W^T W = 1, or W W^T = 1 where there are fewer rows than columns; evenly distributed (Saxe et al., 2014).

    >>> W = orthogonal(np.random.default_rng(0), 5, 3, Start())
    >>> bool(np.allclose(W.T @ W, np.eye(3)))
    True
    """
    tall = rng.normal(size=(max(fan_in, fan_out), min(fan_in, fan_out)))
    Q, R = np.linalg.qr(tall)
    Q = Q * np.where(np.diag(R) < 0, -1.0, 1.0)  # without the signs of R the distribution is not even
    return Q if fan_in >= fan_out else np.ascontiguousarray(Q.T)


INITIALIZERS.register("orthogonal", place=7)(Initializer(orthogonal))
