"""How noisy one reading of the metric is, from all that a run knows of it: replicates, validation rows, and a fit.

Two trials are measured on the same rows, so what rows have in common drops out of their difference. What seeds
of one configuration differ by does not; nor does what a smooth fit over the space leaves. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from hpsearch.analysis.belief import Array, Belief
from hpsearch.core.metric import Metric
from hpsearch.core.quantiles import NORMAL_95
from hpsearch.core.trial import Confirmed, Standing
from hpsearch.engine.run import Run
from hpsearch.samplers.likelihood import LOSSES, Prior

#: Rows that are hard for one network are hard for most, and drop out of a difference: of its binomial variance this
#: share is left. Of the best of networks on digits, on a table of 569 rows and on moons it was 0.44, 0.32 and 0.20;
#: unlike configurations differ more.
_NOT_SHARED = 0.5
#: Degrees of freedom that either counts for: tasks differ, and of seeds they know nothing.
_OF_ROWS = 2
#: The quantiles of the normal distribution that stand for it, in equal parts.
_SIXTHS = (-1.383, -0.674, -0.21, 0.21, 0.674, 1.383)
#: How sure it is that a difference is more than noise, and how often an interval is halved to find where that is.
_SURE, _HALVINGS = 0.95, 60
_NORMAL = NormalDist()
#: Fewer trials than this are not fitted, and of more only the best.
FEWEST, MOST = 10, 100


class Noise(Struct, frozen=True):
    """The variance of one reading, how many degrees of freedom know it, and where it is known from in words."""

    variance: float
    freedom: float
    source: str

    @property
    def prior(self) -> tuple[float, float]:
        """The log of the variance, and how sure that is."""
        return math.log(self.variance), math.sqrt(2 / self.freedom)

    def interval(self, seeds: int) -> float:
        """Half the width of the 95 % interval of a mean over so many seeds."""
        return NORMAL_95 * math.sqrt(self.variance / seeds)

    @property
    def levels(self) -> list[tuple[float, float]]:
        """The standard deviations that a reading may have, each with its probability."""
        log, doubt = self.prior
        return [(math.exp(0.5 * (log + doubt * quantile)), 1 / len(_SIXTHS)) for quantile in _SIXTHS]

    def chance(self, seeds: int, others: int) -> float:
        """What a mean over so many seeds falls short of an equal one over `others` by at most, 19 times in 20."""
        widths = [(level * math.sqrt(1 / seeds + 1 / others), weight) for level, weight in self.levels]
        low, high = 0.0, 10 * max(width for width, _ in widths)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            within = math.fsum(weight * _NORMAL.cdf(middle / width) for width, weight in widths)
            low, high = (low, middle) if within > _SURE else (middle, high)
        return high


def known_noise(run: Run) -> Noise | None:
    """What replicates and the validation rows say, the mean of both by what each knows; None where neither does.

    Replicates that are all equal say nothing: an objective that takes no seed repeats itself to the bit.
    """
    return _known(_of_rows(run), _of_seeds(run))


def noise_beside(run: Run) -> Noise | None:
    """The same for readings that are held against others on the same rows, as those of one search are."""
    rows = _of_rows(run)
    return _known(rows and replace(rows, variance=_NOT_SHARED * rows.variance), _of_seeds(run))


def _known(*found: Noise | None) -> Noise | None:
    known = [noise for noise in found if noise]
    return pooled(known) if known else None


def pooled(found: Sequence[Noise]) -> Noise:
    """The mean of what several tell, by what each knows."""
    freedom = sum(noise.freedom for noise in found)
    log = math.fsum(noise.freedom * math.log(noise.variance) for noise in found) / freedom
    sources = dict.fromkeys(noise.source for noise in found)
    return Noise(math.exp(log), freedom, ", ".join(sources))


def _of_rows(run: Run) -> Noise | None:
    """The binomial error of the best, where the metric is a share of the rows."""
    best = run.best
    error = run.metric.standard_error(best.value(run.metric), run.rows) if best else 0.0
    return Noise(error**2, _OF_ROWS, f"{run.rows} validation rows") if error else None


def _of_seeds(run: Run) -> Noise | None:
    return of_seeds([standing.confirmed for standing in run.ranked if standing.confirmed], run.metric)


def of_seeds(again: Sequence[Confirmed], metric: Metric) -> Noise | None:
    """What the seeds of one configuration differ by, over all that were trained with several."""
    freedom = sum(confirmed.seeds - 1 for confirmed in again)
    squares = math.fsum((confirmed.seeds - 1) * metric.loss(confirmed.spread) ** 2 for confirmed in again)
    if not squares:
        return None
    return Noise(squares / freedom, freedom, f"{max(confirmed.seeds for confirmed in again)} seeds")


def believed(run: Run, standings: Sequence[Standing], prior: Prior = LOSSES) -> Belief | None:
    """What these trials, trained equally long, let one believe; None where they are too few, or all equal.

    Args:
        prior: as of `Belief.of`.
    """
    if len(standings) < max(FEWEST, len(run.space) + 2):
        return None
    best = standings[:MOST]
    units = run.space.encode([standing.trial.config for standing in best])
    known = noise_beside(run)
    return Belief.of(run.space, units, *readings(run, best), known.prior if known else None, prior)


def readings(run: Run, standings: Sequence[Standing]) -> tuple[Array, Array]:
    """The losses (n,) that trials rank by, and over how many seeds (n,) each is a mean."""
    metric = run.metric
    losses = [metric.loss(standing.value(metric)) for standing in standings]
    seeds = [standing.confirmed.seeds if standing.confirmed else 1 for standing in standings]
    return np.array(losses), np.array(seeds, dtype=np.float64)
