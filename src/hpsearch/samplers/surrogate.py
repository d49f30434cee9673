"""A smooth fit of losses over the unit cube: a Gaussian process, in NumPy alone.

Its scales are those that make the results most likely under mild priors (see `likelihood`).
Axis letters: n points, N = n (n - 1) / 2 pairs of them, P parameters, A axes (see `Axes`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.samplers.axes import Axes
from hpsearch.samplers.likelihood import (
    LOSSES,
    Prior,
    ahead,
    covariance,
    height,
    inverse_root,
    lower,
    matern,
    most_likely,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"

#: The rows of the inverse of a triangular matrix are kept in blocks of so many.
BLOCK = 64


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
        theta = most_likely(squares, values, scales, ahead(axes, units, values, scales))
        return cls.at(theta, axes, squares, units, values)

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
        return covariance(one, other, *self._height)

    @property
    def _height(self) -> tuple[float, float]:
        return height(self.theta, len(self.axes.first))


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
