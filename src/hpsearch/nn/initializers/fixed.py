"""Initializers that ask for no fan: the numbers are given, all zero, or those of a file."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.initializers.base import INITIALIZERS, Initializer
from hpsearch.nn.parameters import Array, Start


def normal(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """N(0, init_std^2), whatever the width (Krizhevsky et al., 2012, with 0.01).

    >>> float(normal(np.random.default_rng(0), 200, 200, Start(std=0.01)).std().round(4))
    0.01
    """
    return rng.normal(0.0, start.std, (fan_in, fan_out))


def zeros(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:  # noqa: ARG001
    """W = 0: all units of a layer then learn the same for ever (Rumelhart et al., 1986), as an experiment shows."""
    return np.zeros((fan_in, fan_out))


def file(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:  # noqa: ARG001
    """W = 0, until the parameters of a file take its place: those of a trained network (Pratt, 1993)."""
    return np.zeros((fan_in, fan_out))


INITIALIZERS.register("normal", place=6)(Initializer(normal, reads=("init_std",)))
INITIALIZERS.register("zeros", place=9)(Initializer(zeros))
INITIALIZERS.register("file", place=10)(Initializer(file))
