"""The search itself: plan -> executor -> journal, round by round, until the plan or a limit ends it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.collector import Spared, collector_paused
from hpsearch.core.trial import FAILED, Job, Result
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.failures import Most
from hpsearch.engine.history import History
from hpsearch.engine.plan import Plan
from hpsearch.runs.curves import compact
from hpsearch.runs.journal import UNFIT, Journal, misfit
from hpsearch.runs.records import Died, Ended, Hint, Inheritance, Record, Retried, Reused, Waited
from hpsearch.runs.times import Clock
from hpsearch.runs.writing import round_record, waited_record

#: Why a search ended: nothing left to do, the target was reached, the time is up, or too much has failed.
Ending = Literal["complete", "target", "time", "failures"]


class Observer(Protocol):
    """Is told how the search goes on; may be slow to listen, never to answer."""

    def round_begins(self, number: int, jobs: Sequence[Job], history: History) -> None:
        """`jobs` are about to be trained (those of a resumed round that have no result yet)."""

    def training_begins(self, jobs: Sequence[Job], workers: int) -> None:
        """One of so many workers begins with these of the round's `jobs`, perhaps again."""

    def training_waits(self, jobs: Sequence[Job]) -> None:
        """No worker is at these any more: they begin again when one is."""

    def results_came(self, results: Sequence[Result], history: History) -> None:
        """`results` are on the disk. An empty sequence marks the passing of time."""


class Limits(Struct, frozen=True):
    """When to stop before the plan is done.

    Attributes:
        reached: whether the target is reached. Running work is abandoned then; what ended with what reached it
            depends on speed, and what is tried does not: a round that is resumed is finished first.
        deadline: `time.monotonic()` value after which running work is abandoned; it is done again on resuming.
        max_failures: see `Failures.too_many`.
    """

    reached: Callable[[History], bool] = lambda _: False
    deadline: float | None = None
    max_failures: Most = None

    def time_is_up(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def must_stop(self, history: History) -> Ending | None:
        """Why running work is abandoned now, if it is."""
        if self.reached(history):
            return "target"
        if history.failures.too_many(self.max_failures):
            return "failures"
        return "time" if self.time_is_up() else None


def restore(records: Iterable[Record], history: History, where: str) -> None:
    """Replay journal records into an empty `history`.

    Raises:
        RunFolderError: a record cannot belong there (the journal was made by another program or edited).
    """
    line = 0
    try:
        with collector_paused():
            for line, record in enumerate(records, start=1):  # noqa: B007 - the line is for the message
                _take(record, history)
    except UNFIT as error:
        raise misfit(where, line, error) from error


def _take(record: Record, history: History) -> None:
    if isinstance(record, Result):
        history.add(record)
    elif isinstance(record, list):
        history.add_round(record)
    elif isinstance(record, Inheritance | Hint):
        _learn(record, history)
    elif isinstance(record, Waited):
        history.wait(record.left)
    elif isinstance(record, Reused):
        history.take_over(record)
    elif isinstance(record, Retried):
        history.retry()
    elif isinstance(record, Died):
        history.deaths += 1
    elif isinstance(record, Ended) and record.why == "failures":
        history.failures.forgive(history.results)


def _learn(record: Inheritance | Hint, history: History) -> None:
    if isinstance(record, Hint):
        history.hint(record.configs, record.values)
    else:
        history.inherit(record.configs, record.values)
    history.learned.append(record)


class Beginning(Struct, frozen=True):
    """What a search begins with, decided once: whoever starts workers wants to know first whether any has work.

    Attributes:
        unfinished: what an earlier process has begun, unless a limit is reached.
        first: the first round where nothing is unfinished, empty where none is left; None where it is not decided.
    """

    unfinished: Sequence[Job] = ()
    first: list[Job] | None = None

    @classmethod
    def of(cls, plan: Plan, history: History, limits: Limits) -> Beginning:
        """That of a search which has come so far."""
        if limits.must_stop(history):
            return cls()
        unfinished = history.pending()
        return cls(unfinished, None if unfinished else history.ask(plan.next_round))

    @property
    def anything(self) -> bool:
        """Whether there is anything to train."""
        return bool(self.unfinished or self.first)


def search(
    plan: Plan,
    history: History,
    dispatcher: Dispatcher,
    journal: Journal,
    observer: Observer,
    limits: Limits,
    beginning: Beginning | None = None,
) -> Ending:
    """Run rounds until there is nothing left to do or a limit is reached; everything is in `journal` by then.

    What `history` holds unfinished goes on first, so a resumed search goes on where it was.

    Args:
        beginning: of this search, where it was asked for already; `history` is as it was then.

    Raises:
        RunFolderError: the journal cannot be written, or its disk is full.
    """
    clock = Clock(dispatcher.begins)
    dispatcher = replace(dispatcher, begins=clock.begins)
    beginning = beginning or Beginning.of(plan, history, limits)
    rounds = _Rounds(plan, history, journal, observer, limits, beginning.first)
    unfinished = [] if rounds.stopped() else beginning.unfinished
    if unfinished:
        observer.round_begins(history.rounds - 1, unfinished, history)
    with Spared() as spared:
        for results in dispatcher.run(unfinished, rounds.stopped, rounds.begin):
            if any(result.status in FAILED for result in results):
                journal.refuse_full_disk()
            if results:
                journal.append(clock.recorded(results))
            for result in results:
                history.add(compact(result))
            observer.results_came(results, history)
            spared.grown(len(history.results))
    why: Ending = "complete" if rounds.over else limits.must_stop(history) or "complete"
    journal.append([{"kind": "end", "why": why}])
    return why


@dataclass
class _Rounds:
    """Begins one round after the other, each when its turn comes; `over` when none is left."""

    plan: Plan
    history: History
    journal: Journal
    observer: Observer
    limits: Limits
    decided: list[Job] | None = None
    over: bool = False

    def stopped(self) -> bool:
        """Whether a limit is reached."""
        return self.limits.must_stop(self.history) is not None

    def begin(self) -> list[Job]:
        """The jobs of the next round, which is recorded; none where its turn has not come, or none is left."""
        if self.over or self.stopped():
            return []
        jobs, self.decided = self.decided, None
        if jobs is None:
            jobs = self.history.ask(self.plan.next_round)
        self.over = jobs == []
        if not jobs:
            return []
        waited = self.history.waited
        records = [] if waited is None else [waited_record(waited)]
        self.journal.append([*records, round_record(self.history.rounds, jobs)])
        self.history.add_round(jobs)
        self.observer.round_begins(self.history.rounds - 1, jobs, self.history)
        return jobs
