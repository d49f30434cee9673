"""Values by the epochs that a program counts, as the curves of a result, which go on from the epochs behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from hpsearch.core.trial import Job

#: Longer curves than this are none of epochs; of shorter ones so many values are kept, and the whole first one.
LONGEST = 100_000
MOST = 50_000


def curves_of(values: Mapping[str, Mapping[int, float]], job: Job) -> dict[str, list[float]]:
    """The values of each metric, one for every epoch of a job; NaN where it has none. The first is never left out
    for the number of the others.

    Epochs may be counted from 0 or 1, on from those that lie behind the job or anew, or all again from the
    first. Where they are more than the job has, they are none of its epochs, and there are no curves; a job that is
    told of no epochs (it has one) has as many as it counts.

    >>> from hpsearch.core.trial import Trial
    >>> job = Job(Trial(0, 0, {}, 0), epochs=4, start=2)
    >>> curves_of({"acc": {0: 0.1, 1: 0.2, 2: 0.3, 3: 0.4}}, job), curves_of({"acc": {1: 0.3, 2: 0.4}}, job)
    ({'acc': [0.3, 0.4]}, {'acc': [0.3, 0.4]})
    >>> curves_of({"acc": {9: 0.1}}, job)
    {}
    """
    counted = {epoch for curve in values.values() for epoch in curve}
    if not counted:
        return {}
    first = _behind(counted, job)
    last = int(job.epochs) if job.epochs > 1 else max(counted) + first
    if not max(counted) + first <= last <= LONGEST:
        return {}
    epochs = range(int(job.start) + 1, last + 1)
    some = [name for name, curve in values.items() if any(epoch + first > job.start for epoch in curve)]
    kept = some[: max(1, MOST // len(epochs))]
    return {name: [values[name].get(epoch - first, math.nan) for epoch in epochs] for name in kept}


def ranking_first(curves: Mapping[str, Mapping[int, float]], metric: str) -> dict[str, Mapping[int, float]]:
    """The same, that of the metric that ranks before all others."""
    return {**{name: curve for name, curve in curves.items() if name == metric}, **curves}


def _behind(counted: set[int], job: Job) -> int:
    """What to add to an epoch as it is counted to have that of the training."""
    base = 1 if min(counted) == 0 or (job.start and _from_0(counted, job)) else 0
    anew = job.start and max(counted) + base == job.epochs - job.start and min(counted) + base == 1
    return base + (int(job.start) if anew else 0)


def _from_0(counted: set[int], job: Job) -> bool:
    """Whether it goes on from the epochs behind it, and counts from 0."""
    return min(counted) == job.start and max(counted) == job.epochs - 1
