"""A smooth fit of losses over the unit cube: a Gaussian process, in NumPy alone.

Matern-5/2 covariance with one length scale per parameter and a noise term; the scales are those that make the
results most likely under mild priors (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006).
Axis letters: n points, N = n (n - 1) / 2 pairs of them, P parameters, A axes (see `Axes`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Self, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.samplers.axes import Axes, below_diagonal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

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
#: A triangular matrix is inverted by halves down to so many rows, and its rows are kept in blocks of so many.
HALVED, BLOCK = 32, 64


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


def standardised(losses: Array, among: Array | None = None) -> Array:
    """Losses (n,) as the fit sees them: mean 0, standard deviation 1, and the poor half drawn together.

    What is worse than the median matters only in that it is poor, so its excess counts by its logarithm.
    Lost trials (inf) count as the worst of the others. Mean, deviation, median and ends are those of the losses
    `among` (m,), unless these are all.

    >>> standardised(np.array([1.0, 2.0, 3.0])).round(2).tolist()
    [-1.37, 0.38, 0.99]
    """
    among = losses if among is None else among
    finite = among[np.isfinite(among)]
    if not len(finite):
        return np.zeros(len(losses))
    drawn = _drawn_together(among, finite)
    spread = drawn.std()
    scaled = _drawn_together(losses, finite)
    return np.asarray((scaled - drawn.mean()) / (spread if spread > 0 else 1.0), dtype=np.float64)


def _drawn_together(losses: Array, finite: Array) -> Array:
    """Losses (n,) with the best of `finite` at 0, their median at 1, and logarithms beyond."""
    capped = np.minimum(losses, finite.max())
    best, middle = finite.min(), np.median(finite)
    scaled = (capped - best) / (middle - best) if middle > best else (capped > best).astype(np.float64)
    return np.asarray(np.where(scaled > 1, 1 + 0.5 * np.log(np.maximum(scaled, 1)), scaled), dtype=np.float64)


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


class Surrogate(Struct, frozen=True, eq=False):
    """The fit. Predictions cost O(n A) and O(n^2) a point, k more points to believe in O(k n^2).

    Attributes:
        theta: (P + 1,) log length scales, then the log of the noise variance; before that the log of the variance
            of the surface, where it is learned.
        places: (n, A) the points, in length scales.
        roots: the inverse of the Cholesky factor of their covariance, in blocks of rows that end at the diagonal.
        weights: (m,) the inverse of the covariance times the values; of points believed in it is 0, and left out.
    """

    axes: Axes
    theta: Array
    places: Array
    roots: tuple[Array, ...]
    weights: Array

    @classmethod
    def fit(cls, space: Space, units: Array, values: Array, prior: Prior = LOSSES) -> Self:
        """The fit to `values` (n,) at `units` (n, P)."""
        axes = Axes.of(space)
        squares = axes.squares(units)
        scales = prior.of(len(squares))
        start = _Climb.at(scales[:, 0], scales)
        if len(units) >= MANY:
            theta, inverse = _climbed(axes.squares(units[::EVERY]), values[::EVERY], scales, start)
            start = _Climb(theta, inverse / EVERY)
        return cls.at(_climbed(squares, values, scales, start).theta, axes, squares, units, values)

    @classmethod
    def at(cls, theta: Array, axes: Axes, squares: Array, units: Array, values: Array) -> Self:
        """The fit with the scales `theta`; `squares` (P, N) are those of `units` along `axes`."""
        variance, level = height(theta, len(squares))
        pairs = matern(np.sqrt(5 * (np.exp(-2 * theta[: len(squares)]) @ squares)))
        root, _ = inverse_root(lower(variance * pairs + level, variance + level + math.exp(theta[-1])))
        places = axes.embed(units) * np.exp(-theta[:-1])[axes.parameter]
        return cls(axes, theta, places, tuple(_blocks(root)), root.T @ (root @ values))

    @property
    def noise(self) -> float:
        """The variance of a reading."""
        return math.exp(self.theta[-1])

    def predict(self, units: Array) -> tuple[Array, Array]:
        """Mean and standard deviation (m,) of the noise-free value at `units` (m, P)."""
        cross = self.covariance(self.place(units))
        return self.mean(cross), np.sqrt(np.maximum(sum(self._height) - self.explained(cross), 1e-12))

    def mean(self, cross: Array) -> Array:
        """What is predicted (m,) of what covaries with the points as `cross` (m, n)."""
        return np.asarray(cross[:, : len(self.weights)] @ self.weights)

    def explained(self, cross: Array) -> Array:
        """The variance (m,) that the points take from what covaries with them as `cross` (m, n)."""
        found = np.zeros(len(cross))
        for rows in self.roots:
            part = cross[:, : rows.shape[1]] @ rows.T
            found += np.einsum("ij,ij->i", part, part)
        return found

    def believing(self, units: Array) -> Surrogate:
        """The fit as if k points (k, P) had scored what it predicts there: its mean stays, its doubt goes.

        The inverse of the factor grows by k rows (bordering).
        """
        places = self.place(units)
        cross = self.covariance(places)
        pulls = [cross[:, : rows.shape[1]] @ rows.T for rows in self.roots]
        left = self._between(places, places) - sum(pull @ pull.T for pull in pulls)
        left[np.diag_indices(len(units))] += math.exp(self.theta[-1])
        corner, _ = inverse_root(left)
        n = len(self.places)
        rows = np.zeros((len(units), n + len(units)))
        for pull, block in zip(pulls, self.roots, strict=True):
            rows[:, : block.shape[1]] -= pull @ block
        rows[:, :n] = corner @ rows[:, :n]
        rows[:, n:] = corner
        roots = (*self.roots[:-1], *_blocks(_below(self.roots[-1], rows)))
        return Surrogate(self.axes, self.theta, np.vstack([self.places, places]), roots, self.weights)

    def place(self, units: Array) -> Array:
        """(m, A) where points (m, P) lie, in length scales."""
        return np.asarray(self.axes.embed(units) * np.exp(-self.theta[:-1])[self.axes.parameter])

    def covariance(self, places: Array) -> Array:
        """(m, n) between `places` (m, A) and the points of the fit."""
        return self._between(places, self.places)

    def _between(self, one: Array, other: Array) -> Array:
        variance, level = self._height
        return variance * _covariance(one, other) + level

    @property
    def _height(self) -> tuple[float, float]:
        return height(self.theta, len(self.axes.first))


def height(theta: Array, parameters: int) -> tuple[float, float]:
    """The variance of the surface that `theta` says, and that of its level."""
    learned = len(theta) > parameters + 1
    return (math.exp(theta[parameters]), LEVEL) if learned else (1.0, 0.0)


def _covariance(one: Array, other: Array) -> Array:
    """The covariance (m, n) between places (m, A) and (n, A)."""
    squared = (one * one).sum(1)[:, None] + (other * other).sum(1)
    squared -= 2 * one @ other.T
    squared *= 5
    np.maximum(squared, 0, out=squared)
    return matern(np.sqrt(squared, out=squared))


def _below(block: Array, rows: Array) -> Array:
    """The rows of `block` (b, m) above `rows` (k, n), with zeros beyond what they have."""
    found = np.zeros((len(block) + len(rows), rows.shape[1]))
    found[: len(block), : block.shape[1]] = block
    found[len(block) :] = rows
    return found


def _blocks(rows: Array) -> Iterator[Array]:
    """The last rows (k, n) of a lower triangular matrix, in blocks of at most `BLOCK` without the zeros beyond."""
    before = rows.shape[1] - len(rows)
    for first in range(0, len(rows), BLOCK):
        last = min(first + BLOCK, len(rows))
        yield np.ascontiguousarray(rows[first:last, : before + last])


class _Climb(NamedTuple):
    """Where a climb is, and what it holds the inverse of the Hessian (P + 1, P + 1) to be."""

    theta: Array
    inverse: Array

    @classmethod
    def at(cls, theta: Array, prior: Array) -> Self:
        """Where nothing is known of the slope but the prior's."""
        return cls(theta, np.diag(np.minimum(prior[:, 1], 1.0) ** 2))


def most_likely(squares: Array, values: Array, prior: Array, start: Array | None = None) -> Array:
    """Log length scales (P,), log variance if `prior` has one, and log noise: a mode of their posterior, by BFGS.

    Args:
        prior: means and standard deviations, as of `Prior.of`.
        start: where the climb begins; None: at the mode of the prior.
    """
    return _climbed(squares, values, prior, _Climb.at(prior[:, 0] if start is None else start, prior)).theta


def _climbed(squares: Array, values: Array, prior: Array, start: _Climb) -> _Climb:
    """The end of a climb; from the mode of the prior where nothing can be factored at its start."""
    theta, inverse = start
    cost, slope = improbability(theta, squares, values, prior)
    if math.isinf(cost):
        theta, inverse = _Climb.at(prior[:, 0], prior)
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
    return _Climb(theta, inverse)


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
