"""Which of two searches, or of two groups of them, has found better: better, tied, or cannot be told. Pure.

Of two single searches it is asked which best is truly better. The reading of a best is a lucky one, which is taken
back by how the readings of its search are spread (`posteriors`). That is itself estimated, and of few readings too
surely, so nothing is said unless the readings as they are say it too: the interval holds both. Of groups, searches
that differ in their seeds, it is asked which finds better on the average: their bests vary by all that seeds change
(Welch's test, 1947).

Equal is what nothing shows; what can be shown is that two differ by less than matters (two one-sided tests,
Schuirmann, 1987). What matters here is the typical difference of two equals: between two trainings of one
configuration, or between two searches of one group.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, variance
from typing import Literal

import numpy as np
from msgspec import Struct

from hpsearch.analysis.belief import Array
from hpsearch.analysis.noise import known_noise, pooled, readings
from hpsearch.analysis.verdicts.ties import posteriors
from hpsearch.core.metric import Metric
from hpsearch.core.quantiles import student
from hpsearch.engine.run import Run

Said = Literal["better", "worse", "tied", "cannot be told"]
#: How often a difference is seen where there is none, in any pair, and one that matters is called a tie.
_SEEN, _MISSED = 0.05, 0.1
#: A distribution is held by so many of its quantiles.
_SHARES = (np.arange(150) + 0.5) / 150
_NORMAL = np.array([NormalDist().inv_cdf(share) for share in _SHARES.tolist()])


class Judged(Struct, frozen=True):
    """What one side is beside the other.

    Attributes:
        ahead: by how much it is better, as far as that is known; `low` to `high` at 95 % over all pairs, or at 90 %
            of this one where it is tied.
        matters: differences below this are those of equals.
        why: what the interval rests on, or why nothing can be told.
    """

    said: Said
    why: str
    ahead: float | None = None
    low: float | None = None
    high: float | None = None
    matters: float | None = None


class _Interval(Struct, frozen=True):
    """Of how far one side is ahead: the middle, the ends at `_SEEN`, those at `_MISSED` on either side."""

    middle: float
    wide: tuple[float, float]
    narrow: tuple[float, float]


def judged(one: Sequence[Run], other: Sequence[Run], pairs: int = 1) -> Judged:
    """What `one`, which is a search or several that differ in their seeds, is beside the `other`.

    Args:
        pairs: how many comparisons this is one of.
    """
    if any(run.best is None for run in (*one, *other)):
        return _unknown("a search has no trial that is done")
    if len(one) == len(other) == 1:
        return _of_bests(one[0], other[0], pairs)
    if min(len(one), len(other)) == 1:
        return _unknown("one search does not tell how far others of its kind are from it; give several seeds")
    return of_values(bests(one), bests(other), one[0].metric, pairs)


def bests(runs: Sequence[Run]) -> list[float]:
    """What the best of each search has."""
    return [run.best.value(run.metric) for run in runs if run.best]


def of_values(one: Sequence[float], other: Sequence[float], metric: Metric, pairs: int = 1) -> Judged:
    """The same for the bests of the searches of two groups, two at least of each."""
    spread = [variance(one) / len(one), variance(other) / len(other)]
    error = math.sqrt(sum(spread))
    if not error:
        return _unknown("all searches of a group came to the same, so that their seeds tell nothing")
    counts = (len(one) - 1, len(other) - 1)
    freedom = error**4 / sum(part**2 / count for part, count in zip(spread, counts, strict=True))
    within = sum(count * variance(some) for count, some in zip(counts, (one, other), strict=True)) / sum(
        counts
    )
    middle = metric.sign * (fmean(other) - fmean(one))
    wide = error * student(1 - _SEEN / 2 / pairs, freedom)
    narrow = error * student(1 - _MISSED / 2, freedom)
    found = _Interval(middle, (middle - wide, middle + wide), (middle - narrow, middle + narrow))
    return _judged(found, math.sqrt(2 * within), f"{len(one)} and {len(other)} searches")


def same_rows(one: Run, other: Run) -> bool:
    """Whether both were measured on the same rows, as far as it is known which these are."""
    return one.data.partition("+")[0] == other.data.partition("+")[0]  # the rest is of weights to start from


def _of_bests(one: Run, other: Run, pairs: int) -> Judged:
    if not same_rows(one, other):
        return _unknown(
            "their seeds divide the data otherwise, so that they were measured on other rows; give both one seed, "
            "or several seeds of each"
        )
    known = [noise for noise in map(known_noise, (one, other)) if noise]
    if not known:
        return _unknown(f"neither several seeds nor a share of rows tell how noisy {one.metric} is")
    noise = pooled(known)
    ends = [_SEEN / 2 / pairs, _MISSED / 2, 0.5, 1 - _MISSED / 2, 1 - _SEEN / 2 / pairs]
    shrunk, plain = (
        np.quantile(np.concatenate([ahead(one, other, level) for level, _ in noise.levels]), ends)
        for ahead in (_shrunk, _plain)
    )
    low, lower, _, _, _ = np.minimum(shrunk, plain).tolist()
    _, _, _, higher, high = np.maximum(shrunk, plain).tolist()
    found = _Interval(float(shrunk[2]), (low, high), (lower, higher))
    return _judged(found, math.sqrt(2 * noise.variance), noise.source)


def _plain(one: Run, other: Run, level: float) -> Array:
    """By how much the best of `one` may be ahead, from the readings as they are, as equally likely values."""
    losses, seeds = zip(*(readings(run, run.ranked[:1]) for run in (one, other)), strict=True)
    error = level * math.sqrt(1 / seeds[0][0] + 1 / seeds[1][0])
    return np.asarray(losses[1] - losses[0] + error * _NORMAL, dtype=np.float64)


def _shrunk(one: Run, other: Run, level: float) -> Array:
    """The same, with the luck of either best taken back."""
    return np.asarray(np.subtract.outer(_losses(other, level), _losses(one, level)).ravel(), dtype=np.float64)


def _losses(run: Run, level: float) -> Array:
    """Where the true loss of the best may lie, as equally likely places."""
    alike = [standing for standing in run.ranked if standing.epochs == run.ranked[0].epochs]
    places, own = posteriors(*readings(run, alike), level, 1)
    step = places[1] - places[0]
    return np.asarray(np.interp(_SHARES, np.cumsum(own[0]), places + step / 2), dtype=np.float64)


def _judged(found: _Interval, matters: float, why: str) -> Judged:
    low, high = found.wide
    lower, higher = found.narrow
    said: Said = "cannot be told"
    if low > 0 or high < 0:
        said = "better" if low > 0 else "worse"
    elif -matters < lower and higher < matters:
        return Judged("tied", why, found.middle, lower, higher, matters)
    return Judged(said, why, found.middle, low, high, matters)


def _unknown(why: str) -> Judged:
    return Judged("cannot be told", why)
