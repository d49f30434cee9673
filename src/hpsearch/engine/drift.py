"""Whether trainings of different length compare: not where the metric gets worse with more epochs. Pure.

A short training then stands above every long one, and says nothing of how it would end.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from operator import attrgetter

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Epochs, Result

#: By so many more trials one way than the other is it held to be so: one alone may be a chance.
_MAJORITY = 2
_TRIAL = attrgetter("trial")


class Drift:
    """What longer training did to the metric, step by step: of how many trials it got worse, less those it raised.

    Where the best of these gained by it the metric does not worsen: what did was some poor trials.

    >>> drift = Drift()
    >>> for before, after in ((0.3, 0.5), (0.4, 0.6)):
    ...     drift.take(9, before, after)
    >>> drift.worsens
    True
    """

    def __init__(self) -> None:
        self._worse = Counter[Epochs]()
        self._before, self._after = dict[Epochs, float](), dict[Epochs, float]()

    @classmethod
    def of(cls, results: Iterable[Result], metric: Metric) -> Drift:
        """That of the results of a search: of the trainings that ended well, but for those with fresh seeds."""
        drift, name = cls(), metric.name
        done = [result for result in results if result.status == "done" and not result.replicate]
        trainings = Counter(map(_TRIAL, done))
        told = sorted(
            (result.trial, result.epochs, metric.loss(result.metrics[name]))
            for result in done
            if trainings[result.trial] > 1 and math.isfinite(result.metrics[name])
        )
        for (trial, _, before), (same, epochs, after) in pairwise(told):
            if trial == same:
                drift.take(epochs, before, after)
        return drift

    def take(self, epochs: Epochs, before: float, after: float) -> None:
        """A trial had the loss `before`, and `after` once it was trained on to `epochs`."""
        if after != before:
            self._worse[epochs] += 1 if after > before else -1
        self._before[epochs] = min(before, self._before.get(epochs, math.inf))
        self._after[epochs] = min(after, self._after.get(epochs, math.inf))

    @property
    def worsens(self) -> bool:
        """Whether the metric gets worse, as far as the longest trainings tell; shorter ones where these do not."""
        balance, best_before, best_after = 0, math.inf, math.inf
        for epochs in sorted(self._before, reverse=True):
            balance += self._worse[epochs]
            best_before = min(best_before, self._before[epochs])
            best_after = min(best_after, self._after[epochs])
            if abs(balance) >= _MAJORITY:
                return balance > 0 and best_after > best_before
        return False
