"""`search.value: best`: a trial counts as what it was at the best epoch of its training so far. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Key, Result


def counted(result: Result, before: Result | None, metric: Metric) -> Result:
    """`result` with the metrics of the epoch that counts: the best so far, if that is what `metric` ranks by.

    Of equal epochs the first is the best.

    Args:
        before: the same trial's training for fewer epochs that ended well, counted in the same way, if one did.
    """
    if metric.value == "last" or result.status != "done":
        return result
    values = result.curve.get(metric.name, ())
    if not any(map(math.isfinite, values)):
        values = [result.metrics[metric.name]]
    losses = [loss if math.isfinite(loss := metric.loss(value)) else math.inf for value in values]
    place = min(range(len(losses)), key=losses.__getitem__)
    if before is not None and metric.loss(before.metrics[metric.name]) <= losses[place]:
        return replace(result, metrics=before.metrics, best=before.best, last=result.metrics)
    back = len(losses) - 1 - place
    return replace(
        result,
        metrics=_so_long_before(result, back),
        best=result.traced(len(losses))[place],
        last=result.metrics,
    )


def _so_long_before(result: Result, back: int) -> Mapping[str, float]:
    """The metrics so many epochs before the last, as far as they are known."""
    if not back:
        return result.metrics
    values = {name: result.curve.get(name, ()) for name in result.metrics}
    return {name: curve[-1 - back] for name, curve in values.items() if len(curve) > back}


def all_counted(results: Iterable[Result], metric: Metric) -> list[Result]:
    """Every one of them `counted`, in their order, whatever that is, and by whatever they were counted before."""
    results = [
        replace(result, metrics=result.at_last, best=0, last=None) if result.best else result
        for result in results
    ]
    if metric.value == "last":
        return results
    latest: dict[tuple[int, int], Result] = {}
    found: dict[Key, Result] = {}
    for result in sorted(results, key=lambda result: result.key):
        trial = result.trial, result.replicate
        found[result.key] = counted(result, latest.get(trial), metric)
        if result.status == "done":
            latest[trial] = found[result.key]
    return [found[result.key] for result in results]
