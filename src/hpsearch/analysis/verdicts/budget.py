"""Whether more trials would pay. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hpsearch.analysis.verdicts.ties import standard_error
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict

#: Fewer trials than this have no progress worth words.
_FEWEST = 6


def budget(standings: Sequence[Standing], metric: Metric, rows: int, run: str) -> Verdict | None:
    """Whether more trials would pay: what the last half of them raised the expected best by.

    The expected best of k trials drawn from those there are (the bootstrap of best-so-far, in closed form;
    Dodge et al., Show Your Work, 2019) is compared at k = n/2 and k = n.
    """
    losses = sorted(metric.loss(standing.reading(metric)) for standing in standings if standing.rank)
    count = len(losses)
    if count < _FEWEST:
        return None
    gain = expected_best(losses, count // 2) - expected_best(losses, count)
    best = next(standing for standing in standings if standing.rank)
    noise = standard_error(best, metric, rows) or 0.01 * (losses[count // 2] - losses[0])
    said = f"the last half of {count} trials improved the expected best {metric} by {gain:.2g}"
    if gain <= noise:
        return Verdict("budget", f"more trials would hardly pay: {said}, within the noise of {noise:.2g}", "")
    return Verdict("budget", f"more trials would pay: {said}", f"hpsearch resume {run} --trials {2 * count}")


def expected_best(losses: Sequence[float], draws: int) -> float:
    """The expected lowest of `draws` draws with replacement from ascending `losses`.

    >>> expected_best([0.0, 1.0], 1), expected_best([0.0, 1.0], 2)
    (0.5, 0.25)
    """
    count = len(losses)
    chances = [((count - i) / count) ** draws - ((count - i - 1) / count) ** draws for i in range(count)]
    return math.fsum(loss * chance for loss, chance in zip(losses, chances, strict=True))
