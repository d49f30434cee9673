"""Reading a run without owning it, also while it goes on."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


def read(journal: Path) -> Recorded:
    """Everything recorded at `journal`; a torn last line is its writer's business and is passed over.

    Raises:
        JournalDamaged: a record cannot be trusted.
        RunFolderError: the file cannot be read, or is of another format.
    """
    with collector_paused():
        records, _, _ = replay(journal)
        head = check_header(records, str(journal))
        found = gather(records)
        found.data = head["data"]
    return found


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


def gather(records: Iterable[Mapping[str, Any]]) -> Recorded:
    """Trials, results and ending of journal records."""
    found = Recorded()
    for record in records:
        kind = record["kind"]
        if kind == "evaluation":  # of the test part, which is none of the search's business
            continue
        if kind == "result":
            found.results.append(result_of(record))
        elif kind == "round":
            jobs_of(record, found.trials)
        found.ending = record["why"] if kind == "end" else ""
    return found
