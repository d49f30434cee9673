"""Who is best: trials and their results as one ranked table. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter

import numpy as np
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Confirmed, Epochs, Failure, Result, Standing, Status, Trial
from hpsearch.engine.dominance import Floats
from hpsearch.engine.dominance import ordered as by_fronts
from hpsearch.engine.drift import Drift
from hpsearch.engine.near_ties import by_loss

_NUMBER = attrgetter("number")
_FAR = 1e150


def rank(
    trials: Iterable[Trial],
    results: Iterable[Result],
    metric: Metric,
    rows: int = 0,
    beside: Sequence[Metric] = (),
) -> list[Standing]:
    """Every trial that has a result, best first, then those that never ended well.

    A trial ranks by `metric` at the last epoch of the longest training that ended well. Trials trained again with
    fresh seeds come first, by the mean over their seeds: a single reading of the best of many is a lucky one.
    Those that did not end well with one of the seeds follow. Where the metric gets worse with more epochs, the
    others follow by how long they were trained. Near-ties are broken by the loss, and equals stay in trial order.

    Args:
        rows: how many the metric is measured on; 0 if unknown, and then only equals are ties.
        beside: metrics that rank as `metric` does. Trials that were confirmed alike, and trained for as long where
            one of these gets worse with epochs, then stand front by front (`dominance.ordered`), without near-ties.
    """
    results = list(results)
    last, failures, replicates = _last_results(results, metric.name)
    numbered = sorted((trial for trial in trials if trial.number in last), key=_NUMBER)
    # Everything is looked at in the order of the trials, in which it lies in memory, but for one list of places.
    ordered = [last[trial.number] for trial in numbered]
    confirmed = {} if _seedless(last, replicates) else _confirmations(last, replicates, metric.name)
    standings: list[Standing] = [None] * len(ordered)  # type: ignore[list-item]  # each gets its own
    breakers = _tie_breakers(ordered, replicates, metric)
    apart = any(longest_first(results, one) for one in (metric, *beside))
    points = _points(ordered, replicates, (metric, *beside)) if beside else None
    ranks, moved = _ranks(ordered, confirmed, metric, breakers, rows, points, apart=apart)
    for place, (trial, result, rank) in enumerate(zip(numbered, ordered, ranks, strict=True)):
        standings[rank - 1] = Standing(
            rank if result.status == "done" else None,
            trial,
            result.epochs,
            result.status,
            result.metrics,
            result.reason,
            confirmed.get(trial.number),
            failures.get(trial.number),
            breakers[place] if place in moved else None,
            result.kept,
            result.best,
        )
    return standings


def ranking_by(results: Iterable[Result], metric: Metric) -> list[Result]:
    """The same, where what is done and has no finite metric has diverged.

    It is recorded as that, but not by the versions of before, nor where another metric ranked.
    """
    name = metric.name
    return [
        result
        if result.status != "done" or math.isfinite(value := result.metrics.get(name, 0.0))
        else replace(result, status="diverged", reason=f"{name} is {value}")
        for result in results
    ]


def longest_first(results: Sequence[Result], metric: Metric) -> bool:
    """Whether trials rank by how long they were trained first, as `metric` gets worse with epochs."""
    lengths = {result.epochs for result in results if not result.replicate}
    return len(lengths) > 1 and Drift.of(results, metric).worsens


def seedless(results: Iterable[Result]) -> bool:
    """Whether training again with other seeds gave, to the bit, what there was: then the seed decides nothing."""
    results = list(results)
    if not any(map(attrgetter("replicate"), results)):
        return False
    last, _, replicates = _last_results(results)
    return _seedless(last, replicates)


def _seedless(last: Mapping[int, Result], replicates: Mapping[int, Sequence[Result]]) -> bool:
    return bool(replicates) and all(
        number in last and last[number].equals(result)
        for number, results in replicates.items()
        for result in results
    )


def _last_results(
    results: Iterable[Result], metric: str = ""
) -> tuple[dict[int, Result], dict[int, Failure], dict[int, list[Result]]]:
    """The longest training of each trial that ended well, or did not where none did; longer ones; replicates."""
    last: dict[int, Result] = {}
    ill: dict[int, Result] = {}
    replicates: dict[int, list[Result]] = {}
    for result in results:
        if result.replicate:
            replicates.setdefault(result.trial, []).append(result)
        else:
            longest = last if result.status == "done" else ill
            if (before := longest.get(result.trial)) is None or before.epochs < result.epochs:
                longest[result.trial] = result
    last |= {
        number: kept for number, ended in ill.items() if number not in last and (kept := _kept(ended, metric))
    }
    failures = {
        number: Failure(result.status, result.epochs, result.reason)
        for number, result in ill.items()
        if number in last and last[number].epochs < result.epochs
    }
    return ill | last, failures, replicates


def _kept(result: Result, metric: str) -> Result | None:
    """What a training that its user stopped counts as: done, after so many epochs."""
    told = math.isfinite(result.metrics.get(metric, math.nan))
    if result.status != "stopped" or not result.kept or not told:
        return None
    return replace(result, status="done", epochs=result.kept, reason="", kept=0)


def _ranks(
    results: Sequence[Result],
    confirmed: Mapping[int, Confirmed],
    metric: Metric,
    breakers: Sequence[float],
    rows: int,
    points: Floats | None,
    *,
    apart: bool,
) -> tuple[list[int], set[int]]:
    """The rank of each of the trials' last `results`, from 1 on; the first in the list is first among equals.

    `apart`: those that were trained for longer come first, but for what other seeds confirmed. `points` (n, m): the
    losses where several metrics rank.

    And the places in the list of those that a tie-breaker has put in another order.
    """
    whole, partly, plain, lost = list[int](), list[int](), list[int](), list[int]()
    for place, result in enumerate(results):
        again = confirmed.get(result.trial)
        kind = lost if result.status != "done" else plain if not again else partly if again.lost else whole
        kind.append(place)
    name, sign = metric.name, metric.sign
    losses = [sign * result.metrics[name] if result.status == "done" else math.inf for result in results]
    for place in chain(whole, partly):
        losses[place] = sign * confirmed[results[place].trial].mean
    lengths = [result.epochs for result in results]
    groups = [whole, *(_by_length(plain, lengths) if apart else [plain])]
    if points is None:
        partly.sort(key=lambda place: (_lost_seeds(confirmed, results[place]), losses[place]))
        told = [by_loss(group, losses, breakers, lengths, metric, rows) for group in groups]
    else:
        partly = sorted(_fronts(partly, points), key=lambda place: _lost_seeds(confirmed, results[place]))
        told = [(group, set[int]()) for group in _front_by_front(groups, points, apart=apart)]
    first, *then = [places for places, _ in told]
    ranks, moved = [0] * len(results), set[int]().union(*(some for _, some in told))
    for rank, place in enumerate(chain(first, partly, *then, lost), start=1):
        ranks[place] = rank
    return ranks, moved


def _fronts(places: Sequence[int], points: Floats) -> list[int]:
    return [places[place] for place in by_fronts(points[list(places)])]


def _front_by_front(groups: Sequence[list[int]], points: Floats, *, apart: bool) -> list[list[int]]:
    """The groups, each in the order of all; of itself where those of another length do not compare with it."""
    compared = groups if apart else [list(chain(*groups))]
    at = {place: rank for rank, place in enumerate(chain(*(_fronts(some, points) for some in compared)))}
    return [sorted(group, key=at.__getitem__) for group in groups]


def _lost_seeds(confirmed: Mapping[int, Confirmed], result: Result) -> int:
    return sum(confirmed[result.trial].lost.values())


def _points(
    results: Sequence[Result], replicates: Mapping[int, Sequence[Result]], metrics: Sequence[Metric]
) -> Floats:
    """The losses (n, m) of the trials' last results by all metrics, means over seeds; inf where one is lost."""
    found = np.full((len(results), len(metrics)), math.inf)
    for place, result in enumerate(results):
        if result.status == "done":
            again = [one for one in _in_order(replicates.get(result.trial, ())) if one.status == "done"]
            for column, metric in enumerate(metrics):
                values = [one.metrics[metric.name] for one in (result, *again)]
                found[place, column] = metric.loss(over_seeds(values, {}).mean)
    return found


def _by_length(places: Iterable[int], lengths: Sequence[Epochs]) -> list[list[int]]:
    """The places of each length, the longest first."""
    groups: dict[Epochs, list[int]] = {}
    for place in places:
        groups.setdefault(lengths[place], []).append(place)
    return [groups[length] for length in sorted(groups, reverse=True)]


def _tie_breakers(
    results: Sequence[Result], replicates: Mapping[int, Sequence[Result]], metric: Metric
) -> list[float]:
    """The loss beside the metric, of each of the trials, a mean over seeds where there are some; inf if unknown."""
    name = metric.loss_beside
    if name is None:
        return [math.inf] * len(results)
    values = [result.metrics.get(name, math.inf) for result in results]
    found = [value if value < math.inf else math.inf for value in values]  # nan is not below either
    for place, result in enumerate(results) if replicates else ():
        if result.trial in replicates:
            again = [other.metrics.get(name, math.inf) for other in _in_order(replicates[result.trial])]
            mean = math.fsum((found[place], *again)) / (1 + len(again))
            found[place] = mean if mean < math.inf else math.inf
    return found


def _in_order(replicates: Iterable[Result]) -> list[Result]:
    """Sorted, so that a sum over them is the same to the bit on every run."""
    return sorted(replicates, key=lambda result: result.replicate)


def _confirmations(
    last: Mapping[int, Result], replicates: Mapping[int, Sequence[Result]], metric: str
) -> dict[int, Confirmed]:
    """What other seeds say of a trial that is done."""
    found = {}
    for number, results in replicates.items():
        if number in last and last[number].status == "done":
            again = _in_order(results)
            values = [result.metrics[metric] for result in (last[number], *again) if result.status == "done"]
            found[number] = over_seeds(values, Counter(r.status for r in again if r.status != "done"))
    return found


def over_seeds(values: Sequence[float], lost: Mapping[Status, int]) -> Confirmed:
    """What a value for each seed that ended well comes to, and how many were `lost`."""
    # A power of two, by which to divide changes no digit: of numbers that large the squares are none.
    unit = 2.0**600 if max(map(abs, values)) > _FAR else 1.0
    scaled = [value / unit for value in values]
    mean = math.fsum(scaled) / len(scaled)
    freedom = max(1, len(scaled) - 1)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in scaled) / freedom)
    return Confirmed(mean * unit, spread * unit, len(scaled), lost)
