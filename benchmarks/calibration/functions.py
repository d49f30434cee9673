"""Known functions of the unit cube, whose readings are as noisy as is asked."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Truth = Callable[[Array], float]


def cube(dimensions: int) -> dict[str, Any]:
    """A space of so many numbers from 0 to 1."""
    return {f"x{i}": {"scale": "linear", "low": 0, "high": 1} for i in range(dimensions)}


def place(config: Mapping[str, Any]) -> Array:
    """The point of a configuration of `cube`."""
    return np.array([config[f"x{i}"] for i in range(len(config))])


def noise_of(*key: object) -> np.random.Generator:
    """A generator that is the same wherever the same is drawn."""
    return np.random.default_rng(int(hashlib.sha256(repr(key).encode()).hexdigest()[:12], 16))


def drawn(number: int) -> tuple[str, int, Truth]:
    """One of the functions by number, in turn: its name, how many parameters it has, and itself.

    They range over about 0.9, higher is better; where their optima lie follows from the number.
    """
    names = list(_FUNCTIONS)
    name = names[number % len(names)]
    dimensions, make = _FUNCTIONS[name]
    return name, dimensions, make(np.random.default_rng([number, 1]), dimensions)


def _bowl(matters: int) -> Callable[[np.random.Generator, int], Truth]:
    """Quadratic in the first so many parameters."""

    def make(rng: np.random.Generator, dimensions: int) -> Truth:
        best, steep = rng.uniform(0.15, 0.85, dimensions), np.zeros(dimensions)
        steep[:matters] = rng.uniform(0.5, 2, matters)
        return lambda u: 0.9 - 0.9 * min(1.0, 1.2 * float(steep @ (u - best) ** 2))

    return make


def _valley(rng: np.random.Generator, dimensions: int) -> Truth:  # noqa: ARG001 - all have these two
    """A bent valley in two parameters (Rosenbrock, 1960), by its logarithm."""
    at = rng.uniform(0.4, 0.6)

    def value(u: Array) -> float:
        x, y = 4 * (u[0] - at), 4 * u[1] - 1
        return float(0.9 - 0.12 * math.log1p((1 - x) ** 2 + 10 * (y - x * x) ** 2))

    return value


def _saturating(rng: np.random.Generator, dimensions: int) -> Truth:
    """A plain at either end of a slope."""
    best, steep = rng.uniform(0.2, 0.8, dimensions), np.array([1, 0.6, 0.2, 0])
    return lambda u: 0.9 / (1 + math.exp(-12 * (0.35 - math.sqrt(float(steep @ (u - best) ** 2)))))


def _bumpy(rng: np.random.Generator, dimensions: int) -> Truth:
    """A bowl with waves in two of its three parameters."""
    best = rng.uniform(0.15, 0.85, dimensions)

    def value(u: Array) -> float:
        waves = 2 - float(np.cos(20 * (u - best))[:2].sum())
        return 0.9 - 0.9 * min(1.0, float(((u - best)[:3] ** 2).sum()) + 0.04 * waves)

    return value


def _cliff(rng: np.random.Generator, dimensions: int) -> Truth:  # noqa: ARG001 - all have these two
    """Better and better up to where nothing works."""
    end = rng.uniform(0.38, 0.88)
    return lambda u: 0.1 if u[0] > end else float(0.9 - 0.6 * (end - u[0]) - 0.3 * (u[1] - 0.4) ** 2)


_FUNCTIONS: Mapping[str, tuple[int, Callable[[np.random.Generator, int], Truth]]] = {
    "bowl in 1 of 4": (4, _bowl(1)),
    "bowl in 2 of 4": (4, _bowl(2)),
    "bowl in 3 of 4": (4, _bowl(3)),
    "bowl in 4 of 4": (4, _bowl(4)),
    "bowl in 6 of 8": (8, _bowl(6)),
    "bowl in 10 of 12": (12, _bowl(10)),
    "valley": (4, _valley),
    "saturating": (4, _saturating),
    "bumpy": (4, _bumpy),
    "cliff": (4, _cliff),
}
