"""Functions that yield once per epoch: each is suspended between its trainings, in the worker that has it.

That is a matter of cost alone. A training that finds no suspended one (another worker has it, it was ended, or its
worker has died) begins with the first epoch, and comes to the same values: what a process has once for all its
trials, such as the random numbers of the libraries, is kept with each of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from msgspec import Struct, field
from msgspec.structs import replace

from hpsearch.core.trial import Job, Result
from hpsearch.objectives.answers import as_metrics, judged
from hpsearch.objectives.function.limited import limited
from hpsearch.objectives.function.surroundings import Surroundings

#: So many values are kept of a training, those of the metric that ranks besides.
MOST = 50_000
#: How long one that is ended may clean up at most, in seconds.
PATIENCE = 2.0
#: What tells the trainings of a process apart: the search, the trial and the replicate.
Key = tuple[str, int, int]


class Unfit(TypeError):
    """What a function yields is no number and no mapping of numbers."""


class Yielding(Struct, frozen=True):
    """What is known of a function that yields.

    Attributes:
        epochs: of a full training.
        sign: what to multiply the metric by to have a loss.
        paused: how many may be suspended in one worker.
        patience: how long one that is ended may clean up while another trial waits, in seconds.
        search: tells this search from others in the same process.
    """

    epochs: int
    sign: float
    paused: int
    patience: float = PATIENCE
    search: str = field(default_factory=lambda: uuid4().hex)


class Training(Struct, eq=False):
    """A generator as far as it has come.

    Attributes:
        epoch: how many values it has yielded.
        metrics: the last of them.
        asked: for how many it was asked.
        loss: what it ranks by; the lower the better.
        returned: what it returned, if it has ended.
        patience: see `Yielding`.
    """

    generator: Generator[Any, Any, Any]
    patience: float = PATIENCE
    epoch: int = 0
    metrics: dict[str, float] = field(default_factory=dict)
    asked: int = 0
    loss: float = math.inf
    ended: bool = False
    returned: Any = None
    _left: Surroundings | None = None

    def train(self, epochs: int, metric: str, taken: Callable[[int, dict[str, float]], object]) -> None:
        """Go on until it has yielded so many values, or ends; each is told with its epoch.

        Raises:
            Unfit: a value is no number and no mapping of numbers.
            Exception: what the generator raises.
        """
        if self._left is not None:
            self._left.restore()
        self.asked = epochs
        while self.epoch < epochs and not self.ended:
            try:
                value = next(self.generator)
            except StopIteration as end:
                self.ended, self.returned = True, end.value
                break
            self.epoch, self.metrics = self.epoch + 1, _numbers(value, metric)
            taken(self.epoch, self.metrics)
        self._left = Surroundings.now()

    def end(self) -> None:
        """Let it clean up; what it raises meanwhile concerns nobody any more."""
        with suppress(BaseException):
            self.generator.close()


def _numbers(value: Any, metric: str) -> dict[str, float]:
    try:
        return as_metrics(value, metric)
    except TypeError as error:
        raise Unfit(str(error)) from None


def trained(
    job: Job, training: Training, curves: Mapping[str, Mapping[int, float]], metric: str, seen_in: str
) -> Result:
    """The result of a training that has come to the end of a job, or has ended before.

    Its curves have a value for each epoch of the job, NaN where there is none; a training that began anew has more.
    """
    result = judged(job, training.metrics, metric, seen_in)
    if result.status != "done":
        return result
    epochs = range(int(job.start) + 1, int(job.epochs) + 1)
    names = [name for name in curves if name == metric or name not in job.trial.config]
    names.sort(key=lambda name: name != metric)
    kept = [name for name in names if not curves[name].keys().isdisjoint(epochs)][
        : max(1, MOST // len(epochs))
    ]
    curve = {name: [curves[name].get(epoch, math.nan) for epoch in epochs] for name in kept}
    return replace(result, curve=curve, kept=training.epoch if training.epoch < job.epochs else 0)


class Suspended:
    """The trainings that are suspended in this process."""

    def __init__(self) -> None:
        self._trainings: dict[Key, Training] = {}

    def take(self, search: str, job: Job) -> Training | None:
        """The one that a job goes on with; None where it has to begin with the first epoch."""
        training = self._trainings.pop((search, job.trial.number, job.replicate), None)
        if training is not None and (not job.start or training.asked != job.start):
            training.end()
            return None
        return training

    def put(self, search: str, job: Job, training: Training) -> None:
        """Keep one that a later job may go on with; those of other searches in this process are over."""
        self._end([key for key in self._trainings if key[0] != search])
        self._trainings[search, job.trial.number, job.replicate] = training

    def shrink(self, most: int) -> None:
        """End the poorest, until there are at most so many."""
        poorest = sorted(self._trainings, key=lambda key: self._trainings[key].loss, reverse=True)
        self._end(poorest[: max(0, len(poorest) - most)])

    def tidy(self, search: str, keep: Collection[int]) -> None:
        """End those of the search whose trials are not to be kept."""
        self._end([key for key in self._trainings if key[0] == search and key[1] not in keep])

    def _end(self, keys: Collection[Key]) -> None:
        for key in keys:
            training = self._trainings.pop(key)
            with limited(training.patience):  # it is the time of another trial
                training.end()

    def __len__(self) -> int:
        return len(self._trainings)


SUSPENDED = Suspended()
