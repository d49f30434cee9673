"""The results of a search by the key of their jobs, as far as they were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hpsearch.core.trial import Result, Status
from hpsearch.runs.heads import result_in

Key = tuple[int, int, int]


class Kept(Mapping[Key, Result]):
    """Results by the key of their jobs; what a journal holds stays a line until it is asked for."""

    def __init__(self) -> None:
        self._kept: dict[Key, Result | bytes] = {}

    def keep(self, key: Key, result: Result | bytes) -> None:
        """Put in a result, or the line of a journal that holds it."""
        self._kept[key] = result

    def __getitem__(self, key: Key) -> Result:
        kept = self._kept[key]
        if isinstance(kept, bytes):
            kept = self._kept[key] = result_in(kept)
        return kept

    def status(self, key: Key) -> Status:
        """How a job ended; a line that is kept is that of a plain result, which ended well."""
        kept = self._kept[key]
        return "done" if isinstance(kept, bytes) else kept.status

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def __iter__(self) -> Iterator[Key]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)
