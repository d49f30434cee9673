"""Stopping a command early that is told of no epochs: it is paused when it has printed those of a rung.

What counts at a rung are the values of its epoch, which are known once a later epoch begins. So a result is the
same whether the command was paused then, had ended by then, or is run once more from its start.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Result
from hpsearch.objectives import answers
from hpsearch.objectives.command.judging import Written
from hpsearch.objectives.command.keeper import Kept, keep, taken
from hpsearch.objectives.command.process import Ended, Paused
from hpsearch.objectives.command.reading.streams import Found, Listener, Streams
from hpsearch.objectives.epochs import curves_of, ranking_first

#: What becomes of a command between two rungs: it is paused, or ended and begun again.
Between = Literal["stop", "restart"]


class Going(Struct, frozen=True):
    """A command on its way: as it was left, the file for its result, what else it writes, and its slot."""

    command: Paused | Ended
    file: Path
    written: Written
    slot: int


class Over(Struct, frozen=True):
    """A command that has ended, perhaps before its time.

    Attributes:
        found: what was read.
        result: of all that it has trained.
        where: its metric was read.
        listener: who has read what it printed.
    """

    found: Found
    result: Result
    where: str
    listener: Listener | None


class Pausing(Struct, frozen=True):
    """How a command is stopped early.

    Attributes:
        epochs: a full training, which it is let to the end of.
        metric: what ranks.
        between: what becomes of it between two rungs.
        most: so many are paused at the same time.
        placed: whether it goes on in its own slot only, of which it was told, or whose cards it has.
        address: of who keeps them; empty where nobody does.
    """

    epochs: int
    metric: Metric
    between: Between = "restart"
    most: int = 1
    placed: bool = False
    address: str = ""

    def applies_to(self, job: Job) -> bool:
        """Whether a job is one of several that one command may serve; another seed is trained in one go."""
        return not job.replicate and not (job.start == 0 and job.epochs == self.epochs)

    def until(self, job: Job) -> int:
        """How many epochs are read, so that what comes after them changes nothing; 0: all there are."""
        return int(job.epochs) if self.applies_to(job) and job.epochs < self.epochs else 0

    def due(self, job: Job, listener: Listener) -> bool:
        """Whether a command has told all of a job that is not its last."""
        return job.epochs < self.epochs and isinstance(listener, Streams) and listener.behind >= job.epochs

    def taken(self, job: Job) -> Going | Over | None:
        """What was kept of the trial since its last rung."""
        kept = taken(self.address, job.trial.number, int(job.start))
        if kept is None:
            return None
        paused, rest = kept
        assert isinstance(rest, Over | tuple)
        if isinstance(rest, Over):
            return rest
        assert paused is not None
        return Going(paused, *rest)

    def keep(self, job: Job, result: Result, now: Going | Over) -> None:
        """Keep a command until its trial is trained on, if that may be; else it is ended."""
        loss = self.metric.loss(result.metrics.get(self.metric.name, math.nan))
        address = self.address if result.status == "done" and job.epochs < self.epochs else ""
        kept = Kept(job.trial.number, int(job.epochs), math.inf if math.isnan(loss) else loss, None, now)
        if isinstance(now, Going):
            assert isinstance(now.command, Paused)
            kept = replace(kept, paused=now.command, rest=(now.file, now.written, now.slot))
        keep(address, kept)

    def at_rung(self, job: Job, found: Found) -> Result | None:
        """The result of a job, from the values of its epoch; None where that is the last, or no later one was told.

        Of a command that measures every few epochs only, the last value by then counts, and else its first.
        """
        curve = found.curves.get(self.metric.name, {})
        base = 1 if min(curve, default=1) == 0 else 0
        behind = max(found.behind, max(curve, default=0) + base - 1)
        if job.epochs >= self.epochs or found.unclear or not curve or behind < job.epochs:
            return None
        at = max((epoch for epoch in curve if epoch + base <= job.epochs), default=min(curve))
        until = {
            name: {epoch: value for epoch, value in values.items() if epoch <= at}
            for name, values in found.curves.items()
        }
        metrics = {name: values[at] for name, values in until.items() if at in values}
        result = answers.judged(job, metrics, self.metric.name, "it printed by then")
        return replace(result, curve=self._curves(until, job)) if result.status == "done" else result

    def paused(self, job: Job, found: Found) -> Result:
        """The result of a job whose command was paused."""
        reason = found.unclear or f"printed no {self.metric.name} by epoch {job.epochs}"
        return self.at_rung(job, found) or answers.ended(job, "failed", reason)

    def at_end(self, job: Job, over: Over) -> Result:
        """The result of a job whose command has ended, that of one that was paused if it would have been."""
        if (until := self.until(job)) and isinstance(over.listener, Streams):
            printed = over.listener.up_to(until)
            if printed.behind >= until:
                return self.paused(job, printed)
        if rung := self.at_rung(job, over.found):
            return rung
        curve = self._curves(over.found.curves, job) if over.result.status == "done" else {}
        return replace(over.result, epochs=job.epochs, curve=curve)

    def _curves(self, values: Mapping[str, Mapping[int, float]], job: Job) -> dict[str, list[float]]:
        """The curves of a job, of a command that has counted from the first epoch of the trial."""
        whole = curves_of(ranking_first(values, self.metric.name), replace(job, start=0))
        left = {name: curve[int(job.start) :] for name, curve in whole.items()}
        return {name: curve for name, curve in left.items() if not all(map(math.isnan, curve))}
