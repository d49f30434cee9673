"""How the weights of a layer are drawn: `(rng, fan_in, fan_out, start) -> (I, O)` float64, by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Literal, TypeAlias

import numpy as np

from hpsearch.nn.parameters import Array, Start
from hpsearch.registry import Registry

Initializer: TypeAlias = Callable[[np.random.Generator, int, int, Start], Array]
INITIALIZERS = Registry[Initializer]("initializer", "hpsearch.nn")

Mode = Literal["fan_in", "fan_out", "fan_avg"]
Distribution = Literal["normal", "uniform"]


def scaled(
    rng: np.random.Generator,
    fan_in: int,
    fan_out: int,
    start: Start,  # noqa: ARG001 - the scale is the caller's here
    *,
    scale: float,
    mode: Mode = "fan_in",
    distribution: Distribution = "normal",
) -> Array:
    """Mean 0 and variance scale / n, n being fan_in, fan_out or their mean; uniform: within sqrt(3 scale / n).

    >>> draw = lambda **how: scaled(np.random.default_rng(0), 200, 600, Start(), scale=2, **how)
    >>> [float(draw(mode=mode).std().round(2)) for mode in ("fan_in", "fan_avg", "fan_out")]
    [0.1, 0.07, 0.06]
    >>> float(np.abs(draw(distribution="uniform")).max().round(3))
    0.173
    """
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    deviation = math.sqrt(scale / fan)
    if distribution == "normal":
        return rng.normal(0.0, deviation, (fan_in, fan_out))
    bound = math.sqrt(3) * deviation
    return rng.uniform(-bound, bound, (fan_in, fan_out))


def variance_scaling(mode: Mode, distribution: Distribution) -> Initializer:
    """`scaled` by the scale of the start (the `VarianceScaling` of Keras and JAX)."""

    def draw(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
        return scaled(rng, fan_in, fan_out, start, scale=start.scale, mode=mode, distribution=distribution)

    return draw


@INITIALIZERS.register("normal")
def normal(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Mean 0 and the standard deviation of the start, whatever the width.

    >>> float(normal(np.random.default_rng(0), 200, 200, Start(std=0.01)).std().round(4))
    0.01
    """
    return rng.normal(0.0, start.std, (fan_in, fan_out))


@INITIALIZERS.register("zeros")
def zeros(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:  # noqa: ARG001
    """All 0: every unit of a layer then learns the same, which is what the other initializers are for."""
    return np.zeros((fan_in, fan_out))


@INITIALIZERS.register("orthogonal")
def orthogonal(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:  # noqa: ARG001
    """Orthonormal columns, or rows where there are fewer of them, evenly distributed (Saxe et al., 2014).

    >>> W = orthogonal(np.random.default_rng(0), 5, 3, Start())
    >>> bool(np.allclose(W.T @ W, np.eye(3)))
    True
    """
    tall = rng.normal(size=(max(fan_in, fan_out), min(fan_in, fan_out)))
    Q, R = np.linalg.qr(tall)
    Q = Q * np.where(np.diag(R) < 0, -1.0, 1.0)  # without the signs of R the distribution is not even
    return Q if fan_in >= fan_out else np.ascontiguousarray(Q.T)


#: Variance 2 / fan_in keeps the signal's size through relu (He et al., 2015).
INITIALIZERS.register("he")(partial(scaled, scale=2.0))
INITIALIZERS.register("he_uniform")(partial(scaled, scale=2.0, distribution="uniform"))
#: Variance 2 / (fan_in + fan_out), for sigmoid and tanh (Glorot and Bengio, 2010).
INITIALIZERS.register("glorot")(partial(scaled, scale=1.0, mode="fan_avg"))
INITIALIZERS.register("glorot_uniform")(partial(scaled, scale=1.0, mode="fan_avg", distribution="uniform"))
#: Variance 1 / fan_in, for selu (LeCun et al., 1998; Klambauer et al., 2017).
INITIALIZERS.register("lecun")(partial(scaled, scale=1.0))
INITIALIZERS.register("lecun_uniform")(partial(scaled, scale=1.0, distribution="uniform"))
#: With the mode and the distribution of the architecture; this entry is how it is without them.
INITIALIZERS.register("variance_scaling")(variance_scaling("fan_in", "normal"))
