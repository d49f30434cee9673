"""What every part of hpsearch passes to the next: trials, jobs and results. Frozen, and plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct, field

from hpsearch.core.metric import Metric

Value = float | int | str | bool
#: Parameter name -> value, in the order of the space; a conditional parameter only where active.
Config = Mapping[str, Value]
#: Only `done` ranks. `diverged`: the loss or the metric is not finite; `failed`: an exception, an exit
#: status or no metric; `timeout`: over the deadline; `crashed`: the worker process died, twice.
Status = Literal["done", "diverged", "failed", "timeout", "crashed"]


class Trial(Struct, frozen=True, gc=False):
    """One configuration of the search. `number` counts from 0 in the order of proposal."""

    number: int
    round: int
    config: Config
    seed: int


class Job(Struct, frozen=True, gc=False):
    """Train `trial` until it has seen `epochs` epochs, of which `start` lie behind it already.

    Replicate 0 is the search itself; 1, 2, ... train the same configuration with fresh seeds.
    """

    trial: Trial
    epochs: int
    start: int = 0
    replicate: int = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """What tells this job's result from every other of the run: (trial, replicate, epochs)."""
        return (self.trial.number, self.replicate, self.epochs)


class Result(Struct, frozen=True, gc=False):
    """How a job ended.

    `metrics` hold after the last epoch; `curve` has one value per epoch from `job.start` + 1 on.
    `seconds` is what the job took of one worker and is never part of a ranking or of results.csv.
    """

    trial: int
    epochs: int
    status: Status
    metrics: Mapping[str, float] = field(default_factory=dict)
    curve: Mapping[str, Sequence[float]] = field(default_factory=dict)
    seconds: float = 0.0
    replicate: int = 0
    reason: str = ""
    output: str = ""

    @property
    def key(self) -> tuple[int, int, int]:
        """The `key` of the job this answers."""
        return (self.trial, self.replicate, self.epochs)


class Confirmed(Struct, frozen=True, gc=False):
    """A trial's metric over several seeds: mean, standard deviation, and how many seeds."""

    mean: float
    spread: float
    seeds: int


class Standing(Struct, frozen=True, gc=False):
    """Where a trial stands in a ranking. `rank` counts from 1; None for a trial that is not `done`."""

    rank: int | None
    trial: Trial
    epochs: int
    status: Status
    metrics: Mapping[str, float]
    reason: str = ""
    confirmed: Confirmed | None = None

    def reading(self, metric: Metric) -> float:
        """The metric after the last epoch of the search itself."""
        return self.metrics[metric.name]

    def value(self, metric: Metric) -> float:
        """What a `done` trial ranks by: the mean over its seeds where it was confirmed, or its one reading."""
        return self.confirmed.mean if self.confirmed else self.reading(metric)
