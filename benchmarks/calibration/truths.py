"""Functions of hyperparameters that are known: where their optimum lies, and what each parameter explains."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hpsearch.space.scales import SCALES

#: The usual parameters, each with the range that people give it.
RANGES: Mapping[str, Mapping[str, Any]] = {
    "lr": {"scale": "log", "low": 1e-5, "high": 1e-1},
    "weight_decay": {"scale": "log", "low": 1e-8, "high": 1e-2},
    "beta": {"scale": "one_minus_log", "low": 0.9, "high": 0.999},
    "width": {"scale": "log", "type": "int", "low": 16, "high": 512},
    "depth": {"scale": "linear", "type": "int", "low": 2, "high": 9},
    "gain": {"scale": "linear", "low": -2, "high": 2},
    "kind": {"choices": ["a", "b", "c"]},
    "clip": {"scale": "log", "low": 0.1, "high": 10, "when": {"kind": ["a", "b"]}},
}


@dataclass(frozen=True)
class Truth:
    """A score of 0.9 at its optimum, less what each parameter is away from its best place costs.

    Attributes:
        names: the parameters of the space, of `RANGES`; one that has no weight is without influence.
        weights: what the square of the distance costs, in units of a range of 0.9.
        places: the best place of each along its range, 0 to 1; beyond, if the optimum lies beyond.
        noise: the standard deviation of a reading.
        shape: what becomes of the cost; it rises, so that the optimum and the order stay.
        slow: how far a training of one epoch in 27 lags behind a full one.
        sign: -1 for a loss, which is minimized.
    """

    names: tuple[str, ...]
    weights: Mapping[str, float]
    places: Mapping[str, float] = field(default_factory=dict)
    noise: float = 0.0
    shape: Callable[[float], float] = float
    slow: float = 0.0
    sign: float = 1.0

    @property
    def space(self) -> dict[str, Any]:
        """As a file has it."""
        return {name: dict(RANGES[name]) for name in self.names}

    def value(self, config: Mapping[str, Any], epochs: int = 27) -> float:
        """The score without noise."""
        cost = sum(
            weight * (unit(name, config[name]) - self.places.get(name, 0.5)) ** 2
            for name, weight in self.weights.items()
            if name in config
        )
        lag = self.slow * math.exp(-3 * epochs / 27)
        return self.sign * (0.9 - 0.9 * self.shape(cost) - lag)

    def reading(self, config: Mapping[str, Any], seed: int, epochs: int = 27) -> float:
        """What a training with that seed reports: the same at every call."""
        key = hashlib.sha256(repr((sorted(config.items()), seed, epochs)).encode()).hexdigest()
        luck = float(np.random.default_rng(int(key[:12], 16)).standard_normal())
        return self.value(config, epochs) + self.noise * luck


def unit(name: str, value: Any) -> float:
    """Where a value lies along its range of `RANGES`, 0 to 1."""
    given = RANGES[name]
    if "choices" in given:
        return float(given["choices"].index(value)) / (len(given["choices"]) - 1)
    return SCALES[given["scale"]](given["low"], given["high"]).to_unit(float(value))


def trained(truth: Truth) -> Callable[..., float]:
    """The training of it, as a user's function."""

    def train(seed: int = 0, **config: Any) -> float:
        return truth.reading(config, seed)

    return train


def trained_by_epochs(truth: Truth) -> Callable[..., float]:
    """The same, of a length that is asked for."""

    def train(epochs: int, seed: int = 0, **config: Any) -> float:
        return truth.reading(config, seed, epochs)

    return train


def saturating(cost: float) -> float:
    """A plateau far from the optimum, as of a network that learns nothing."""
    return 1 - math.exp(-2 * cost)


def steep(cost: float) -> float:
    """Steep at the optimum, and flat further away."""
    return math.sqrt(cost + 1e-4)
