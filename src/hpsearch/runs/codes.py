"""Which code of the user's trained what, as far as a journal tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from hpsearch.core.trial import Key, Result
from hpsearch.runs.records import Record, Session

Code: TypeAlias = Mapping[str, str]


class Codes(Struct, frozen=True):
    """The versions of the code, each as digests by file, in the order in which they came into use.

    `of` has the place among them for every result of which it is known; None where there is but one, for all.
    """

    versions: Sequence[Code] = ()
    of: Mapping[Key, int] | None = None

    @classmethod
    def only(cls, code: Code) -> Codes:
        """One for everything; none if it is empty."""
        return cls((code,) if code else ())

    def version(self, result: Result) -> int | None:
        """The place of the version that a result is of; None where that was not recorded."""
        if self.of is None:
            return 0 if self.versions else None
        return self.of.get(result.key)

    def trials(self, results: Iterable[Result]) -> dict[tuple[int, ...], list[int]]:
        """The trials by the places of all versions that they were trained with, as far as these were recorded."""
        places: dict[int, set[int]] = {}
        for result in results:
            if (version := self.version(result)) is not None:
                places.setdefault(result.trial, set()).add(version)
        found: dict[tuple[int, ...], list[int]] = {}
        for trial in sorted(places):
            found.setdefault(tuple(sorted(places[trial])), []).append(trial)
        return dict(sorted(found.items()))


def codes_of(records: Sequence[Record]) -> Codes:
    """What the records of a journal tell."""
    versions: list[Code] = []
    for record in records:
        if isinstance(record, Session) and record.code not in versions:
            versions.append(record.code)
    sessions = (record for record in records if isinstance(record, (Session, Result)))
    if len(versions) < 2 and isinstance(next(sessions, None), Session | None):
        return Codes([code for code in versions if code])
    return Codes(versions, _by_result(records, versions))


def _by_result(records: Iterable[Record], versions: Sequence[Code]) -> dict[Key, int]:
    """The place of each result's version; none of what was trained before any was recorded."""
    found: dict[Key, int] = {}
    now: int | None = None
    for record in records:
        if isinstance(record, Session):
            now = versions.index(record.code) if record.code else None
        elif isinstance(record, Result):
            if now is not None:
                found[record.key] = now
            else:
                found.pop(record.key, None)
    return found
