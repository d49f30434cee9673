"""Which of the best are really different. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hpsearch.core.metric import Metric
from hpsearch.core.quantiles import NORMAL_95
from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict

#: So many of the best are looked at for ties.
_NEAR = 10


def ties(standings: Sequence[Standing], metric: Metric, rows: int, run: str) -> Verdict | None:
    """Which of the best are tied with the first: the difference is within its 95 % interval.

    The interval comes from the number of validation `rows` (0: unknown), for metrics that are shares of them,
    and from the spread over seeds where a trial was confirmed.
    """
    ranked = [standing for standing in standings if standing.rank][:_NEAR]
    if not ranked or not standard_error(ranked[0], metric, rows):
        return None
    first, tied = ranked[0], 1
    for other in ranked[1:]:
        error = math.hypot(*(standard_error(standing, metric, rows) for standing in (first, other)))
        if abs(other.value(metric) - first.value(metric)) > NORMAL_95 * error:
            break
        tied += 1
    if tied == 1:
        return (
            Verdict("tie", "Best-1 is ahead of Best-2 by more than chance", "") if len(ranked) > 1 else None
        )
    interval = NORMAL_95 * standard_error(first, metric, rows)
    seeds = 3 * (first.confirmed.seeds if first.confirmed else 1)
    return Verdict(
        "tie",
        f"Best-1 to Best-{tied} are tied: {metric} is only known to +-{interval:.2g} "
        f"({_sources(first, metric, rows)}); choose among them by cost, or try more seeds",
        f"hpsearch resume {run} --set search.confirm.top={tied} --set search.confirm.seeds={seeds}",
    )


def _sources(standing: Standing, metric: Metric, rows: int) -> str:
    sources = [f"{rows} validation rows"] if rows and metric.is_share(standing.value(metric)) else []
    if standing.confirmed:
        sources.append(f"{standing.confirmed.seeds} seeds")
    return ", ".join(sources)


def standard_error(standing: Standing, metric: Metric, rows: int) -> float:
    """Of the value a standing ranks by; 0 where nothing is known about it.

    A share p of `rows` has the binomial error sqrt(p (1 - p) / rows), with p moved off its ends as Agresti and
    Coull do (1998); the mean over n seeds has the error spread / sqrt(n).
    """
    sampling = metric.standard_error(standing.value(metric), rows)
    again = standing.confirmed
    return math.hypot(sampling, again.spread / math.sqrt(again.seeds) if again else 0.0)
