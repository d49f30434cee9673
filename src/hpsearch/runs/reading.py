"""Reading a run without owning it, also while it goes on."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hpsearch.errors import InputError, RunFolderError
from hpsearch.runs.journal import replay
from hpsearch.runs.records import check_header, jobs_of, result_of
from hpsearch.trial import Result, Trial


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
    for result in found.results if metric is not None else ():
        if result.status == "done" and metric not in result.metrics:
            raise RunFolderError(
                f"{journal}: trial {result.trial} has no metric {metric!r}, by which config.yaml ranks; "
                f"restore the one of them that was changed"
            )
    return found


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
