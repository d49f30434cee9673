"""Weights whose variance is a number divided by the fan of the layer."""

from __future__ import annotations

import math
from typing import Literal

from hpsearch.core.deferred import np
from hpsearch.nn.initializers.base import INITIALIZERS, Initializer
from hpsearch.nn.parameters import Array, Start

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

    return Initializer(draw, reads=("init_scale", "init_mode", "init_distribution"))


def he(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Normal with variance 2 / fan_in, which keeps the size of a signal through relu (He et al., 2015)."""
    return scaled(rng, fan_in, fan_out, start, scale=2.0)


def he_uniform(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Uniform with variance 2 / fan_in: within sqrt(6 / fan_in) (He et al., 2015)."""
    return scaled(rng, fan_in, fan_out, start, scale=2.0, distribution="uniform")


def glorot(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Normal with variance 2 / (fan_in + fan_out), for sigmoid and tanh (Glorot and Bengio, 2010)."""
    return scaled(rng, fan_in, fan_out, start, scale=1.0, mode="fan_avg")


def glorot_uniform(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Uniform within sqrt(6 / (fan_in + fan_out)): variance 2 / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    return scaled(rng, fan_in, fan_out, start, scale=1.0, mode="fan_avg", distribution="uniform")


def lecun(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Normal with variance 1 / fan_in, for selu (LeCun et al., 1998; Klambauer et al., 2017)."""
    return scaled(rng, fan_in, fan_out, start, scale=1.0)


def lecun_uniform(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """Uniform with variance 1 / fan_in: within sqrt(3 / fan_in) (LeCun et al., 1998)."""
    return scaled(rng, fan_in, fan_out, start, scale=1.0, distribution="uniform")


INITIALIZERS.register("he", place=0)(Initializer(he))
INITIALIZERS.register("he_uniform", place=1)(Initializer(he_uniform))
INITIALIZERS.register("glorot", place=2)(Initializer(glorot))
INITIALIZERS.register("glorot_uniform", place=3)(Initializer(glorot_uniform))
INITIALIZERS.register("lecun", place=4)(Initializer(lecun))
INITIALIZERS.register("lecun_uniform", place=5)(Initializer(lecun_uniform))
#: With the mode and the distribution of the architecture; this entry is how it is without them.
INITIALIZERS.register("variance_scaling", place=8)(variance_scaling("fan_in", "normal"))
