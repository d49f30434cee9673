"""A smooth fit of losses over the unit cube: a Gaussian process, in NumPy alone.

Matern-5/2 covariance with one length scale per parameter and a noise term; the scales are those that make the
results most likely under mild priors (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Priors: the mean and standard deviation of the log of a length scale, and of the log of the noise variance.
LENGTH_PRIOR = (math.log(0.6), 1.0)
NOISE_PRIOR = (math.log(math.exp(-5.0)), 2.0)
#: Steps of the climb to the most likely scales.
STEPS = 20
#: The scales stay where the covariance can be factored.
LOWEST_LOG_NOISE = math.log(1e-6)


def standardised(losses: Array) -> Array:
    """Losses (n,) as the fit sees them: mean 0, standard deviation 1, and the poor half drawn together.

    What is worse than the median matters only in that it is poor, so its excess counts by its logarithm.
    Lost trials (inf) count as the worst of the others.

    >>> standardised(np.array([1.0, 2.0, 3.0])).round(2).tolist()
    [-1.22, 0.0, 1.22]
    """
    finite = losses[np.isfinite(losses)]
    if not len(finite):
        return np.zeros(len(losses))
    best, middle = finite.min(), np.median(finite)
    scaled = (losses - best) / (middle - best) if middle > best else (losses > best).astype(float)
    poor = scaled > 1
    scaled[poor] = 1 + 0.5 * np.log(np.minimum(scaled[poor], (finite.max() - best) / (middle - best or 1.0)))
    spread = scaled.std()
    return (scaled - scaled.mean()) / (spread if spread > 0 else 1.0)


@dataclass(frozen=True, eq=False, slots=True)
class Metric:
    """Squared distances per parameter; two categories are 1 apart, however many lie between them."""

    categorical: NDArray[np.bool_]

    def between(self, a: Array, b: Array) -> Array:
        """Distances (P, n, m) between points (n, P) and (m, P)."""
        gaps = a.T[:, :, None] - b.T[:, None, :]
        squared = gaps * gaps
        squared[self.categorical] = gaps[self.categorical] != 0
        return squared


def matern(r: Array) -> Array:
    """Matern-5/2 covariance at the distances `sqrt(5) r`, any shape."""
    return (1 + r + r * r / 3) * np.exp(-r)


def _distance(weights: Array, squared: Array) -> Array:
    return np.sqrt(5 * np.tensordot(weights, squared, 1))


@dataclass(frozen=True, eq=False, slots=True)
class Surrogate:
    """A fit to `values` at `points` (n, P)."""

    metric: Metric
    points: Array
    values: Array
    theta: Array
    precision: Array

    @classmethod
    def fit(cls, metric: Metric, points: Array, values: Array) -> Self:
        squared = metric.between(points, points)
        theta = climb(squared, values)
        return cls._with(metric, points, values, theta)

    @classmethod
    def _with(cls, metric: Metric, points: Array, values: Array, theta: Array) -> Self:
        squared = metric.between(points, points)
        covariance = matern(_distance(np.exp(-2 * theta[:-1]), squared))
        covariance[np.diag_indices(len(points))] += math.exp(theta[-1])
        return cls(metric, points, values, theta, np.linalg.inv(covariance))

    def predict(self, points: Array) -> tuple[Array, Array]:
        """Mean and standard deviation (m,) of the noise-free value at `points` (m, P)."""
        cross = matern(_distance(np.exp(-2 * self.theta[:-1]), self.metric.between(points, self.points)))
        weighted = cross @ self.precision
        variance = 1 - np.einsum("ij,ij->i", weighted, cross)
        return weighted @ self.values, np.sqrt(np.maximum(variance, 1e-12))

    def believing(self, points: Array) -> Self:
        """The fit as if `points` (m, P) had scored what it predicts there."""
        mean, _ = self.predict(points)
        return self._with(
            self.metric, np.vstack([self.points, points]), np.concatenate([self.values, mean]), self.theta
        )


def climb(squared: Array, values: Array) -> Array:
    """Log length scales (P,) and log noise: the mode of their posterior, by BFGS from the mode of the prior."""
    prior = np.array([LENGTH_PRIOR] * len(squared) + [NOISE_PRIOR])
    theta = prior[:, 0].copy()
    cost, slope = _cost(theta, squared, values, prior)
    curvature = np.diag(prior[:, 1] ** 2)
    for _ in range(STEPS):
        step = -curvature @ slope
        step *= min(1.0, 1.0 / max(np.abs(step).max(), 1e-12))
        for _ in range(4):
            new = theta + step
            new_cost, new_slope = _cost(new, squared, values, prior)
            if new_cost < cost + 1e-4 * step @ slope:
                break
            step = step * 0.3
        else:
            break
        change = new_slope - slope
        curved = step @ change
        if curved > 1e-10:
            left = np.eye(len(theta)) - np.outer(step, change) / curved
            curvature = left @ curvature @ left.T + np.outer(step, step) / curved
        gain = cost - new_cost
        theta, cost, slope = new, new_cost, new_slope
        if gain < 1e-3:
            break
    return theta


def _cost(theta: Array, squared: Array, values: Array, prior: Array) -> tuple[float, Array]:
    """Minus the log posterior and its gradient."""
    weights, noise = np.exp(-2 * theta[:-1]), math.exp(max(theta[-1], LOWEST_LOG_NOISE))
    r = _distance(weights, squared)
    decay = np.exp(-r)
    covariance = (1 + r + r * r / 3) * decay
    covariance[np.diag_indices(len(r))] += noise
    try:
        factor = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        return math.inf, np.zeros_like(theta)
    precision = np.linalg.inv(covariance)
    alpha = precision @ values
    off = (theta - prior[:, 0]) / prior[:, 1]
    cost = 0.5 * values @ alpha + np.log(np.diag(factor)).sum() + 0.5 * off @ off
    pull = precision - np.outer(alpha, alpha)
    slope = np.empty_like(theta)
    slope[:-1] = 0.5 * np.tensordot(squared, pull * ((5 / 3) * (1 + r) * decay), 2) * weights
    slope[-1] = 0.5 * np.trace(pull) * noise
    return float(cost), slope + off / prior[:, 1]
