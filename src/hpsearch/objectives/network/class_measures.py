"""How good the probabilities of classes are on rows that were not learned from, and how sure that is. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.core.quantiles import NORMAL_95
from hpsearch.nn.figures.by_class import Counts, balanced_accuracy, macro_f1
from hpsearch.objectives.network.measures import Interval, ends, resampled, samples_of, wilson

#: A class with fewer rows tells too little of how far their ranks may lie apart; ...
_FEWEST_RANKED = 5
#: ... and so do all, where the log odds of the area are less sure than this: few pairs are not in order.
_SUREST = 0.6
#: Numbers that are drawn at a time.
_AT_ONCE = 1_000_000


class PerClass(Struct, frozen=True):
    """Of each class (C,): its rows, the share of them that is found, the share of what is taken for it that is it
    (nan where nothing is), and their harmonic mean.
    """

    rows: NDArray[np.int64]
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    f1: NDArray[np.float64]


class ClassScores(Struct, frozen=True):
    """Figures by name (acc, balanced_acc, f1, auc, log_loss), 95 % intervals of those that have one, and more."""

    figures: Mapping[str, float]
    intervals: Mapping[str, Interval]
    per_class: PerClass


def scores_of(
    probabilities: NDArray[np.float64], y: NDArray[np.int64], confusion: NDArray[np.int64], seed: int = 0
) -> ClassScores:
    """How good `probabilities` (N, C) are for rows of the classes `y` (N,), of which `confusion` (C, C) counts the
    true (down) that were taken for each (across).

    The intervals: of acc, Wilson's; of balanced_acc and f1, what is likely given what was counted (`_posterior`);
    of auc, DeLong's on the scale of its log odds; of log_loss, a percentile bootstrap.
    """
    counts = (confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0))
    losses = -np.log(np.maximum(probabilities[np.arange(len(y)), y], np.finfo(np.float64).tiny))
    area, area_ends = auc_of(probabilities, y)
    right = int(counts[0].sum())
    figures = {
        "acc": right / len(y),
        "balanced_acc": float(balanced_accuracy(counts)),
        "f1": float(macro_f1(counts)),
        "auc": area,
        "log_loss": float(losses.mean()),
    }
    rng = np.random.default_rng(seed)
    by_class = _posterior(confusion, (balanced_accuracy, macro_f1), rng)
    found = (wilson(right, len(y)), *by_class, area_ends, ends(resampled(losses[:, None], rng)[:, 0]))
    intervals = {
        name: (min(own[0], figures[name]), max(own[1], figures[name]))
        for name, own in zip(figures, found, strict=True)
        if own is not None
    }
    return ClassScores(figures, intervals, _per_class(counts))


def _per_class(counts: Counts) -> PerClass:
    right, true, taken = counts

    def share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
        shares: NDArray[np.float64] = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
        return shares

    return PerClass(true, share(right, true), share(right, taken), share(2 * right, true + taken))


def _posterior(
    confusion: NDArray[np.int64],
    figures: Sequence[Callable[[Counts], NDArray[Any]]],
    rng: np.random.Generator,
) -> list[Interval]:
    """The middle 95 % of each figure of confusions that may lie behind this one, with as many rows of each class.

    How the rows of a class are taken is Dirichlet, of the counts and a prior that is worth one row found and one
    that is not, of all classes together: for two classes that of Jeffreys (1946). A bootstrap of rows that are all
    found would be sure of it.
    """
    some = (confusion.sum(axis=0) > 0) | (confusion.sum(axis=1) > 0)
    counts = confusion[np.ix_(some, some)]
    classes, true = len(counts), counts.sum(axis=1)
    prior = np.full(counts.shape, 1 / (classes * max(1, classes - 1)))
    np.fill_diagonal(prior, 1 / classes)
    samples, step = samples_of(counts.size), max(1, _AT_ONCE // counts.size)
    parts = []
    for start in range(0, samples, step):
        drawn = rng.standard_gamma(counts + prior, size=(min(step, samples - start), classes, classes))
        drawn *= true[:, None] / drawn.sum(axis=2, keepdims=True)
        own = (drawn.diagonal(axis1=1, axis2=2), true, drawn.sum(axis=1))
        parts.append(np.stack([figure(own) for figure in figures]))
    return [ends(values) for values in np.concatenate(parts, axis=1)]


def auc_of(probabilities: NDArray[np.float64], y: NDArray[np.int64]) -> tuple[float, Interval | None]:
    """The area under the ROC curve, the mean over the classes of each against the others, and its 95 % interval.

    DeLong, DeLong and Clarke-Pearson (1988): the variance of the shares that each row has in the area. None where a
    class has too few rows to tell, or too few pairs are not in order.
    """
    classes = [1] if probabilities.shape[1] == 2 else range(probabilities.shape[1])
    told = [own for own in classes if 0 < int((y == own).sum()) < len(y)]
    if not told:
        return math.nan, None
    areas, moved = np.empty(len(told)), np.zeros(len(y))
    for place, own in enumerate(told):
        areas[place], shares = _shares(_log_odds(probabilities[:, own]), y == own)
        moved += shares / len(told)
    area, error = float(areas.mean()), math.sqrt(float(moved @ moved))
    sizes = np.bincount(y)
    room = area * (1 - area)
    if not 0 < error <= _SUREST * room or sizes[sizes > 0].min() < _FEWEST_RANKED:
        return area, None
    middle, half = math.log(area / (1 - area)), NORMAL_95 * error / room
    low, high = (1 / (1 + math.exp(-end)) for end in (middle - half, middle + half))
    return area, (low, high)


def _log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float32]:
    """In their order, (N,), but without what rounding alone tells apart."""
    with np.errstate(divide="ignore"):
        return (np.log(probabilities) - np.log1p(-probabilities)).astype(np.float32)


def _shares(scores: NDArray[np.float32], positive: NDArray[np.bool_]) -> tuple[float, NDArray[np.float64]]:
    """The area, and by how much each row (N,) moves it from its mean; equal scores count one half."""
    high, low = np.sort(scores[positive]), np.sort(scores[~positive])

    def below(values: NDArray[np.float32], among: NDArray[np.float32]) -> NDArray[np.float64]:
        left, right = (np.searchsorted(among, values, side) for side in ("left", "right"))
        return (left + right) / (2 * len(among))

    above = below(scores[positive], low)
    area = float(above.mean())
    moved = np.empty(len(scores))
    for own, values in ((positive, above - area), (~positive, 1 - below(scores[~positive], high) - area)):
        moved[own] = values / math.sqrt(len(values) * max(1, len(values) - 1))
    return area, moved
