"""Is a network's gradient the slope of its loss? Float64, two-sided differences, all of a stack at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from hpsearch.core.randomness import Streams
from hpsearch.nn.network import Network, Pass
from hpsearch.nn.optimizers import PENALTIES, Arrays
from hpsearch.nn.parameters import Array

#: Half the distance between the two losses of a difference. Their rounding, about 1e-16, divided by it stays
#: far below the tolerance; a wider step would cross more of relu's kinks.
STEP = 1e-6
TOLERANCE = 1e-5
#: Slopes smaller than this are compared absolutely: rounding hides the relative error of a tiny one.
_FLOOR = 1e-3
_STACK = 64


class GradientCheck(Struct, frozen=True):
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
    network: Network,
    X: Array,
    y: npt.NDArray[Any],
    *,
    hyper: Mapping[str, float] | None = None,
    class_weights: Sequence[float] | None = None,
    seed: int = 0,
    limit: int = 200,
) -> GradientCheck:
    """Check at most `limit` parameters of `network`, started from `seed`, on the batch X (B, I), y (B,).

    `hyper`: what layers, losses and penalties read; a penalty's term is part of the loss. `class_weights` (O,):
    what the loss of an example is multiplied by, by its class.

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
    task = _Task(network, np.ascontiguousarray(X, np.float64), targets, hyper or {}, class_weights)
    gradients = np.zeros((1, network.layout.learned))
    task.losses(start, gradients)
    numeric = np.concatenate(
        [_slopes(task, start, chosen[i : i + _STACK]) for i in range(0, len(chosen), _STACK)]
    )
    analytic = gradients[0, chosen]
    names = network.layout.names()
    check = GradientCheck(tuple(names[p] for p in chosen), analytic, numeric)
    worst = np.argsort(-check.errors, kind="stable")
    return GradientCheck(tuple(check.names[p] for p in worst), analytic[worst], numeric[worst])


class _Task(Struct, frozen=True):
    """The network and the batch on which it is checked."""

    network: Network
    X: Array
    targets: Array
    hyper: Mapping[str, float]
    class_weights: Sequence[float] | None

    def losses(self, parameters: Array, gradients: Array) -> Array:
        """The loss (K,) of each row of `parameters`, penalties included, and its gradient."""
        rows = len(parameters)
        hyper = {name: np.full((rows, 1), value) for name, value in self.hyper.items()}
        losses = np.empty((rows, len(self.X)))
        weights = None if self.class_weights is None else np.tile(self.class_weights, (rows, 1))
        through = Pass(
            self.network,
            parameters,
            gradients,
            len(self.X),
            training=True,
            hyper=hyper,
            class_weights=weights,
        )
        through.learn(self.X, self.targets, losses, Streams(0).generator("masks"))
        means: Array = losses.mean(axis=1)
        layout = self.network.layout
        arrays = Arrays(parameters[:, : layout.learned], gradients, {}, layout.weights)
        for name in PENALTIES:
            if self.hyper.get(name):
                PENALTIES[name].update(arrays, hyper[name])
                means += self.hyper[name] * PENALTIES[name].value(parameters[:, : layout.weights])
        return means


def _slopes(task: _Task, start: Array, chosen: Array) -> Array:
    """Two-sided differences for the parameters `chosen`: a stack of networks, each with one number moved."""
    moved = np.repeat(start, 2 * len(chosen), axis=0)
    up, down = np.arange(len(chosen)), np.arange(len(chosen), 2 * len(chosen))
    moved[up, chosen] += STEP
    moved[down, chosen] -= STEP
    distance = moved[up, chosen] - moved[down, chosen]
    losses = task.losses(moved, np.zeros((len(moved), task.network.layout.learned)))
    slopes: Array = (losses[up] - losses[down]) / distance
    return slopes
