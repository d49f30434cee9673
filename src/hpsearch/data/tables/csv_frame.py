"""Tables as text, read into columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.data.tables.csv_text import (
    as_it_would_stand,
    blank_lines,
    csv_names,
    is_as_it_stands,
    whole_dialect,
)
from hpsearch.data.tables.dialect import BLANKS, Dialect
from hpsearch.data.tables.texts import is_text

if TYPE_CHECKING:
    import polars as pl

#: So many rows usually show what type a column has.
FIRST_ROWS = 10_000


def read_csv(
    path: Path,
    columns: list[int] | None,
    known: Collection[str] = (),
    texts: Sequence[str] = (),
    **options: Any,
) -> pl.DataFrame:
    """The table; types follow from the first rows, where later ones disagree, from all, which takes long, and where
    polars takes something for a number that it cannot read, all are texts.

    Args:
        columns: the places of those to read.
        known: what they are perhaps called.
        texts: those that are texts.
    """
    import polars as pl

    dialect = whole_dialect(path, known)
    source = path if is_as_it_stands(path, dialect) else as_it_would_stand(path, dialect)
    mark = "\t" if dialect.separator == BLANKS else dialect.separator
    if dialect.separator != ",":
        options |= {"separator": mark, "decimal_comma": dialect.decimal_comma}
    as_texts = {"columns": columns, "infer_schema": False, "separator": mark}
    if texts:
        names = pl.read_csv(source, glob=False, n_rows=0, infer_schema=False, separator=mark).columns
        # Where a name has quotation marks, it is another in there.
        pairs = zip(names, csv_names(path, known), strict=False)
        options["schema_overrides"] = {name: pl.String for name, written in pairs if written.strip() in texts}
    options["columns"] = columns
    tries = [{**options, "infer_schema_length": rows} for rows in (FIRST_ROWS, None)]
    for options in (*tries, as_texts):
        try:
            return _without_blank_lines(path, dialect, pl.read_csv(source, glob=False, **options))
        except pl.exceptions.ComputeError:
            if options is as_texts:
                raise
    raise AssertionError("the last try returns or raises")


def _without_blank_lines(path: Path, dialect: Dialect, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that are more than an empty line, where a cell is missing in every column that is read."""
    import polars as pl

    if not _blank(frame).any():
        return frame
    lines = pl.Series(blank_lines(path, dialect), dtype=pl.Boolean)
    return frame.filter(~lines) if len(lines) == len(frame) else frame


def _blank(frame: pl.DataFrame) -> pl.Series:
    """For each row, whether no cell holds anything but blanks; an empty text in quotation marks is something."""
    import polars as pl

    found = pl.Series([True]).new_from_index(0, len(frame))
    for values in sorted(frame, key=is_text):  # numbers first: one column without gaps mostly tells
        found &= values.is_null() | values.str.contains(r"^\s+$") if is_text(values) else values.is_null()
        if not found.any():
            break
    return found
