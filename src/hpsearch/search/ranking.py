"""Who is best: trials and their results as one ranked table. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hpsearch.trial import Confirmed, Result, Standing, Trial


def sign_of(goal: str) -> float:
    """What to multiply a metric by so that lower is better."""
    return -1.0 if goal == "maximize" else 1.0


def rank(trials: Iterable[Trial], results: Iterable[Result], metric: str, goal: str) -> list[Standing]:
    """Every trial that has a result, best first, then those that did not end well.

    A trial ranks by `metric` at the last epoch trained. Trials trained again with fresh seeds come first, by
    the mean over their seeds: a single reading of the best of many is a lucky one. Equals stay in trial order.
    """
    last, replicates = _last_results(results)
    standings = [
        _standing(trial, last[trial.number], replicates.get(trial.number, ()), metric)
        for trial in trials
        if trial.number in last
    ]
    sign = sign_of(goal)
    standings.sort(key=lambda standing: _order(standing, metric, sign))
    return [
        replace(standing, rank=number) if standing.status == "done" else standing
        for number, standing in enumerate(standings, start=1)
    ]


def _last_results(results: Iterable[Result]) -> tuple[dict[int, Result], dict[int, list[Result]]]:
    last: dict[int, Result] = {}
    replicates: dict[int, list[Result]] = {}
    for result in results:
        if result.replicate:
            replicates.setdefault(result.trial, []).append(result)
        elif result.trial not in last or last[result.trial].epochs < result.epochs:
            last[result.trial] = result
    return last, replicates


def _standing(trial: Trial, last: Result, replicates: Sequence[Result], metric: str) -> Standing:
    confirmed = None
    if replicates and last.status == "done":
        # In the order of the replicates, so that the sum is the same to the bit on every run.
        again = sorted(replicates, key=lambda result: result.replicate)
        values = [last.metrics[metric], *(r.metrics[metric] for r in again if r.status == "done")]
        confirmed = _over_seeds(values) if len(values) > 1 else None
    return Standing(None, trial, last.epochs, last.status, last.metrics, last.reason, confirmed)


def _over_seeds(values: Sequence[float]) -> Confirmed:
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return Confirmed(mean, spread, len(values))


def _order(standing: Standing, metric: str, sign: float) -> tuple[int, float, float, int]:
    if standing.status != "done":
        return (2, 0.0, 0.0, standing.trial.number)
    plain = sign * standing.metrics[metric]
    if standing.confirmed:
        return (0, sign * standing.confirmed.mean, plain, standing.trial.number)
    return (1, plain, plain, standing.trial.number)
