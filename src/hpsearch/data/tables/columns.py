"""The columns of a table as numbers: what was learned from some of its rows, applied to any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError, did_you_mean
from hpsearch.data.tables.by_target import Means
from hpsearch.data.tables.column import Column
from hpsearch.data.tables.dates import Dates
from hpsearch.data.tables.texts import quoted, stripped, without

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


class Encoding(Struct, frozen=True):
    """The columns of a table that are inputs, and its target; and what stands for a missing value there."""

    columns: tuple[Column, ...]
    target: str
    missing: tuple[str, ...] = ()

    @property
    def inputs(self) -> list[str]:
        """The names of all inputs, in order."""
        return [name for column in self.columns for name in column.inputs]

    @property
    def gaps(self) -> tuple[int, ...]:
        """The places of the inputs that are nan where a value is missing."""
        places = np.cumsum([0, *(len(column.inputs) for column in self.columns)]).tolist()
        pairs = zip(self.columns, places, strict=False)
        return tuple(start + place for column, start in pairs for place in column.numbers)

    @property
    def indicators(self) -> tuple[int, ...]:
        """The places of the inputs that are 0 or 1 and say that something is so."""
        marks = [mark for column in self.columns for mark in column.indicators]
        return tuple(place for place, mark in enumerate(marks) if mark)

    @property
    def averaged(self) -> tuple[int, ...]:
        """The places of the inputs that are averages of the target."""
        places = np.cumsum([0, *(len(column.inputs) for column in self.columns)]).tolist()
        pairs = zip(self.columns, places, strict=False)
        return tuple(start + place for column, start in pairs for place in column.averaged)

    @property
    def names(self) -> tuple[str, ...]:
        """What its columns are called."""
        return tuple(column.name for column in self.columns)

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that hold texts."""
        return tuple(column.name for column in self.columns if column.categories is not None)

    def encode(
        self, frame: pl.DataFrame, where: str, lost: dict[int, str] | None = None
    ) -> NDArray[np.float32]:
        """The inputs (N, I) of a table; nan where a number is missing.

        Args:
            lost: is given what is wrong with a row, by its place; where there is none, the first is an error.

        Raises:
            DataError: a column is not there, or holds something else than the one that was learned from.
        """
        self.check_names(frame.columns, where)
        encoded = np.zeros((len(frame), len(self.inputs)), np.float32)
        place = 0
        for column in self.columns:
            width = len(column.inputs)
            values = without(frame[column.name], self.missing) if self.missing else frame[column.name]
            column.encode(values, where, encoded[:, place : place + width], lost)
            place += width
        return encoded

    def check_names(self, given: Sequence[str], where: str) -> None:
        """Raise DataError where a column is not there."""
        there = set(given)
        absent = [column.name for column in self.columns if column.name not in there]
        if absent:
            hint = did_you_mean(absent[0], given)
            raise DataError(
                f"{where}: has no column {quoted(absent[0])}, which the model was trained with{hint}"
            )

    def codes(self, frame: pl.DataFrame) -> NDArray[np.int32]:
        """(C, N) of each column with averages, the places of the texts of a table among those that have one."""
        columns = ((column.name, column.means) for column in self.columns if column.means)
        return np.stack([means.codes(stripped(frame[name])) for name, means in columns])

    def without_input(self, encoded: NDArray[np.float32]) -> list[tuple[str, int]]:
        """The columns of texts, and in how many rows that `encode` gave there is none with an input of its own."""
        place, found = 0, list[tuple[str, int]]()
        for column in self.columns:
            own = encoded[:, place : place + len(column.inputs)]
            place += len(column.inputs)
            if column.categories is not None:
                found.append((column.name, int((~column.known(own)).sum())))
        return [(name, count) for name, count in found if count]

    def beyond(self, encoded: NDArray[np.float32]) -> list[tuple[Column, int]]:
        """The columns of numbers, and in how many rows that `encode` gave one is beyond those learned from."""
        place, found = 0, list[tuple[Column, int]]()
        for column in self.columns:
            found.append((column, column.beyond(encoded[:, place : place + len(column.inputs)])))
            place += len(column.inputs)
        return [(column, count) for column, count in found if count]

    def as_facts(self) -> dict[str, Any]:
        """The same as plain data, for JSON; what only some columns have is left out of the others."""
        facts: dict[str, Any] = to_builtins(self)
        for column in facts["columns"]:
            for name in ("means", "dates", "ends"):
                if column[name] is None:
                    del column[name]
        if not self.missing:
            del facts["missing"]
        return facts

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Encoding:
        """What `as_facts` gave."""
        columns = tuple(
            Column(
                str(column["name"]),
                None if column["categories"] is None else tuple(map(str, column["categories"])),
                bool(column["missing"]),
                float(column.get("origin", 0.0)),
                column.get("truth"),
                bool(column.get("other", False)),
                Means.from_facts(column.get("means")),
                Dates.from_facts(column.get("dates")),
                _ends(column.get("ends")),
            )
            for column in facts["columns"]
        )
        return cls(columns, str(facts["target"]), tuple(map(str, facts.get("missing", ()))))


def _ends(ends: Any) -> tuple[float, float] | None:
    if ends is None:
        return None
    low, high = map(float, ends)
    return low, high
