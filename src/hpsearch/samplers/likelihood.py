"""How likely a Gaussian process makes values, and the scales that make them likeliest under mild priors.

Matern-5/2 covariance with one length scale per parameter and a noise term (Rasmussen and Williams, Gaussian
Processes for Machine Learning, 2006). In NumPy alone.
Axis letters: n points, N = n (n - 1) / 2 pairs of them, P parameters, A axes (see `Axes`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Self, TypeAlias

from hpsearch.core.deferred import np
from hpsearch.samplers.axes import Axes, below_diagonal

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"

#: Steps of the climb to the most likely scales, and the gain that is worth another one.
STEPS = 20
LEAST_GAIN = 1e-3
#: From so many points on it begins where every third of them leads, and with the curvature that is seen there.
MANY, EVERY = 45, 3
#: The noise stays where the covariance can be factored.
LOWEST_LOG_NOISE = math.log(1e-6)
#: The variance of the level that a surface lies around, where its variance is learned too.
LEVEL = 1.0
#: A triangular matrix is inverted by halves down to so many rows.
HALVED = 32


class Prior(NamedTuple):
    """What is held likely of the scales before any result, as mean and standard deviation of logarithms.

    `length` is of a length scale, in units of the root of the number of parameters (in many dimensions points lie
    far apart), `noise` of the variance of the noise, and `variance` of that of the surface: None is 1, around a
    level of 0. Losses are scaled by those of what was tried, most of it near the best: elsewhere neither need hold.
    """

    length: tuple[float, float] = (math.log(0.4), 0.7)
    noise: tuple[float, float] = (-5.0, 1.0)
    variance: tuple[float, float] | None = None

    def of(self, parameters: int) -> Array:
        """Mean and standard deviation (P + 1, 2) for each of P length scales, and for the noise.

        (P + 2, 2) where the variance of the surface is learned: that of it stands before the noise.
        """
        length = (self.length[0] + 0.5 * math.log(parameters), self.length[1])
        variance = [self.variance] if self.variance else []
        return np.array([length] * parameters + variance + [self.noise])


LOSSES = Prior()
#: Of losses that are fitted for themselves: how far they vary, and around what, is learned too.
FREE = Prior(variance=(0.0, 1.0))


def matern(r: Array) -> Array:
    """Matern-5/2 covariance at the distances `sqrt(5) r`, any shape."""
    found = np.negative(r)
    np.exp(found, out=found)
    found *= _polynomial(r)
    return found


def _polynomial(r: Array) -> Array:
    """1 + r + r^2 / 3; in place, since a large array costs more to make than to fill."""
    found, linear = r * r, 1 + r
    found /= 3
    found += linear
    return found


def covariance(one: Array, other: Array, variance: float, level: float) -> Array:
    """The covariance (m, n) between places (m, A) and (n, A) in length scales, of a surface of that `height`."""
    squared = (one * one).sum(1)[:, None] + (other * other).sum(1)
    squared -= 2 * one @ other.T
    squared *= 5
    np.maximum(squared, 0, out=squared)
    return np.asarray(variance * matern(np.sqrt(squared, out=squared)) + level)


def lower(pairs: Array, diagonal: float) -> Array:
    """The lower triangle (n, n) of the symmetric matrix with these `pairs` (N,) below its diagonal."""
    n = math.isqrt(2 * len(pairs)) + 1
    found = np.zeros((n, n))
    found[below_diagonal(n)] = pairs
    found[np.diag_indices(n)] = diagonal
    return found


def inverse_root(covariance: Array) -> tuple[Array, float]:
    """The inverse (n, n) of the Cholesky factor of a covariance, of which the lower triangle is read.

    Beside it half of the logarithm of the determinant. Raises LinAlgError where there is no factor.
    """
    factor = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    return _inverted(factor), float(np.log(np.diag(factor)).sum())


def _inverted(factor: Array) -> Array:
    """The inverse of a lower triangular matrix (n, n); by halves, which takes products instead of divisions."""
    n = len(factor)
    if n <= HALVED:
        return np.asarray(np.linalg.inv(factor))
    half = n // 2
    found = np.zeros((n, n))
    found[:half, :half] = _inverted(factor[:half, :half])
    found[half:, half:] = _inverted(factor[half:, half:])
    found[half:, :half] = -found[half:, half:] @ (factor[half:, :half] @ found[:half, :half])
    return found


def height(theta: Array, parameters: int) -> tuple[float, float]:
    """The variance of the surface that `theta` says, and that of its level."""
    learned = len(theta) > parameters + 1
    return (math.exp(theta[parameters]), LEVEL) if learned else (1.0, 0.0)


class Climb(NamedTuple):
    """Where a climb is, and what it holds the inverse of the Hessian there to be: square, of all scales."""

    theta: Array
    inverse: Array

    @classmethod
    def at(cls, theta: Array, prior: Array) -> Self:
        """Where nothing is known of the slope but the prior's."""
        return cls(theta, np.diag(np.minimum(prior[:, 1], 1.0) ** 2))


def ahead(axes: Axes, units: Array, values: Array, prior: Array) -> Climb | None:
    """Where the climb to the scales of `values` (n,) at `units` (n, P) may begin, by every third of them.

    None where they are too few for that to be worth it.
    """
    if len(units) < MANY:
        return None
    some = axes.squares(units[::EVERY])
    theta, inverse = _climbed(some, values[::EVERY], prior, Climb.at(prior[:, 0], prior))
    return Climb(theta, inverse / EVERY)


def most_likely(squares: Array, values: Array, prior: Array, start: Climb | None = None) -> Array:
    """Log length scales (P,), log variance if `prior` has one, and log noise: a mode of their posterior, by BFGS.

    Args:
        prior: means and standard deviations, as of `Prior.of`.
        start: where the climb begins; None: at the mode of the prior.
    """
    return _climbed(squares, values, prior, start or Climb.at(prior[:, 0], prior)).theta


def _climbed(squares: Array, values: Array, prior: Array, start: Climb) -> Climb:
    """The end of a climb; from the mode of the prior where nothing can be factored at its start."""
    theta, inverse = start
    cost, slope = improbability(theta, squares, values, prior)
    if math.isinf(cost):
        theta, inverse = Climb.at(prior[:, 0], prior)
        cost, slope = improbability(theta, squares, values, prior)
    for _ in range(STEPS):
        step = -inverse @ slope
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        descent = _descend(theta, cost, slope, step, squares, values, prior)
        if descent is None:
            break
        step, lower, new_slope = descent
        inverse = _updated(inverse, step, new_slope - slope)
        gain, theta, cost, slope = cost - lower, theta + step, lower, new_slope
        if gain < LEAST_GAIN:
            break
    return Climb(theta, inverse)


def _descend(
    theta: Array, cost: float, slope: Array, step: Array, squares: Array, values: Array, prior: Array
) -> tuple[Array, float, Array] | None:
    """The step, shortened until it lowers the cost enough (Armijo), with cost and slope there."""
    for _ in range(4):
        lower, new_slope = improbability(theta + step, squares, values, prior)
        if lower < cost + 1e-4 * step @ slope:
            return step, lower, new_slope
        step = step * 0.3
    return None


def _updated(inverse: Array, step: Array, change: Array) -> Array:
    """The BFGS estimate of the inverse Hessian after a step that changed the slope by `change`."""
    curved = float(step @ change)
    if curved <= 1e-10:
        return inverse
    left = np.eye(len(step)) - np.outer(step, change) / curved
    return np.asarray(left @ inverse @ left.T + np.outer(step, step) / curved)


def improbability(theta: Array, squares: Array, values: Array, prior: Array) -> tuple[float, Array]:
    """Minus the log posterior of `theta`, up to a constant, and its slope; `squares` (P, N) are those of `Axes`."""
    count = len(squares)
    weights, noise = np.exp(-2 * theta[:count]), math.exp(max(theta[-1], LOWEST_LOG_NOISE))
    variance, level = height(theta, count)
    r = np.sqrt(5 * (weights @ squares))
    decay = np.exp(-r)
    pairs = variance * (_polynomial(r) * decay)
    try:
        root, half = inverse_root(lower(pairs + level, variance + level + noise))
    except np.linalg.LinAlgError:
        return math.inf, np.zeros_like(theta)
    whitened = root @ values
    alpha = root.T @ whitened
    off = (theta - prior[:, 0]) / prior[:, 1]
    cost = 0.5 * whitened @ whitened + half + 0.5 * off @ off
    pull = root.T @ root
    pull -= alpha[:, None] * alpha
    below = pull[below_diagonal(len(pull))]
    slope = np.empty_like(theta)
    slope[:count] = squares @ (below * ((5 / 3) * (1 + r) * decay)) * (variance * weights)
    slope[count:-1] = below @ pairs + 0.5 * variance * np.trace(pull)
    slope[-1] = 0.5 * np.trace(pull) * noise
    return float(cost), np.asarray(slope + off / prior[:, 1])
