"""A smooth fit of losses over the unit cube: a Gaussian process, in NumPy alone.

Matern-5/2 covariance with one length scale per parameter and a noise term; the scales are those that make the
results most likely under mild priors (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006).
Axis letters: n points, P parameters, A axes (a parameter has one, a category one for each of its values).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self, TypeAlias

from hpsearch.core.deferred import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"

#: Steps of the climb to the most likely scales, and the gain that is worth another one.
STEPS = 20
LEAST_GAIN = 1e-3
#: The noise stays where the covariance can be factored.
LOWEST_LOG_NOISE = math.log(1e-6)


class Prior(NamedTuple):
    """What is held likely of the scales before any result, as mean and standard deviation of logarithms.

    `length` is of a length scale, in units of the root of the number of parameters (in many dimensions points lie
    far apart), and `noise` of the variance of the noise.
    """

    length: tuple[float, float] = (math.log(0.4), 0.7)
    noise: tuple[float, float] = (-5.0, 1.0)

    def of(self, parameters: int) -> Array:
        """Mean and standard deviation (P + 1, 2) for each of P length scales, and for the noise."""
        length = (self.length[0] + 0.5 * math.log(parameters), self.length[1])
        return np.array([length] * parameters + [self.noise])


LOSSES = Prior()


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


@dataclass(frozen=True, eq=False, slots=True)
class Axes:
    """Where distances are measured: a number has its own axis, a category one for each of its values.

    Two categories are 1 apart, however many lie between them.

    Attributes:
        parameter: (A,) the parameter of each axis.
        category: (A,) the value an axis stands for, -1 for numbers.
        size: (A,) how many values the parameter has.
        first: (P,) the first axis of each parameter.
    """

    parameter: NDArray[np.intp]
    category: NDArray[np.intp]
    size: NDArray[np.intp]
    first: NDArray[np.intp]

    @classmethod
    def of(cls, space: Space) -> Self:
        """The axes of `space`."""
        rows = [
            (index, category, parameter.size or 1)
            for index, parameter in enumerate(space.parameters)
            for category in (range(parameter.size) if parameter.kind == "categorical" else (-1,))  # type: ignore[arg-type]
        ]
        parameter, category, size = np.array(rows, dtype=np.intp).T
        return cls(parameter, category, size, np.searchsorted(parameter, np.arange(len(space))))

    def embed(self, units: Array) -> Array:
        """Coordinates (n, A) of points (n, P)."""
        spread = units[:, self.parameter]
        hot = np.floor(spread * self.size) == self.category
        return np.where(self.category < 0, spread, hot * math.sqrt(0.5))

    def squares(self, units: Array) -> Array:
        """Squared distances (P, n, n) between points (n, P), parameter by parameter."""
        places = self.embed(units).T
        return np.add.reduceat((places[:, :, None] - places[:, None, :]) ** 2, self.first, axis=0)


def matern(r: Array) -> Array:
    """Matern-5/2 covariance at the distances `sqrt(5) r`, any shape."""
    return np.asarray((1 + r + r * r / 3) * np.exp(-r), dtype=np.float64)


@dataclass(frozen=True, eq=False, slots=True)
class Surrogate:
    """The fit. Predictions cost O(n A) and O(n^2) a point, one more point to believe in O(n^2).

    Attributes:
        theta: (P + 1,) log length scales, then the log of the noise variance.
        places: (n, A) the points, in length scales.
        precision: (n, n) the inverse of their covariance; `weights` (n,) is its product with their values.
    """

    axes: Axes
    theta: Array
    places: Array
    precision: Array
    weights: Array

    @classmethod
    def fit(cls, space: Space, units: Array, values: Array, prior: Prior = LOSSES) -> Self:
        """The fit to `values` (n,) at `units` (n, P)."""
        axes = Axes.of(space)
        squares = axes.squares(units)
        return cls.at(most_likely(squares, values, prior.of(len(squares))), axes, squares, units, values)

    @classmethod
    def at(cls, theta: Array, axes: Axes, squares: Array, units: Array, values: Array) -> Self:
        """The fit with the scales `theta` (P + 1,); `squares` (P, n, n) are those of `units` along `axes`."""
        covariance = matern(np.sqrt(5 * np.tensordot(np.exp(-2 * theta[:-1]), squares, 1)))
        covariance[np.diag_indices(len(values))] += math.exp(theta[-1])
        precision = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
        places = axes.embed(units) * np.exp(-theta[:-1])[axes.parameter]
        return cls(axes, theta, places, precision, precision @ values)

    def predict(self, units: Array) -> tuple[Array, Array]:
        """Mean and standard deviation (m,) of the noise-free value at `units` (m, P)."""
        cross = self.covariance(self.place(units))
        variance = 1 - np.einsum("ij,ij->i", cross @ self.precision, cross)
        return cross @ self.weights, np.sqrt(np.maximum(variance, 1e-12))

    def believing(self, unit: Array) -> Surrogate:
        """The fit as if the point (1, P) had scored what it predicts there: its mean stays, its doubt goes.

        The inverse grows by a row (bordering).
        """
        place = self.place(unit)
        cross = self.covariance(place)[0]
        pull = self.precision @ cross
        left = 1 + math.exp(self.theta[-1]) - cross @ pull
        n = len(cross)
        precision = np.empty((n + 1, n + 1))
        precision[:n, :n] = self.precision + np.outer(pull, pull) / left
        precision[n, :n] = precision[:n, n] = -pull / left
        precision[n, n] = 1 / left
        return Surrogate(
            self.axes, self.theta, np.vstack([self.places, place]), precision, np.append(self.weights, 0.0)
        )

    def place(self, units: Array) -> Array:
        """(m, A) where points (m, P) lie, in length scales."""
        return np.asarray(self.axes.embed(units) * np.exp(-self.theta[:-1])[self.axes.parameter])

    def covariance(self, places: Array) -> Array:
        """(m, n) between `places` (m, A) and the points of the fit."""
        own = self.places
        squared = (places * places).sum(1)[:, None] + (own * own).sum(1) - 2 * places @ own.T
        return matern(np.sqrt(np.maximum(5 * squared, 0)))


def most_likely(squares: Array, values: Array, prior: Array) -> Array:
    """Log length scales (P,) and log noise: the mode of their posterior, by BFGS from the mode of the prior.

    Args:
        prior: means and standard deviations (P + 1, 2), as of `Prior.of`.
    """
    theta = prior[:, 0].copy()
    cost, slope = improbability(theta, squares, values, prior)
    inverse = np.diag(np.minimum(prior[:, 1], 1.0) ** 2)
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
    return theta


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
    """Minus the log posterior of `theta`, up to a constant, and its slope."""
    weights, noise = np.exp(-2 * theta[:-1]), math.exp(max(theta[-1], LOWEST_LOG_NOISE))
    r = np.sqrt(5 * np.tensordot(weights, squares, 1))
    decay = np.exp(-r)
    covariance = (1 + r + r * r / 3) * decay
    covariance[np.diag_indices(len(values))] += noise
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
    slope[:-1] = 0.5 * np.tensordot(squares, pull * ((5 / 3) * (1 + r) * decay), 2) * weights
    slope[-1] = 0.5 * np.trace(pull) * noise
    return float(cost), np.asarray(slope + off / prior[:, 1])
