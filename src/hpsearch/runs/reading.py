"""Reading a run without owning it, also while it goes on."""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hpsearch.core.errors import InputError, RunFolderError
from hpsearch.core.trial import Result, Trial
from hpsearch.runs.heads import Head, Heads, is_round, new_trials
from hpsearch.runs.journal import replay
from hpsearch.runs.records import check_header, jobs_of, result_of, trials_of


@dataclass(slots=True)
class Recorded:
    """What a journal holds: trials by number, results in the order they came, and how the search ended.

    `data` is the fingerprint of the data it was made with.

    `ending` is empty while a search goes on, and after one that was interrupted or killed.
    """

    trials: dict[int, Trial] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    ending: str = ""
    data: str = ""


#: What a record raises that hpsearch never wrote.
UNFIT = (KeyError, TypeError, ValueError, AttributeError, OverflowError, InputError)


def read(journal: Path, metric: str | None = None) -> Recorded:
    """Everything recorded at `journal`; a torn last line is its writer's business and is passed over.

    Args:
        journal: the file.
        metric: what every trial that is done must have, if it is to rank them.

    Raises:
        JournalDamaged: a record cannot be trusted.
        RunFolderError: the file cannot be read, is of another format, or holds what no search recorded.
    """
    with collector_paused():
        records, _, _ = replay(journal)
        head = check_header(records, str(journal))
        found = gather(records, str(journal))
        found.data = head.get("data", "")
    if metric is not None:
        for result in found.results:
            _check_ranks(result, metric, journal)
    return found


def _check_ranks(result: Result, metric: str, journal: Path) -> None:
    """Raise RunFolderError where a result that is done lacks what ranks it."""
    if result.status == "done" and metric not in result.metrics:
        raise RunFolderError(
            f"{journal}: trial {result.trial} has no metric {metric!r}, by which config.yaml ranks; restore the "
            f"one of them that was changed"
        )


class Glance:
    """What a ranking needs of a journal: the heads of its results. Trials and results are decoded when asked for.

    Attributes:
        last: each trial's head after the longest training, by its number.
        replicates: the heads of the trainings with fresh seeds, by trial.
        rows: how many rows the metric is measured on; 0 if unknown.
        ending: see `Recorded`.
    """

    def __init__(self, journal: Path, metric: str) -> None:
        """Look at the journal, also while its run goes on.

        Raises:
            JournalDamaged: a record cannot be trusted.
            RunFolderError: the file cannot be read, or is of another format.
        """
        self._journal = journal
        self._records, _, _ = replay(journal)
        self.rows: int = check_header(self._records, str(journal)).get("rows", 0)
        self.last: dict[int, Head] = {}
        self.replicates: dict[int, list[Head]] = {}
        self.ending = ""
        # The line of each trial's last result, and the first new trial and the line of each round that has some.
        self._lines: dict[int, int] = {}
        self._first: list[int] = []
        self._rounds: list[int] = []
        self._trials = 0
        with collector_paused():
            self._look(Heads(metric))

    def _look(self, heads: Heads) -> None:
        for index, line in enumerate(self._records.lines()):
            head = heads.plain(line)
            if head is None:
                head = self._look_closer(heads, line, index)
            elif self.ending:
                self.ending = ""
            if head is None:
                continue
            if head.replicate:
                self.replicates.setdefault(head.trial, []).append(head)
            elif head.trial not in self.last or self.last[head.trial].epochs < head.epochs:
                self.last[head.trial] = head
                self._lines[head.trial] = index

    def _look_closer(self, heads: Heads, line: bytes, index: int) -> Head | None:
        """The head of a result that is not plain; of the other records what is needed is noted."""
        if is_round(line):
            self._first.append(self._trials)
            self._rounds.append(index)
            self._trials += new_trials(line)
            self.ending = ""
            return None
        record = self._records[index]
        with self._fitting(index):
            if record["kind"] != "evaluation":
                self.ending = str(record.get("why", ""))
            return self._result_head(result_of(record), heads) if record["kind"] == "result" else None

    def _result_head(self, result: Result, heads: Heads) -> Head:
        _check_ranks(result, heads.metric, self._journal)
        return heads.of(result)

    @contextmanager
    def _fitting(self, index: int) -> Iterator[None]:
        """Names the line of a record that no search wrote."""
        try:
            yield
        except UNFIT as error:
            raise misfit(str(self._journal), index + 1, error) from error

    def trial(self, number: int) -> Trial:
        """A trial that has a result.

        Raises:
            RunFolderError: no round begins it (the journal was made by another program or edited).
        """
        place = bisect_right(self._first, number) - 1
        new: list[Trial] = []
        if place >= 0:
            with self._fitting(self._rounds[place]):
                new = trials_of(self._records[self._rounds[place]])
        found = next((trial for trial in new if trial.number == number), None)
        if found is None:
            raise RunFolderError(f"{self._journal}: trial {number} has a result, and no round has the trial")
        return found

    def result(self, number: int) -> Result:
        """The result of a trial's longest training."""
        index = self._lines[number]
        with self._fitting(index):
            return result_of(self._records[index])

    def all(self) -> Recorded:
        """Everything."""
        with collector_paused():
            return gather(self._records, str(self._journal))


def misfit(where: str, line: int, error: Exception) -> RunFolderError:
    """What is said of a record that is whole, and not one that a search wrote there."""
    return RunFolderError(
        f"{where}:{line}: this record does not fit the others ({type(error).__name__}: {error}). Restore the file "
        f"from a copy, or start the run again with --overwrite"
    )


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cyclic garbage collector: it would look through a growing heap again and again, for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def gather(records: Iterable[Mapping[str, Any]], where: str = "journal") -> Recorded:
    """Trials, results and ending of journal records; RunFolderError names the line that no search wrote."""
    found = Recorded()
    line = 0
    try:
        for line, record in enumerate(records, start=1):  # noqa: B007 - the line is for the message
            _take(record, found)
    except UNFIT as error:
        raise misfit(where, line, error) from error
    return found


def _take(record: Mapping[str, Any], found: Recorded) -> None:
    kind = record["kind"]
    if kind == "evaluation":  # of the test part, which is none of the search's business
        return
    if kind == "result":
        found.results.append(result_of(record))
    elif kind == "round":
        jobs_of(record, found.trials)
    found.ending = str(record["why"]) if kind == "end" else ""
