"""How well the rows of a class are ranked before the others: the area under the ROC curve."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.figures.base import FIGURES, Figure
from hpsearch.nn.figures.probabilities import exponentials
from hpsearch.nn.parameters import Array


def area(scores_N: Array, positive_N: Array) -> float:
    """The share of the pairs of a positive and another row in which the positive one has the higher score; equal
    scores count one half (Mann and Whitney, 1947). nan where there are no pairs, or a score is none.

    >>> area(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    positives = int(positive_N.sum())
    pairs = positives * (len(positive_N) - positives)
    if not pairs or np.isnan(scores_N).any():
        return np.nan
    order = np.argsort(scores_N)
    sorted_N = scores_N[order]
    # The last place of each group of equal scores, whose rank is the mean of its places.
    ends = np.append(np.flatnonzero(sorted_N[1:] != sorted_N[:-1]), len(order) - 1)
    starts = np.append(0, ends[:-1] + 1)
    ranks = (starts + ends) / 2 + 1
    of_group = np.diff(np.cumsum(positive_N[order], dtype=np.int64)[ends], prepend=0)
    return (float(ranks @ of_group) - positives * (positives + 1) / 2) / pairs


def _columns(outputs: int) -> int:
    """Two classes have one order, that of the second before the first."""
    return 1 if outputs == 2 else outputs


def _log_odds(Z_KBO: Array, _: Array) -> Array:
    """The log odds of each class, (K, S, B): in the order of its probability, but with no ties where that is 1."""
    if Z_KBO.shape[2] == 2:
        own: Array = (Z_KBO[:, :, 1] - Z_KBO[:, :, 0])[:, None]
        return own
    powers, totals, shifted = exponentials(Z_KBO)
    odds: Array = shifted - np.log(np.maximum(totals - powers, np.finfo(np.float64).tiny))
    return odds


def _finish(scores_KSN: Array, T_ON: Array) -> Array:
    """One class against the others, each class alike: those without rows, and those that all rows have, left out
    (Fawcett, 2006, weighs them by their rows).
    """
    own = T_ON[-scores_KSN.shape[1] :] > 0
    told = own.any(axis=1) & ~own.all(axis=1)
    return np.array(
        [
            np.mean([area(scores, positive) for scores, positive in zip(row[told], own[told], strict=True)])
            if told.any()
            else np.nan
            for row in scores_KSN
        ]
    )


FIGURES.register("auc", place=2)(Figure("classification", _log_odds, _finish, parts=_columns))
