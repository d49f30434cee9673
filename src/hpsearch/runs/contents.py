"""What the records of a journal say together."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.core.trial import FAILED, Key, Result
from hpsearch.runs.records import (
    Ended,
    Evaluated,
    Header,
    Hint,
    Inheritance,
    Record,
    Retried,
    Reused,
    Session,
    headless,
)


def header_of(records: Sequence[Record], where: str) -> Header:
    """The first record of a journal; RunFolderError where there is none."""
    first = records[0] if records else None
    if not isinstance(first, Header):
        raise headless(where)
    return first


def results_of(records: Sequence[Record]) -> list[Result]:
    """The results that count, in the order in which they came: not those of what was tried again."""
    if not any(isinstance(record, Retried) for record in records):
        return [record for record in records if isinstance(record, Result)]
    found: dict[Key, Result] = {}
    for record in records:
        if isinstance(record, Result):
            found[record.key] = record
        elif isinstance(record, Retried):
            found = {key: result for key, result in found.items() if result.status not in FAILED}
    return list(found.values())


def asked_in(records: Sequence[Record]) -> dict[Key, int]:
    """The place of each job's key in the order in which they were asked for, which no worker has a say in."""
    jobs = (job for record in records if isinstance(record, list) for job in record)
    return {job.key: place for place, job in enumerate(jobs)}


def inherited_of(records: Sequence[Record]) -> int:
    """How many trials of its parent a search knew of before its first."""
    return sum(len(record.configs) for record in records if isinstance(record, Inheritance))


def learned_of(records: Sequence[Record]) -> list[Inheritance | Hint]:
    """What a search learned from the runs that its file names; what it has of its parent is not among it."""
    return [record for record in records if isinstance(record, Inheritance | Hint) and record.source]


def reused_of(records: Sequence[Record]) -> dict[int, tuple[str, int]]:
    """The run, and the number there, of each trial that was taken over from an earlier search."""
    found: dict[int, tuple[str, int]] = {}
    for record in records:
        if isinstance(record, Reused):
            found |= record.numbered(len(found))
    return found


def ending_of(records: Sequence[Record]) -> str:
    """Why a search ended; empty while it goes on, and after one that was interrupted or killed."""
    last = next((record for record in reversed(records) if not isinstance(record, Evaluated | Session)), None)
    return last.why if isinstance(last, Ended) else ""
