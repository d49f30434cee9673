"""What a search has learned that ranks by several metrics: the same history, in the order of fronts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Epochs, Result
from hpsearch.engine.dominance import Floats, ordered, scalarised
from hpsearch.engine.drift import Drift
from hpsearch.engine.history import History
from hpsearch.engine.overlap import Overlapping, history_of
from hpsearch.samplers import Results
from hpsearch.space import Space

#: The losses of a trial by all metrics that rank, lower better.
Losses = tuple[float, ...]


class Several(History):
    """A history whose trials stand front by front, and whose evidence is one loss that changes with every round.

    What earns more training, what is confirmed and what is best follow the fronts (`dominance.ordered`). A sampler
    learns from one loss: that of weights which are drawn for each round anew, so that rounds steer to all parts of
    the front in turn (Knowles, ParEGO, 2006).
    """

    def __init__(self, space: Space, metrics: Sequence[Metric], streams: Streams) -> None:
        super().__init__(space, metrics[0])
        self._metrics, self._streams = metrics, streams
        # Epochs -> trial -> its losses then; and of each trial those after the longest training that ended well.
        self._losses: dict[Epochs, dict[int, Losses]] = {}
        self._longest_of: dict[int, tuple[Epochs, Losses]] = {}
        self._drifts = [Drift() for _ in metrics]

    def add(self, result: Result) -> None:
        """Take in the result of a pending job, as History does."""
        super().add(result)
        told = self.results[result.key]
        if told.replicate or told.status != "done":
            return
        losses = tuple(metric.loss(told.metrics[metric.name]) for metric in self._metrics)
        _, before = self._longest_of.get(told.trial, (0, ()))
        for drift, was, now in zip(self._drifts, before, losses, strict=False):
            drift.take(told.epochs, was, now)
        self._losses.setdefault(told.epochs, {})[told.trial] = losses
        self._longest_of[told.trial] = told.epochs, losses

    def evidence(self, epochs: Epochs) -> Results:
        """The results after exactly `epochs` epochs, by the one loss that the next round weighs them to."""
        found, known = Results(self._places.at), self._losses.get(epochs, {})
        for loss, number in self._rung(epochs).evidence.entries:
            if math.isinf(loss):
                found.add((loss, number))
        if known:
            values = scalarised(np.array([known[number] for number in sorted(known)]), self._weights())
            for entry in zip(values.tolist(), sorted(known), strict=True):
                found.add(entry)
        return found

    def _weights(self) -> Floats:
        """How much each metric counts in the next round: evenly spread over all that add up to 1."""
        drawn = self._streams.generator("weights", self.rounds).exponential(size=len(self._metrics))
        return np.asarray(drawn / drawn.sum())

    def placed(self, epochs: Epochs, count: int) -> Iterator[tuple[int, int]]:
        """Of the first `count` after exactly `epochs` epochs, the trials not asked for more, and their places."""
        here = {number for _, number in self._standing.get(epochs, ())}
        if not count or not here:
            return iter(())
        first = _in_order(self._losses.get(epochs, {}))[:count]
        return (
            (number, place)
            for place, number in enumerate(first)
            if number in here and (number, 0, epochs) not in self._pending
        )

    def leaders(self, count: int, asked: Callable[[Epochs], bool] = lambda _: True) -> list[int]:
        """The first `count` trials, in their order, as History's."""
        lengths = sorted(filter(asked, self._standing), reverse=True)
        parts = [[number for _, number in self._standing[epochs]] for epochs in lengths]
        found = list[int]()
        for numbers in parts if self._worsens else [[number for part in parts for number in part]]:
            found += _in_order({number: self._longest_of[number][1] for number in numbers})
        return found[:count]

    def best(self) -> int | None:
        """The first trial, also where it did not end well when it was trained on; as History's."""
        longest = max((epochs for epochs, _ in self._longest_of.values()), default=0) if self._worsens else 0
        there = {number: losses for number, (epochs, losses) in self._longest_of.items() if epochs >= longest}
        return next(iter(_in_order(there)), None)

    @property
    def _worsens(self) -> bool:
        return any(drift.worsens for drift in self._drifts)


def _in_order(losses: Mapping[int, Losses]) -> list[int]:
    """The trials, best first; equals in the order of their numbers."""
    numbers = sorted(losses)
    if not numbers:
        return []
    return [numbers[place] for place in ordered(np.array([losses[number] for number in numbers]))]


def history_for(
    space: Space, ranking: Sequence[Metric], overlap: int, streams: Streams, *, gradual: bool = False
) -> History:
    """An empty history of a search that ranks by these metrics, of which so many rounds may run when one begins.

    With `gradual` fewer may at first; see `Overlapping`.
    """
    if len(ranking) == 1:
        return history_of(space, ranking[0], overlap, gradual=gradual)
    known = Several(space, ranking, streams)
    return Overlapping(space, ranking[0], overlap, known, gradual=gradual) if overlap else known
