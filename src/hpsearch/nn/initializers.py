"""How the weights of a layer are drawn: `(rng, fan_in, fan_out) -> (I, O)` float64, by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from hpsearch.nn.parameters import Array
from hpsearch.registry import Registry

Initializer: TypeAlias = Callable[[np.random.Generator, int, int], Array]
INITIALIZERS = Registry[Initializer]("initializer", "hpsearch.nn")


@INITIALIZERS.register("he")
def he(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Normal with variance 2 / fan_in, which keeps the signal's size through relu (He et al., 2015).

    >>> float(he(np.random.default_rng(0), 200, 500).std().round(3))
    0.1
    """
    return rng.normal(0.0, math.sqrt(2 / fan_in), (fan_in, fan_out))


@INITIALIZERS.register("glorot")
def glorot(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Normal with variance 2 / (fan_in + fan_out), for sigmoid and tanh (Glorot and Bengio, 2010).

    >>> float(glorot(np.random.default_rng(0), 100, 100).std().round(2))
    0.1
    """
    return rng.normal(0.0, math.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))
