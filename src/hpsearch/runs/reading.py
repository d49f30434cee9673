"""Reading a run without owning it, also while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hpsearch.core.errors import RunFolderError
from hpsearch.core.trial import Result, Trial
from hpsearch.runs.journal import replay
from hpsearch.runs.records import Ended, Evaluated, Reader, header_of


@dataclass(slots=True)
class Recorded:
    """What a journal holds: trials by number, results in the order they came, and how the search ended.

    `data` is the fingerprint of the data it was made with, `rows` how many the metric is measured on, 0 if unknown.

    `ending` is empty while a search goes on, and after one that was interrupted or killed.
    """

    trials: dict[int, Trial] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    ending: str = ""
    data: str = ""
    rows: int = 0


def read(journal: Path, metric: str | None = None, *, curves: bool = True) -> Recorded:
    """Everything recorded at `journal`; a torn last line is its writer's business and is passed over.

    Args:
        journal: the file.
        metric: what every trial that is done must have, if it is to rank them.
        curves: whether to read those of the results, which take most of the time where they are long.

    Raises:
        JournalDamaged: a record cannot be trusted.
        RunFolderError: the file cannot be read, is of another format, or holds what no search recorded.
    """
    reader = Reader(str(journal), curves=curves)
    records, _, _ = replay(journal, reader)
    head = header_of(records, str(journal))
    found = Recorded(reader.trials, data=head.data, rows=head.rows)
    for record in records:
        if isinstance(record, Result):
            found.results.append(record)
        if not isinstance(record, Evaluated):
            found.ending = record.why if isinstance(record, Ended) else ""
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
