"""What the trials of a search let one believe of the values behind their noise: posteriors of Gaussian processes.

A reading is lucky or unlucky; the best of many is lucky. The posterior of all trials together takes that back:
neighbours in the space vouch for each other, and what was trained with several seeds counts for more. How much of
what is seen is noise is itself uncertain, so several answers are held, each with its probability. Lower is better
throughout. Axis letters: n trials, M points asked about, S draws, P parameters. Pure.
"""

from __future__ import annotations

import math
from typing import Self, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.samplers.axes import Axes
from hpsearch.samplers.likelihood import LOSSES, Climb, Prior, covariance, height, improbability, most_likely
from hpsearch.space import Space

Array: TypeAlias = NDArray[np.float64]

#: Of the log of the noise's variance as the fit sees it, where nothing is known: mean and standard deviation.
VAGUE = (-5.0, 3.0)
#: The answers held: logs of the noise's variance, where that of all losses is 1.
_LEVELS = (-12.0, -9.0, -7.0, -5.5, -4.25, -3.0, -2.0, -1.0, 0.0)
#: How far the climb may take the noise from its level, and the probability that is worth keeping.
_NEAR, _LEAST = 0.3, 0.02


class Answer(Struct, frozen=True, eq=False):
    """One fit: `theta`, the logs of its scales (see `Prior.of`), and `weight`, how probable it is."""

    theta: Array
    weight: float


class Belief(Struct, frozen=True, eq=False):
    """The posterior of the noise-free losses over the unit cube.

    Attributes:
        answers: the fits, the most probable first.
        units: (n, P) where the trials are.
        losses: (n,) theirs, each the mean over so many `seeds` (n,).
        values: (n,) the losses as the fit sees them; `scale` is what one unit of these is worth.
    """

    axes: Axes
    answers: tuple[Answer, ...]
    units: Array
    losses: Array
    seeds: Array
    values: Array
    scale: float

    @classmethod
    def of(
        cls,
        space: Space,
        units: Array,
        losses: Array,
        seeds: Array,
        noise: tuple[float, float] | None = None,
        prior: Prior = LOSSES,
    ) -> Self | None:
        """What `losses` (n,) at `units` (n, P), each the mean over so many `seeds` (n,), let one believe.

        Args:
            noise: the log of one reading's variance, and how sure that is; None: not known.
            prior: what is held likely of the lengths, and of the height if that is learned.

        Returns:
            None where all losses are equal, so that there is nothing to fit.
        """
        values, scale = _seen(losses)
        if not scale:
            return None
        axes = Axes.of(space)
        known = VAGUE if noise is None else (noise[0] - 2 * math.log(scale), noise[1])
        answers = tuple(_answers(axes.squares(units), values, prior._replace(noise=known)))
        return cls(axes, answers, units, losses, seeds, values, scale)

    @property
    def levels(self) -> list[tuple[float, float]]:
        """The standard deviations that one reading may have, each with its probability."""
        return [(self._noise(answer), answer.weight) for answer in self.answers]

    @property
    def noise_share(self) -> float:
        """How much of the variance of the losses is noise: 1 where the places of the trials explain none of it."""
        return math.fsum(answer.weight * min(1.0, math.exp(answer.theta[-1])) for answer in self.answers)

    def _noise(self, answer: Answer) -> float:
        return self.scale * math.exp(0.5 * float(answer.theta[-1]))

    def place(self, loss: float) -> float:
        """Where a loss below the median of the trials' lies among the `draws`."""
        least = self.losses.argmin()
        return float(loss - self.losses[least] + self.scale * self.values[least])

    def hopes(self, units: Array) -> Array:
        """How low the loss may well be at `units` (M, P), (M,), but for a constant: the mean less a deviation."""
        means, variances = np.zeros(len(units)), np.zeros(len(units))
        for answer in self.answers:
            mean, covariance = self._posterior(answer, units)
            means += answer.weight * mean
            variances += answer.weight * np.maximum(np.diag(covariance), 0)
        return np.asarray(means - np.sqrt(variances))

    def draws(self, units: Array, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """About so many draws (S, M) of the noise-free losses at `units` (M, P), but for a constant.

        Beside them the standard deviation (S,) of the noise that each is drawn with.
        """
        drawn = [self._drawn(answer, units, math.ceil(count * answer.weight), rng) for answer in self.answers]
        noise = [level for level, _ in self.levels]
        return np.concatenate(drawn), np.repeat(noise, [len(rows) for rows in drawn])

    def _drawn(self, answer: Answer, units: Array, count: int, rng: np.random.Generator) -> Array:
        mean, covariance = self._posterior(answer, units)
        values, vectors = np.linalg.eigh(covariance)
        # The symmetric root: others depend on signs that every LAPACK chooses for itself.
        root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
        return np.asarray(mean + rng.standard_normal((count, len(mean))) @ root)

    def _posterior(self, answer: Answer, units: Array) -> tuple[Array, Array]:
        """Mean (M,) and covariance (M, M), in units of the losses."""
        lengths = np.exp(-answer.theta[:-1])[self.axes.parameter]
        own, asked = self.axes.embed(self.units) * lengths, self.axes.embed(units) * lengths
        high = height(answer.theta, len(self.axes.first))
        seen = covariance(own, own, *high) + np.diag(math.exp(answer.theta[-1]) / self.seeds)
        cross = covariance(asked, own, *high)
        solved = np.linalg.solve(seen, np.column_stack([self.values, cross.T]))
        mean, spread = cross @ solved[:, 0], covariance(asked, asked, *high) - cross @ solved[:, 1:]
        return self.scale * mean, self.scale**2 * spread


def _answers(squares: Array, values: Array, prior: Prior) -> list[Answer]:
    """The best fit at each level of noise, weighed by how likely it makes the values."""
    thetas = _fits(squares, values, prior)
    costs = np.array([improbability(theta, squares, values, prior.of(len(squares)))[0] for theta in thetas])
    weights = np.exp(costs.min() - costs)
    weights /= weights.sum()
    kept = weights >= _LEAST
    found = [
        Answer(theta, weight) for theta, weight in zip(thetas, weights / weights[kept].sum(), strict=True)
    ]
    return sorted((found[i] for i in np.flatnonzero(kept)), key=lambda answer: -answer.weight)


def _fits(squares: Array, values: Array, prior: Prior) -> list[Array]:
    """The best fit at each level of noise, the climb to which begins at that of the next noisier level.

    The less is noise the more modes there are, one for each way to explain every value by its place, and a climb
    from the mode of the prior may end tens of nats below the best of them. Where most is noise there is one.
    """
    found: list[Array] = []
    for level in reversed(_LEVELS):
        near = prior._replace(noise=(level, _NEAR)).of(len(squares))
        start = Climb.at(np.append(found[-1][:-1], level), near) if found else None
        found.append(most_likely(squares, values, near, start))
    return found[::-1]


def _seen(losses: Array) -> tuple[Array, float]:
    """Losses as the fit sees them, with mean 0 and deviation 1, and what one unit of that is worth.

    What is further from the best than the median is matters only in that it is poor: beyond, logarithms count.
    """
    excess = losses - losses.min()
    unit = float(np.median(excess)) or float(excess.mean())
    if not unit:
        return excess, 0.0
    drawn = excess / unit
    drawn = np.where(drawn > 1, 1 + 0.5 * np.log(np.maximum(drawn, 1)), drawn)
    spread = float(drawn.std())
    return (drawn - drawn.mean()) / spread, unit * spread
