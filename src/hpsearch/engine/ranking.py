"""Who is best: trials and their results as one ranked table. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import overload

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Confirmed, Result, Standing, Trial
from hpsearch.runs.heads import Head, Heads
from hpsearch.runs.reading import Glance, collector_paused

#: So many trials are decoded one by one; for more it is quicker to decode them all.
_FEW = 500
_TRIAL, _VALUE = attrgetter("trial"), attrgetter("value")


def rank(trials: Iterable[Trial], results: Iterable[Result], metric: Metric) -> list[Standing]:
    """Every trial that has a result, best first, then those that did not end well.

    A trial ranks by `metric` at the last epoch trained. Trials trained again with fresh seeds come first, by
    the mean over their seeds: a single reading of the best of many is a lucky one. Equals stay in trial order.
    """
    last, replicates = _last_results(results)
    heads = Heads(metric.name)
    again = {number: list(map(heads.of, results)) for number, results in replicates.items()}
    proposed = {trial.number: trial for trial in trials if trial.number in last}
    order = _order((heads.of(last[number]) for number in proposed), again, metric)
    return [
        _standing(proposed[head.trial], last[head.trial], rank, confirmed)
        for rank, (head, confirmed) in enumerate(order, start=1)
    ]


class Ranking(Sequence[Standing]):
    """The ranking of a journal, as `rank` would make it, for those who look at few of its trials."""

    def __init__(self, glance: Glance, metric: Metric) -> None:
        with collector_paused():
            self._order = list(_order(glance.last.values(), glance.replicates, metric))
        self._glance = glance
        self._metric = metric

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> Standing: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Standing]: ...
    def __getitem__(self, index: int | slice) -> Standing | Sequence[Standing]:
        if isinstance(index, slice):
            places = range(len(self))[index]
            return [self[place] for place in places] if len(places) <= _FEW else self._all[index]
        place = range(len(self))[index]
        head, confirmed = self._order[place]
        number = head.trial
        return _standing(self._glance.trial(number), self._glance.result(number), place + 1, confirmed)

    def __iter__(self) -> Iterator[Standing]:
        return iter(self._all)

    @cached_property
    def _all(self) -> list[Standing]:
        found = self._glance.all()
        with collector_paused():
            return rank(found.trials.values(), found.results, self._metric)


def _last_results(results: Iterable[Result]) -> tuple[dict[int, Result], dict[int, list[Result]]]:
    last: dict[int, Result] = {}
    replicates: dict[int, list[Result]] = {}
    for result in results:
        if result.replicate:
            replicates.setdefault(result.trial, []).append(result)
        elif result.trial not in last or last[result.trial].epochs < result.epochs:
            last[result.trial] = result
    return last, replicates


def _standing(trial: Trial, last: Result, rank: int, confirmed: Confirmed | None) -> Standing:
    place = rank if last.status == "done" else None
    return Standing(place, trial, last.epochs, last.status, last.metrics, last.reason, confirmed)


def _order(
    heads: Iterable[Head], replicates: Mapping[int, Sequence[Head]], metric: Metric
) -> Iterator[tuple[Head, Confirmed | None]]:
    """The last heads of all trials, best first, and what confirmed them."""
    # By trial first: sorting keeps the order of equals, and by one number at a time it is quickest.
    ordered = sorted(heads, key=_TRIAL)
    again, plain, lost = [], [], []
    for head in ordered:
        if head.status != "done":
            lost.append(head)
        elif head.trial in replicates and (found := _confirmed(head, replicates[head.trial])):
            again.append((head, found))
        else:
            plain.append(head)
    again.sort(key=lambda entry: (metric.loss(entry[1].mean), metric.loss(entry[0].value)))
    plain.sort(key=_VALUE, reverse=metric.goal == "maximize")
    return chain(again, ((head, None) for head in chain(plain, lost)))


def _confirmed(last: Head, replicates: Sequence[Head]) -> Confirmed | None:
    """Over the seeds that ended well; None where no other than the first did."""
    # In the order of the replicates, so that the sum is the same to the bit on every run.
    again = sorted(replicates, key=lambda head: head.replicate)
    values = [last.value, *(head.value for head in again if head.status == "done")]
    return _over_seeds(values) if len(values) > 1 else None


def _over_seeds(values: Sequence[float]) -> Confirmed:
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return Confirmed(mean, spread, len(values))
