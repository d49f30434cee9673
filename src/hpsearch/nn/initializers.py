"""How the weights of a layer are drawn: `(rng, fan_in, fan_out, start) -> (I, O)` float64, by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from hpsearch.core.registry import Registry
from hpsearch.nn.parameters import Array, Start

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
        """Mean 0 and variance init_scale / fan (the rule that He et al., 2015, and others are cases of)."""
        return scaled(rng, fan_in, fan_out, start, scale=start.scale, mode=mode, distribution=distribution)

    return draw


@INITIALIZERS.register("normal")
def normal(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """N(0, init_std^2), whatever the width (Krizhevsky et al., 2012, with 0.01).

    >>> float(normal(np.random.default_rng(0), 200, 200, Start(std=0.01)).std().round(4))
    0.01
    """
    return rng.normal(0.0, start.std, (fan_in, fan_out))


@INITIALIZERS.register("zeros")
def zeros(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:  # noqa: ARG001
    """W = 0: all units of a layer then learn the same for ever (Rumelhart et al., 1986), as an experiment shows."""
    return np.zeros((fan_in, fan_out))


@INITIALIZERS.register("orthogonal")
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


@INITIALIZERS.register("he")
def he(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Normal with variance 2 / fan_in, which keeps the size of a signal through relu (He et al., 2015)."""
    return scaled(rng, fan_in, fan_out, start, scale=2.0)


@INITIALIZERS.register("he_uniform")
def he_uniform(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Uniform with variance 2 / fan_in: within sqrt(6 / fan_in) (He et al., 2015)."""
    return scaled(rng, fan_in, fan_out, start, scale=2.0, distribution="uniform")


@INITIALIZERS.register("glorot")
def glorot(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Normal with variance 2 / (fan_in + fan_out), for sigmoid and tanh (Glorot and Bengio, 2010)."""
    return scaled(rng, fan_in, fan_out, start, scale=1.0, mode="fan_avg")


@INITIALIZERS.register("glorot_uniform")
def glorot_uniform(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Uniform within sqrt(6 / (fan_in + fan_out)): variance 2 / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    return scaled(rng, fan_in, fan_out, start, scale=1.0, mode="fan_avg", distribution="uniform")


@INITIALIZERS.register("lecun")
def lecun(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Normal with variance 1 / fan_in, for selu (LeCun et al., 1998; Klambauer et al., 2017)."""
    return scaled(rng, fan_in, fan_out, start, scale=1.0)


@INITIALIZERS.register("lecun_uniform")
def lecun_uniform(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Uniform with variance 1 / fan_in: within sqrt(3 / fan_in) (LeCun et al., 1998)."""
    return scaled(rng, fan_in, fan_out, start, scale=1.0, distribution="uniform")


#: With the mode and the distribution of the architecture; this entry is how it is without them.
INITIALIZERS.register("variance_scaling")(variance_scaling("fan_in", "normal"))
