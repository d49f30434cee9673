"""Who is best: trials and their results as one ranked table. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Confirmed, Result, Standing, Trial

_NUMBER = attrgetter("number")


def rank(trials: Iterable[Trial], results: Iterable[Result], metric: Metric) -> list[Standing]:
    """Every trial that has a result, best first, then those that did not end well.

    A trial ranks by `metric` at the last epoch trained. Trials trained again with fresh seeds come first, by
    the mean over their seeds: a single reading of the best of many is a lucky one. Equals stay in trial order.
    """
    last, replicates = _last_results(results)
    numbered = sorted((trial for trial in trials if trial.number in last), key=_NUMBER)
    # Everything is looked at in the order of the trials, in which it lies in memory, but for one list of places.
    ordered = [last[trial.number] for trial in numbered]
    confirmed = _confirmations(last, replicates, metric.name)
    standings: list[Standing] = [None] * len(ordered)  # type: ignore[list-item]  # each gets its own
    ranks = _ranks(ordered, confirmed, metric)
    for trial, result, rank in zip(numbered, ordered, ranks, strict=True):
        standings[rank - 1] = Standing(
            rank if result.status == "done" else None,
            trial,
            result.epochs,
            result.status,
            result.metrics,
            result.reason,
            confirmed.get(trial.number),
        )
    return standings


def _last_results(results: Iterable[Result]) -> tuple[dict[int, Result], dict[int, list[Result]]]:
    last: dict[int, Result] = {}
    replicates: dict[int, list[Result]] = {}
    for result in results:
        if result.replicate:
            replicates.setdefault(result.trial, []).append(result)
        elif (before := last.get(result.trial)) is None or before.epochs < result.epochs:
            last[result.trial] = result
    return last, replicates


def _ranks(results: Sequence[Result], confirmed: Mapping[int, Confirmed], metric: Metric) -> list[int]:
    """The rank of each of the trials' last `results`, from 1 on; the first in the list is first among equals."""
    again, plain, lost = list[int](), list[int](), list[int]()
    for place, result in enumerate(results):
        kind = lost if result.status != "done" else again if result.trial in confirmed else plain
        kind.append(place)
    name, sign = metric.name, metric.sign
    losses = [sign * result.metrics[name] if result.status == "done" else 0.0 for result in results]
    again.sort(key=lambda place: (sign * confirmed[results[place].trial].mean, losses[place]))
    plain.sort(key=losses.__getitem__)
    ranks = [0] * len(results)
    for rank, place in enumerate(chain(again, plain, lost), start=1):
        ranks[place] = rank
    return ranks


def _confirmations(
    last: Mapping[int, Result], replicates: Mapping[int, Sequence[Result]], metric: str
) -> dict[int, Confirmed]:
    """What confirms a trial that is done: other seeds that ended well."""
    found = {}
    for number, results in replicates.items():
        if number in last and last[number].status == "done":
            # In the order of the replicates, so that the sum is the same to the bit on every run.
            again = sorted(results, key=lambda result: result.replicate)
            values = [result.metrics[metric] for result in (last[number], *again) if result.status == "done"]
            if len(values) > 1:
                found[number] = _over_seeds(values)
    return found


def _over_seeds(values: Sequence[float]) -> Confirmed:
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return Confirmed(mean, spread, len(values))
