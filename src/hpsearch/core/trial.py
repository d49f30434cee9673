"""What every part of hpsearch passes to the next: trials, jobs and results. Frozen, and plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct, field

from hpsearch.core.metric import Metric

#: One thing that a parameter may be, and an item of a list.
Scalar = float | int | str | bool
#: What a parameter may be: also nothing, which is null in the file, or a flat list, which can be a key as a tuple.
Value = Scalar | tuple[Scalar, ...] | None
#: Parameter name -> value, in the order of the space; a conditional parameter only where active.
Config = Mapping[str, Value]
#: How long a training is: a whole number of epochs, which is an int, or a share of the first, below 1.
Epochs: TypeAlias = int | float  # both by name, so that what reads it from a file leaves an int as it is
#: What tells a training from every other of its run: trial, replicate, epochs.
Key: TypeAlias = tuple[int, int, Epochs]
#: Only `done` ranks. `diverged`: the loss or the metric is not finite; `failed`: an exception, an exit
#: status or no metric; `timeout`: over the deadline; `crashed`: the worker process died, twice; `stopped`: by
#: its user.
Status = Literal["done", "diverged", "failed", "timeout", "crashed", "stopped"]
#: A trial that diverged has told something about the space; these have told nothing but their reason.
FAILED = ("failed", "timeout", "crashed")


def as_number(value: Value) -> float:
    """The value of a parameter that has a range, and so is a number."""
    assert value is not None and not isinstance(value, tuple)
    return float(value)


def plain(config: Config) -> dict[str, Value | list[Scalar]]:
    """A configuration as other code is given it: with lists for lists.

    >>> plain({"hidden": (64, 32), "lr": 0.1})
    {'hidden': [64, 32], 'lr': 0.1}
    """
    return {name: list(value) if isinstance(value, tuple) else value for name, value in config.items()}


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
    epochs: Epochs
    start: Epochs = 0
    replicate: int = 0

    @property
    def key(self) -> Key:
        """What tells this job's result from every other of the run."""
        return (self.trial.number, self.replicate, self.epochs)


class Result(Struct, frozen=True, gc=False):
    """How a job ended.

    `metrics` hold after the last epoch; `curve` has one value per epoch that ended since `job.start`, or one after
    the share of an epoch that the job was asked for.
    `seconds` is what the job took of one worker and is never part of a ranking or of results.csv.
    `kept` is the epoch whose state, and so whose metrics, a training has that stopped early, or that its user
    stopped, as far as that is known; `best` the one that `metrics` are of, where trials rank by their best epochs,
    and `last` what they were after the last. 0: the last.
    """

    trial: int
    epochs: Epochs
    status: Status
    metrics: Mapping[str, float] = field(default_factory=dict)
    curve: Mapping[str, Sequence[float]] = field(default_factory=dict)
    seconds: float = 0.0
    replicate: int = 0
    reason: str = ""
    output: str = ""
    kept: int = 0
    best: Epochs = 0
    last: Mapping[str, float] | None = None

    @property
    def epoch(self) -> Epochs:
        """The epoch that `metrics` are of."""
        return self.best or self.kept or self.epochs

    def traced(self, length: int) -> Sequence[Epochs]:
        """The epochs of so many values of a curve.

        Code that is told of one epoch may count more by itself: those are counted from the first.

        >>> [list(Result(0, epochs, "done").traced(length)) for epochs, length in ((9, 3), (1, 2), (0.05, 1))]
        [[7, 8, 9], [1, 2], [0.05]]
        """
        if self.epochs < 1:
            return [self.epochs] * length
        behind = max(int(self.epochs) - length, 0)
        return range(behind + 1, behind + length + 1)

    @property
    def at_last(self) -> Mapping[str, float]:
        """The metrics after the last epoch."""
        return self.metrics if self.last is None else self.last

    @property
    def key(self) -> Key:
        """The `key` of the job this answers."""
        return (self.trial, self.replicate, self.epochs)

    def equals(self, other: Result) -> bool:
        """Whether both ended well with the same metrics, to the bit."""
        return self.status == other.status == "done" and self.metrics == other.metrics


class Confirmed(Struct, frozen=True, gc=False):
    """A trial's metric over several seeds: mean, standard deviation, and how many seeds.

    `lost` are the seeds with which it did not end well, by how they ended instead.
    """

    mean: float
    spread: float
    seeds: int
    lost: Mapping[Status, int] = field(default_factory=dict)


class Failure(Struct, frozen=True, gc=False):
    """How a trial ended when it was trained on to `epochs`, after it had ended well for fewer."""

    status: Status
    epochs: Epochs
    reason: str


class Standing(Struct, frozen=True, gc=False):
    """Where a trial stands in a ranking. `rank` counts from 1; None for a trial that never was `done`.

    `epochs`, `status`, `metrics`, `kept`, `best` and `reason` are of the longest training that ended well, or of
    the last one where none did; `failure` tells of a longer one that did not. `tie_breaker` is the loss beside the
    metric, over all its seeds, where that and not the metric put it before or behind its neighbours.
    """

    rank: int | None
    trial: Trial
    epochs: Epochs
    status: Status
    metrics: Mapping[str, float]
    reason: str = ""
    confirmed: Confirmed | None = None
    failure: Failure | None = None
    tie_breaker: float | None = None
    kept: int = 0
    best: Epochs = 0

    @property
    def epoch(self) -> Epochs:
        """The epoch that `metrics` are of: not the last, where it stopped early or ranks by its best one."""
        return self.best or self.kept or self.epochs

    def reading(self, metric: Metric) -> float:
        """The metric in the search itself, after the epoch that counts."""
        return self.metrics[metric.name]

    def value(self, metric: Metric) -> float:
        """What a `done` trial ranks by: the mean over its seeds where it was confirmed, or its one reading."""
        return self.confirmed.mean if self.confirmed else self.reading(metric)
