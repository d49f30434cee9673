"""The sessions of a search: each is a process that begins or continues it, with the code that there is by then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hpsearch.core.trial import Result
from hpsearch.core.words import trials_named
from hpsearch.objectives.base import Workload
from hpsearch.objectives.code import differences
from hpsearch.runs import Journal
from hpsearch.runs.codes import Code, Codes, codes_of
from hpsearch.runs.contents import header_of
from hpsearch.runs.journal import replay
from hpsearch.runs.records import Reader, Record, Session
from hpsearch.runs.writing import session_record


def recorded_digest(records: Sequence[Record], where: str) -> str:
    """The fingerprint of the configuration as it was recorded last."""
    known = [record.spec for record in records if isinstance(record, Session)]
    return known[-1] if known else header_of(records, where).spec


def begin(
    journal: Journal,
    records: Sequence[Record],
    first: Sequence[Mapping[str, Any]],
    now: Session,
    tell: Callable[[str], object],
) -> None:
    """Record with what a search goes on whose `journal` holds `records`, where that is new.

    Args:
        first: what a new journal begins with; it is written with the session as one.
    """
    sessions = [record for record in records if isinstance(record, Session)]
    known = recorded_digest(records, str(journal.path)) if records else now.spec
    if now in sessions[-1:] or (not sessions and now == Session(known)):
        journal.append(first)
        return
    journal.append([*first, session_record(now)])
    edited = differences(sessions[-1].code, now.code) if sessions and now.code else []
    if edited and (before := _trained_with(sessions[-1].code, records)):
        tell(
            f"note: {_changed(edited)} since {trials_named(before)} were trained; what is trained from here on is "
            f"of other code, and is ranked among them"
        )


def _trained_with(code: Code, records: Sequence[Record]) -> list[int]:
    """The trials that have a result of that code."""
    known, results = codes_of(records), [record for record in records if isinstance(record, Result)]
    version = list(known.versions).index(code) if code else None
    return [result.trial for result in results if known.version(result) == version is not None]


def _changed(files: Sequence[str]) -> str:
    return f"{', '.join(files)} {'has' if len(files) == 1 else 'have'} changed"


def tell_edits(began: Code, workload: Workload, tell: Callable[[str], object]) -> None:
    """Say which files are no longer what they were when the session began."""
    if edited := differences(began, workload.code()):
        tell(
            f"note: {_changed(edited)} while the search went on; which of its trials ran which code is not known"
        )


def codes(journal: Path, code: Code, *, new: bool) -> Codes:
    """Which code trained what in a search that has just ended with `code`; one that is `new` knows no other."""
    if new or not code:
        return Codes.only(code)
    records, _, _ = replay(journal, Reader(str(journal), curves=False))
    return codes_of(records)
