"""Is a network's gradient the slope of its loss? Float64, two-sided differences, all of a stack at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hpsearch.nn.network import Network, Pass
from hpsearch.nn.parameters import Array
from hpsearch.randomness import Streams

#: Half the distance between the two losses of a difference. Their rounding, about 1e-16, divided by it stays
#: far below the tolerance; a wider step would cross more of relu's kinks.
STEP = 1e-6
TOLERANCE = 1e-5
#: Slopes smaller than this are compared absolutely: rounding hides the relative error of a tiny one.
_FLOOR = 1e-3
_STACK = 64


@dataclass(frozen=True)
class GradientCheck:
    """The analytic and numeric slope of some parameters, worst first; `str()` lists them side by side."""

    names: tuple[str, ...]
    analytic: npt.NDArray[np.float64]
    numeric: npt.NDArray[np.float64]

    @property
    def errors(self) -> npt.NDArray[np.float64]:
        """|a - n| / max(|a| + |n|, 0.001) of each parameter; NaN counts as infinite."""
        size = np.maximum(np.abs(self.analytic) + np.abs(self.numeric), _FLOOR)
        errors = np.abs(self.analytic - self.numeric) / size
        return np.where(np.isfinite(errors), errors, np.inf)

    @property
    def passed(self) -> bool:
        """Whether every error is within the tolerance."""
        return bool((self.errors <= TOLERANCE).all())

    def __str__(self) -> str:
        verdict = "gradient check passed" if self.passed else "gradient check FAILED"
        rows = zip(self.names[:10], self.analytic, self.numeric, self.errors, strict=False)
        lines = [f"{name:<24} {a:>14.6e} {n:>14.6e} {e:>9.1e}" for name, a, n, e in rows]
        head = f"{'parameter':<24} {'analytic':>14} {'numeric':>14} {'error':>9}"
        return "\n".join([f"{verdict} (tolerance {TOLERANCE:g}); the worst:", head, *lines])


def gradient_check(
    network: Network, X: Array, y: npt.NDArray[Any], *, seed: int = 0, limit: int = 200
) -> GradientCheck:
    """Check at most `limit` parameters of `network`, started from `seed`, on the batch X (B, I), y (B,).

    >>> from hpsearch.nn.network import Architecture
    >>> X = np.random.default_rng(0).normal(size=(5, 4))
    >>> gradient_check(Network(Architecture(4, (6,), 3, "tanh")), X, np.array([0, 1, 2, 1, 0])).passed
    True
    """
    rng = Streams(seed).generator("gradient check")
    chosen = rng.permutation(network.layout.learned)[:limit]
    start = network.layout.draw([seed], np.float64)
    # Biases start at zero, where a unit whose inputs are all zero sits on relu's kink and has no one slope.
    start += rng.normal(0, 0.1, start.shape)
    targets = network.loss.targets(y, network.architecture.outputs, np.float64)
    analytic = _gradient(network, start, X, targets)[0, chosen]
    numeric = np.concatenate(
        [_slopes(network, start, X, targets, chosen[i : i + _STACK]) for i in range(0, len(chosen), _STACK)]
    )
    names = network.layout.names()
    found = GradientCheck(tuple(names[p] for p in chosen), analytic, numeric)
    worst = np.argsort(-found.errors, kind="stable")
    return GradientCheck(tuple(found.names[p] for p in worst), analytic[worst], numeric[worst])


def _gradient(network: Network, parameters: Array, X: Array, targets: Array) -> Array:
    gradients = np.zeros((len(parameters), network.layout.learned))
    _losses(network, parameters, gradients, X, targets)
    return gradients


def _losses(network: Network, parameters: Array, gradients: Array, X: Array, targets: Array) -> Array:
    losses = np.empty((len(parameters), len(X)))
    examples = np.ascontiguousarray(X, np.float64)
    Pass(network, parameters, gradients, len(X), training=True).learn(examples, targets, losses)
    means: Array = losses.mean(axis=1)
    return means


def _slopes(network: Network, start: Array, X: Array, targets: Array, chosen: Array) -> Array:
    """Two-sided differences for the parameters `chosen`: a stack of networks, each with one number moved."""
    moved = np.repeat(start, 2 * len(chosen), axis=0)
    up, down = np.arange(len(chosen)), np.arange(len(chosen), 2 * len(chosen))
    moved[up, chosen] += STEP
    moved[down, chosen] -= STEP
    distance = moved[up, chosen] - moved[down, chosen]
    losses = _losses(network, moved, np.zeros((len(moved), network.layout.learned)), X, targets)
    slopes: Array = (losses[up] - losses[down]) / distance
    return slopes
