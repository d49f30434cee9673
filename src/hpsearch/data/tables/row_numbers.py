"""Columns that number the rows of their file, as programs write them beside the data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hpsearch.data.tables.texts import quoted

if TYPE_CHECKING:
    import polars as pl

#: What such columns are called, without marks; what is called otherwise may count something that matters.
NAMES = {
    "id",
    "idx",
    "index",
    "indexlevel0",
    "row",
    "rowid",
    "rowindex",
    "rowname",
    "rownames",
    "rownum",
    "rownumber",
    "unnamed0",
}
#: What programs call the labels that they give to rows; some of the rows may have been left out since.
LABELS = {"indexlevel0", "unnamed0"}
#: Fewer rows than this are numbered by chance.
FEWEST = 10


def numbered(frame: pl.DataFrame, target: str) -> list[str]:
    """The columns besides the target that number the rows, from 0 or 1, whatever their order, or are whole numbers
    that label them; none where there is nothing else to learn from.
    """
    inputs = [name for name in frame.columns if name != target]
    found = [
        name for name in inputs if _bare(name) in NAMES and _numbers_rows(frame[name], _bare(name) in LABELS)
    ]
    return found if len(found) < len(inputs) else []


def notes_on(names: Iterable[str], where: str) -> list[str]:
    """What a person should know about the columns of these names."""
    return [
        f"{where}: column {quoted(name)} is left out: it numbers the rows; rename it if it means more than that"
        for name in names
    ]


def _bare(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


def _numbers_rows(values: pl.Series, are_labels: bool) -> bool:
    count = len(values)
    if count < FEWEST or not values.dtype.is_integer() or values.null_count():
        return False
    ends = (values.min(), values.max())
    return (are_labels or ends in ((0, count - 1), (1, count))) and values.n_unique() == count
