"""Tables (.csv, .parquet) as numbers: what each column means, learned once and applied to any later table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.datasets.table_file import MISSING
from hpsearch.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import polars as pl

#: A column of texts with more different ones keeps the commonest as inputs of their own.
MOST_CATEGORIES = 100
#: A column of texts of which more than this share differ says which row it is, and nothing about it.
IDENTIFIER = 0.5


@dataclass(frozen=True, slots=True)
class Column:
    """What a column becomes: one number, or one input of 0 or 1 per category, and perhaps one for "missing".

    Attributes:
        categories: of a column of texts, as its inputs are ordered; None for numbers. A text that is none of
            them has 0 in all: what was never seen says nothing.
        missing: whether a further input says that the value was missing.
    """

    name: str
    categories: tuple[str, ...] | None = None
    missing: bool = False

    @property
    def inputs(self) -> list[str]:
        """The names of its inputs."""
        names = (
            [self.name] if self.categories is None else [f"{self.name}={text}" for text in self.categories]
        )
        return [*names, f"{self.name} is missing"] if self.missing else names

    def encode(self, values: pl.Series, where: str) -> Iterator[NDArray[np.float32]]:
        """Its inputs for `values` (N,), each (N,). A number that is missing is nan.

        Raises:
            DataError: something that is no number where numbers are.
        """
        import polars as pl

        if self.categories is None:
            yield _numbers(values, f"{where}: {self.name}")
        else:
            texts = _stripped(values)
            for text in self.categories:
                yield (texts == text).fill_null(value=False).cast(pl.Float32).to_numpy()
        if self.missing:
            yield values.is_null().cast(pl.Float32).to_numpy()


@dataclass(frozen=True, slots=True)
class Encoding:
    """The columns of a table that are inputs, and its target."""

    columns: tuple[Column, ...]
    target: str

    @property
    def inputs(self) -> list[str]:
        """The names of all inputs, in order."""
        return [name for column in self.columns for name in column.inputs]

    def encode(self, frame: pl.DataFrame, where: str) -> NDArray[np.float32]:
        """The inputs (N, I) of a table; nan where a number is missing.

        Raises:
            DataError: a column is not there, or holds something else than the one that was learned from.
        """
        there = set(frame.columns)
        absent = [column.name for column in self.columns if column.name not in there]
        if absent:
            hint = did_you_mean(absent[0], frame.columns)
            raise DataError(f"{where}: has no column {absent[0]!r}, which the model was trained with{hint}")
        encoded = np.empty((len(frame), len(self.inputs)), np.float32)
        place = 0
        for column in self.columns:
            for values in column.encode(frame[column.name], where):
                encoded[:, place] = values
                place += 1
        return encoded

    def as_facts(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Encoding:
        """What `as_facts` gave."""
        columns = tuple(
            Column(
                str(column["name"]),
                None if column["categories"] is None else tuple(map(str, column["categories"])),
                bool(column["missing"]),
            )
            for column in facts["columns"]
        )
        return cls(columns, str(facts["target"]))


def learn(frame: pl.DataFrame, target: str, where: str) -> tuple[Encoding, list[str]]:
    """What the columns of a table mean, and what a person should know about them.

    Raises:
        DataError: a column cannot be used; the message gives the remedy.
    """
    columns, notes = [], []
    for name in frame.columns:
        if name == target:
            continue
        column, note = _learn(frame[name], where)
        if column is not None:
            columns.append(column)
        if note:
            notes.append(f"{where}: column {name!r} {note}")
    if not columns:
        raise DataError(f"{where}: has no column to learn from besides the target {target!r}")
    return Encoding(tuple(columns), target), notes


def _learn(values: pl.Series, where: str) -> tuple[Column | None, str]:
    """What a column becomes, or None where it says nothing, and a note."""
    kind = values.dtype
    if kind.is_temporal():
        raise DataError(
            f"{where}: column {values.name!r} holds dates or times, which are no numbers; put in their place what "
            f"matters about them (year, month, weekday, days since ...), or remove the column"
        )
    if kind.is_nested() or not (kind.is_numeric() or _is_text(values) or str(kind) in ("Boolean", "Null")):
        raise DataError(
            f"{where}: column {values.name!r} is of type {kind}; must be numbers, texts or true/false, "
            f"so encode or remove it"
        )
    gaps = values.null_count() > 0
    if values.n_unique() == 1:
        return None, "is left out: it has one value only"
    if not _is_text(values):
        return Column(values.name, None, gaps), ""
    return _categories(_stripped(values), gaps)


def _categories(texts: pl.Series, gaps: bool) -> tuple[Column | None, str]:
    counts = texts.drop_nulls().value_counts(sort=True)
    found = counts[texts.name].to_list()
    if len(found) > MOST_CATEGORIES and len(found) > IDENTIFIER * len(texts):
        return None, f"is left out: {len(found)} different texts in {len(texts)} rows, so it names rows"
    note = ""
    if len(found) > MOST_CATEGORIES:
        note = f"has {len(found)} different texts; the commonest {MOST_CATEGORIES} are inputs"
        # Of equally common ones the first in the alphabet, so that the same table gives the same inputs.
        found = [
            text for _, text in sorted((-count, text) for text, count in counts.rows())[:MOST_CATEGORIES]
        ]
    return Column(texts.name, tuple(sorted(found)), gaps), note


def _is_text(values: pl.Series) -> bool:
    return str(values.dtype).startswith(("String", "Categorical", "Enum"))


def _stripped(values: pl.Series) -> pl.Series:
    """Texts without blanks around them; what stands for a missing value is missing."""
    import polars as pl

    texts = values.cast(pl.String).str.strip_chars()
    return texts.set(texts.is_in(list(MISSING)).fill_null(value=True), None)


def _numbers(values: pl.Series, where: str) -> NDArray[np.float32]:
    import polars as pl

    if _is_text(values):
        values = _stripped(values)
    numbers = values.cast(pl.Float64, strict=False)
    wrong = (numbers.is_null() & values.is_not_null()).arg_true()
    if len(wrong):
        raise DataError(f"{where}: {values[int(wrong[0])]!r} in row {int(wrong[0]) + 1} is no number")
    array = numbers.to_numpy().astype(np.float64)
    if np.isinf(array).any() or (np.abs(array[~np.isnan(array)]) > np.finfo(np.float32).max).any():
        raise DataError(f"{where}: holds numbers that are infinite or beyond float32; replace them")
    return array.astype(np.float32)


def leaks(frame: pl.DataFrame, target: str, columns: Sequence[Column]) -> list[str]:
    """Columns that tell the target by themselves: each of their values goes with one class, and back."""
    import polars as pl

    classes = frame[target].n_unique()
    alike = [column.name for column in columns if frame[column.name].n_unique() == classes]
    return [name for name in alike if frame.select(pl.struct(name, target).n_unique()).item() == classes]
