"""What an earlier search found, where that is no more than a hint: how far it holds is learned from the results.

The losses of both are taken for smooth functions of correlation rho, f = rho * f_earlier + sqrt(1 - rho^2) * g
(the intrinsic model of coregionalisation; Bonilla et al., Multi-task Gaussian Process Prediction, 2008). With
rho = 0 the earlier search is not there. Several are a stack, each a hint to the next (Golovin et al., Google
Vizier, 2017).
Axis letters: n points, P parameters.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.deferred import np
from hpsearch.samplers.axes import Axes
from hpsearch.samplers.likelihood import LOSSES, Prior, inverse_root, lower, matern
from hpsearch.samplers.results import Results
from hpsearch.samplers.surrogate import Surrogate, standardised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"

#: The correlations that are held possible, all alike: what contradicts is known for it as soon as what holds.
CORRELATIONS = (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.8, 0.9, 0.95)
#: What is believed before any result, and the least that is worth believing.
EXPECTED, LEAST = 0.6, 0.3
#: The fit sees the best of an earlier search and some of the others, evenly spread over their ranks.
BEST, OTHERS = 60, 40


class Earlier(Struct, frozen=True, eq=False, dict=True):
    """The results of an earlier search: losses (n,) at `units` (n, P), and what was a hint to them in turn."""

    space: Space
    units: Array
    losses: Array
    before: Earlier | None = None

    @cached_property
    def results(self) -> Results:
        """Where the best of it are."""
        return Results.of(self.units, self.losses)

    @cached_property
    def fitted(self) -> Surrogate | Informed:
        """The fit to it; worked out once, as it never changes."""
        order = np.argsort(self.losses, kind="stable")
        rest = order[BEST:]
        spread = rest[np.linspace(0, len(rest) - 1, min(OTHERS, len(rest))).astype(np.intp)]
        seen = np.concatenate([order[:BEST], spread])
        units, values = self.units[seen], standardised(self.losses[seen], self.losses)
        correlation = self.before.correlation(Results.of(units, values)) if self.before else 0.0
        return informed(self.space, units, values, self.before, correlation)

    @cached_property
    def alone(self) -> Informed:
        """What it says before there is any result."""
        axes, theta = Axes.of(self.space), scales(self.fitted)
        nothing = Surrogate(axes, theta, axes.embed(self.units[:0]), (np.empty((0, 0)),), np.empty(0))
        return Informed(self.fitted, EXPECTED, 0.0, nothing)

    def correlation(self, results: Results) -> float:
        """How much it has to do with these results, of which it sees some: the mean after them.

        0 where that is so little that it is better forgotten, or contradicts it.
        """
        if not results.finite:
            return EXPECTED
        ranks = np.unique(np.linspace(0, results.finite - 1, min(BEST, results.finite)).astype(np.intp))
        units, losses = results.at(ranks.tolist())
        root = _root(scales(self.fitted), self.space, units)
        mean = float(_likely(self.fitted, root, units, standardised(losses)) @ CORRELATIONS)
        return mean if mean >= LEAST else 0.0


class Informed(Struct, frozen=True, eq=False):
    """A fit of what differs from what is expected: at x, rho * m(x) + level + s(x) * g(x).

    m and its variance v are what the earlier search holds of x, and s^2 = 1 - rho^2 * (1 - v): where it knows
    nothing, nothing is expected. `differing` is the fit of g.
    """

    earlier: Surrogate | Informed
    correlation: float
    level: float
    differing: Surrogate

    @classmethod
    def fit(cls, space: Space, units: Array, values: Array, earlier: Earlier, correlation: float) -> Self:
        """The fit to `values` (n,) at `units` (n, P), with a hint of that correlation."""
        fitted = earlier.fitted
        expected, spread = _expected(fitted, correlation, units)
        level = _level(_root(scales(fitted), space, units), values - expected, spread)
        differing = Surrogate.fit(space, units, (values - expected - level) / spread)
        return cls(fitted, correlation, level, differing)

    @property
    def noise(self) -> float:
        """The variance of a reading, at most."""
        return self.differing.noise

    def predict(self, units: Array) -> tuple[Array, Array]:
        """Mean and standard deviation (m,) of the noise-free value at `units` (m, P)."""
        expected, spread = _expected(self.earlier, self.correlation, units)
        mean, doubt = self.differing.predict(units)
        return expected + self.level + spread * mean, spread * doubt

    def believing(self, units: Array) -> Informed:
        """The fit as if k points (k, P) had scored what it predicts there."""
        return replace(self, differing=self.differing.believing(units))


def informed(
    space: Space,
    units: Array,
    values: Array,
    earlier: Earlier | None,
    correlation: float,
    prior: Prior = LOSSES,
) -> Surrogate | Informed:
    """The fit to `values` (n,) at `units` (n, P), with a hint of that correlation where it is above 0.

    `prior`: of a fit without a hint; with one, what differs from it has a variance of 1 around its own level.
    """
    if earlier is None or not correlation:
        return Surrogate.fit(space, units, values, prior)
    return Informed.fit(space, units, values, earlier, correlation)


def _expected(earlier: Surrogate | Informed, correlation: float, units: Array) -> tuple[Array, Array]:
    """What is expected at `units` (n, P) but for a level, and the deviation from it that is."""
    mean, doubt = earlier.predict(units)
    known = np.maximum(1 - doubt * doubt, 0)
    return correlation * mean, np.sqrt(1 - correlation**2 * known)


def _likely(earlier: Surrogate | Informed, root: Array, units: Array, values: Array) -> Array:
    """How likely each of the correlations is after `values` (n,) at `units` (n, P); `root` as of `_root`."""
    costs = []
    for correlation in CORRELATIONS:
        expected, spread = _expected(earlier, correlation, units)
        rest, ones = root @ ((values - expected) / spread), root @ (1 / spread)
        grip = 1 + ones @ ones
        costs.append(
            rest @ rest - (ones @ rest) ** 2 / grip + math.log(grip) + 2 * float(np.log(spread).sum())
        )
    likely = np.exp(-0.5 * (np.array(costs) - min(costs)))
    return np.asarray(likely / likely.sum())


def _level(root: Array, rest: Array, spread: Array) -> float:
    """The most likely level of what is left, which is 0 with a deviation of 1 before any is seen."""
    ones = root @ (1 / spread)
    return float(ones @ (root @ (rest / spread)) / (1 + ones @ ones))


def _root(theta: Array, space: Space, units: Array) -> Array:
    """The inverse (n, n) of the Cholesky factor of the covariance at `units` (n, P), with the scales `theta`."""
    squares = Axes.of(space).squares(units)
    pairs = matern(np.sqrt(5 * (np.exp(-2 * theta[:-1]) @ squares)))
    return inverse_root(lower(pairs, 1 + math.exp(theta[-1])))[0]


def scales(fitted: Surrogate | Informed) -> Array:
    """The length scales and the noise (P + 1,) that were fitted."""
    return fitted.theta if isinstance(fitted, Surrogate) else fitted.differing.theta
