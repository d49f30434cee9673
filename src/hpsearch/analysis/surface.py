"""The surface behind the readings of a search: a smooth fit, which parameters it needs, and how sure it is. Pure.

The fit is the search's own (`samplers/likelihood.py`), under priors that leave a parameter without influence: what
guides a search well, a bias to short length scales, would see influence everywhere. A search looks where it found
good values, so its readings are no sample of the space; what follows from their likelihood alone, as here, holds
nevertheless (Berger and Wolpert, The Likelihood Principle, 1988).
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from msgspec import Struct

from hpsearch.analysis.readings import Array, Readings
from hpsearch.samplers.axes import Axes
from hpsearch.samplers.likelihood import LOWEST_LOG_NOISE, improbability, matern, most_likely
from hpsearch.samplers.surrogate import Surrogate

#: Believed beforehand, mean and deviation: the log of a length scale, long ones included, and of the noise
#: variance, in units of the losses' own.
LENGTHS, NOISE = (0.0, 1.5), (-4.0, 3.0)
#: The surface may rise and fall by so many standard deviations of the losses.
HEIGHT = 3.0
#: How losses far above the best are drawn together: log(1 + excess / (bend * median excess)), or not at all.
BENDS = (math.inf, 1.0, 0.2)
#: Of the surface, besides a length scale for each parameter: noise, mean, height and bend.
_SETTINGS = 2


class Surface(Struct, frozen=True, eq=False, dict=True):
    """The fit.

    Attributes:
        readings: what it is a fit to.
        bend: in units of the loss, above how much excess losses are drawn together.
        values: (n,) the losses as the fit sees them.
        unit: how much loss, near the best, a value of 1 is.
        theta: (P + 1,) log length scales and log noise.
    """

    readings: Readings
    bend: float
    values: Array
    unit: float
    theta: Array

    @classmethod
    def of(cls, readings: Readings) -> Surface:
        """The likeliest, among the ways to draw losses together."""
        return min((cls._bent(readings, bend) for bend in BENDS), key=lambda surface: surface.cost)

    @classmethod
    def _bent(cls, readings: Readings, bend: float) -> Surface:
        excess = readings.losses - readings.losses.min()
        usual = float(np.median(excess[excess > 0])) if excess.any() else 1.0
        drawn = drawn_together(excess, bend * usual)
        unit = HEIGHT * (float(drawn.std()) or 1.0)
        values = (drawn - drawn.mean()) / unit
        squares = Axes.of(readings.space).squares(readings.units)
        return cls(readings, bend * usual, values, unit, most_likely(squares, values, _prior(len(squares))))

    @cached_property
    def _squares(self) -> Array:
        return Axes.of(self.readings.space).squares(self.readings.units)

    @cached_property
    def cost(self) -> float:
        """Minus the log posterior of the losses themselves."""
        prior = _prior(len(self._squares))
        excess = self.readings.losses - self.readings.losses.min()
        return (
            improbability(self.theta, self._squares, self.values, prior)[0]
            + len(excess) * math.log(self.unit)
            + float(np.log1p(excess / self.bend).sum())
        )

    @cached_property
    def fit(self) -> Surrogate:
        """The surface and its uncertainty, as the search itself has them."""
        theta = np.append(self.theta[:-1], max(self.theta[-1], LOWEST_LOG_NOISE))
        space, units = self.readings.space, self.readings.units
        return Surrogate.at(theta, Axes.of(space), self._squares, units, self.values)

    @property
    def freedom(self) -> float:
        """The share of the readings that is not used up by what is fitted to them; 0 where they are too few."""
        used = len(self.readings.space) + _SETTINGS
        return max(0.0, 1 - used / len(self.readings))

    def evidence(self, column: int) -> float:
        """How much likelier, in its logarithm, the readings are with that parameter than without it.

        A ratio of likelihoods at their largest, without what priors say of the parameter, times `freedom`.
        """
        prior = _prior(len(self._squares))
        others, left = np.delete(self._squares, column, 0), np.delete(prior, column, 0)
        without = most_likely(others, self.values, left)
        off = (self.theta[column] - prior[column, 0]) / prior[column, 1]
        ratio = (
            improbability(without, others, self.values, left)[0]
            - improbability(self.theta, self._squares, self.values, prior)[0]
            + 0.5 * off * off
        )
        return self.freedom * float(ratio)

    def difference(self, here: Array, there: Array) -> tuple[float, float]:
        """How much lower the loss is on average at `here` (m, P) than at `there` (m, P), and its standard error."""
        fit, count = self.fit, len(here)
        places = fit.place(np.vstack([there, here]))
        signs = np.repeat([1 / count, -1 / count], count)
        apart = ((places[:, None] - places[None]) ** 2).sum(-1)
        pull = (signs @ fit.covariance(places))[None]
        variance = float(signs @ matern(np.sqrt(5 * apart)) @ signs - fit.explained(pull)[0])
        error = math.sqrt(max(variance, 1e-14) / self.freedom) if self.freedom else math.inf
        return self.unit * float(fit.mean(pull)[0]), self.unit * error


def drawn_together(excess: Array, bend: float) -> Array:
    """What is above the best, (n,), with what is far above `bend` drawn together by logarithms.

    >>> drawn_together(np.array([0.0, 0.001, 100.0]), 1.0).round(3).tolist()
    [0.0, 0.001, 4.615]
    """
    return excess if math.isinf(bend) else np.asarray(bend * np.log1p(excess / bend))


def _prior(parameters: int) -> Array:
    noise = (NOISE[0] - 2 * math.log(HEIGHT), NOISE[1])
    return np.array([LENGTHS] * parameters + [noise])
