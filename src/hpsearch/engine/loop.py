"""The search itself: plan -> executor -> journal, round by round, until the plan or a limit ends it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from hpsearch.core.trial import Job, Result, Trial
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.failures import FAILED, Most
from hpsearch.engine.history import History
from hpsearch.engine.plan import Plan
from hpsearch.runs.journal import Journal, Records
from hpsearch.runs.reading import UNFIT, misfit
from hpsearch.runs.records import inheritance_of, jobs_of, result_of, result_record, round_record

#: Why a search ended: nothing left to do, the target was reached, the time is up, or too much has failed.
Ending = Literal["complete", "target", "time", "failures"]


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
        if history.failures.too_many(self.max_failures):
            return "failures"
        return "time" if self.time_is_up() else None


def restore(records: Records, history: History, where: str) -> None:
    """Replay journal records into an empty `history`.

    Raises:
        JournalDamaged: a record cannot be decoded.
        RunFolderError: a record cannot belong there (the journal was made by another program or edited).
    """
    trials: dict[int, Trial] = {}
    number = 0
    try:
        for index, line in enumerate(records.lines()):
            number = index + 1
            if head := history.heads.plain(line):
                history.recall(head, line)
            else:
                _replay(records[index], history, trials)
    except UNFIT as error:
        raise misfit(where, number, error) from error


def _replay(record: Mapping[str, Any], history: History, trials: dict[int, Trial]) -> None:
    if record["kind"] == "round":
        history.add_round(jobs_of(record, trials))
    elif record["kind"] == "result":
        history.add(result_of(record))
    elif record["kind"] == "inherited":
        inherited = inheritance_of(record)
        history.inherit(inherited.configs, inherited.values)
    elif record["kind"] == "end" and record["why"] == "failures":
        history.failures.forgive(history.results)


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

    Raises:
        RunFolderError: the journal cannot be written, or its disk is full.
    """
    while not (stop := limits.must_stop(history)):
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
            if any(result.status in FAILED for result in results):
                journal.refuse_full_disk()
            if results:
                journal.append(map(result_record, results))
            for result in results:
                history.add(result)
            observer.results_came(results, history)
            if limits.must_stop(history):
                break
    return _ended(journal, stop)


def _ended(journal: Journal, why: Ending) -> Ending:
    journal.append([{"kind": "end", "why": why}])
    return why
