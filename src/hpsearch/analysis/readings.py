"""The readings of a search that statements rest on: every rung and every seed, as losses in the unit cube. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.core.trial import Epochs, Result, Standing
from hpsearch.engine.run import Run
from hpsearch.space import Log, Real, Space

Array: TypeAlias = NDArray[np.float64]

#: So many readings at most: of the best trials and of others, evenly spread over the ranking, in turn.
MOST = 100
#: The axis along which trainings of different length lie apart; no parameter can have this name.
_EPOCHS = " epochs"


class Readings(Struct, frozen=True, eq=False):
    """What was measured.

    Attributes:
        space: the parameters, and one more for the length of training where it varies.
        units: (n, P) where.
        losses: (n,) what, lower is better; shorter trainings are moved to where full ones lie on the whole.
        trials: (n,) whose.
    """

    space: Space
    units: Array
    losses: Array
    trials: NDArray[np.int64]

    @classmethod
    def of(cls, run: Run) -> Readings:
        """Those of the trials of `run` that ended well."""
        results = _chosen(run)
        losses = np.array([run.metric.loss(result.metrics[run.metric.name]) for result in results])
        units = run.space.encode([run.trials[result.trial].config for result in results])
        trials = np.array([result.trial for result in results], dtype=np.int64)
        lengths = sorted({result.epochs for result in results})
        if len(lengths) < 2:
            return cls(run.space, units, losses, trials)
        axis = Real(_EPOCHS, Log(lengths[0], lengths[-1]))
        space = Space([*run.space.parameters, axis], run.space.fixed, constants=run.space.constants)
        epochs = [result.epochs for result in results]
        units = np.column_stack([units, axis.encode(epochs)])
        return cls(space, units, losses + _lags(epochs, trials.tolist(), losses, lengths), trials)

    def __len__(self) -> int:
        return len(self.losses)


def _chosen(run: Run) -> list[Result]:
    """At most `MOST` results that ended well, of whole trials; readings equal to the bit are one."""
    wanted = _in_turn(run.ranked)
    kept = {trial: dict[tuple[Epochs, float], Result]() for trial in wanted}
    for result in run.results:
        value = result.metrics.get(run.metric.name, math.nan)
        if result.trial in kept and result.status == "done" and math.isfinite(value):
            kept[result.trial].setdefault((result.epochs, value), result)
    chosen: list[Result] = []
    for trial in wanted:
        if len(chosen) + len(kept[trial]) > MOST:
            break
        chosen += kept[trial].values()
    return chosen


def _in_turn(ranked: Sequence[Standing]) -> list[int]:
    """Numbers of trials, one from the best on and one from all others in turn; all of them where they are few."""
    best = min(len(ranked), MOST // 2)
    rest: list[int] = []
    if len(ranked) > best:
        rest = np.unique(np.linspace(best, len(ranked) - 1, MOST // 2).astype(int)).tolist()
    places = (place for pair in zip_longest(range(best), rest) for place in pair if place is not None)
    return [ranked[place].trial.number for place in places]


def _lags(epochs: Sequence[Epochs], trials: Sequence[int], losses: Array, lengths: Sequence[Epochs]) -> Array:
    """What to add to each loss (n,): the mean change from its length of training to the longest.

    Of trials that were read at both ends of a step, so that who was promoted makes no difference to it.
    """
    read = {key: float(loss) for key, loss in zip(zip(trials, epochs, strict=True), losses, strict=True)}
    lag = {lengths[-1]: 0.0}
    for shorter, longer in reversed(list(pairwise(lengths))):
        lag[shorter] = lag[longer] + _mean(
            read[trial, longer] - read[trial, shorter]
            for trial, length in read
            if length == longer and (trial, shorter) in read
        )
    return np.array([lag[length] for length in epochs])


def _mean(changes: Iterable[float]) -> float:
    """Their mean; 0 where there are none."""
    found = list(changes)
    return math.fsum(found) / len(found) if found else 0.0
