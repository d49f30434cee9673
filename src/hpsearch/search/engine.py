"""The search itself: plan -> executor -> journal, round by round, until the plan or a limit ends it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from hpsearch.runs.journal import Journal
from hpsearch.runs.reading import UNFIT, misfit
from hpsearch.runs.records import inheritance_of, jobs_of, result_of, result_record, round_record
from hpsearch.search.dispatch import Dispatcher
from hpsearch.search.history import History
from hpsearch.search.plan import Plan
from hpsearch.trial import Job, Result, Trial

#: Why a search ended: nothing left to do, the target was reached, or the time is up.
Ending = Literal["complete", "target", "time"]


class Observer(Protocol):
    """Is told how the search goes on; may be slow to listen, never to answer."""

    def round_begins(self, number: int, jobs: Sequence[Job], history: History) -> None:
        """`jobs` are about to be trained (those of a resumed round that have no result yet)."""

    def results_came(self, results: Sequence[Result], history: History) -> None:
        """`results` are on the disk. An empty sequence marks the passing of time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop before the plan is done.

    Attributes:
        reached: whether the target is reached; asked between rounds, so that the answer never depends on speed.
        deadline: `time.monotonic()` value after which running work is abandoned; it is done again on resuming.
    """

    reached: Callable[[History], bool] = lambda _: False
    deadline: float | None = None

    def time_is_up(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline


def restore(records: Iterable[Mapping[str, Any]], history: History, where: str) -> None:
    """Replay journal records into an empty `history`.

    Raises:
        RunFolderError: a record cannot belong there (the journal was made by another program or edited).
    """
    trials: dict[int, Trial] = {}
    line = 0
    try:
        for line, record in enumerate(records, start=1):  # noqa: B007 - the line is for the message
            if record["kind"] == "round":
                history.add_round(jobs_of(record, trials))
            elif record["kind"] == "result":
                history.add(result_of(record))
            elif record["kind"] == "inherited":
                inherited = inheritance_of(record)
                history.inherit(inherited.configs, inherited.values)
    except UNFIT as error:
        raise misfit(where, line, error) from error


def search(
    plan: Plan,
    history: History,
    dispatcher: Dispatcher,
    journal: Journal,
    observer: Observer,
    limits: Limits,
) -> Ending:
    """Run rounds until there is nothing left to do or a limit is reached; everything is in `journal` by then.

    A round that `history` holds unfinished is finished first, so a resumed search goes on where it was.
    """
    while not limits.time_is_up():
        jobs = history.pending()
        if not jobs:
            if limits.reached(history):
                return _ended(journal, "target")
            jobs = plan.next_round(history)
            if not jobs:
                return _ended(journal, "complete")
            journal.append([round_record(history.rounds, jobs)])
            history.add_round(jobs)
        observer.round_begins(history.rounds - 1, jobs, history)
        for results in dispatcher.run(jobs):
            if results:
                journal.append(map(result_record, results))
            for result in results:
                history.add(result)
            observer.results_came(results, history)
            if limits.time_is_up():
                break
    return _ended(journal, "time")


def _ended(journal: Journal, why: Ending) -> Ending:
    journal.append([{"kind": "end", "why": why}])
    return why
