"""Reading tables (.csv, .tsv, .parquet), and saying what is wrong with a file that is none, or would do harm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import DataError, MissingExtra
from hpsearch.core.surroundings import hindrance
from hpsearch.data.tables.csv_text import (
    Dialect,
    blank_lines,
    check_lines,
    csv_names,
    dialect_of,
    longest_row,
    quotation,
)
from hpsearch.data.tables.texts import MISSING, as_written, excerpt, is_text, known_texts, quoted
from hpsearch.storage.checked import check_size, reading
from hpsearch.storage.endings import PARQUET, ending

if TYPE_CHECKING:
    import polars as pl

#: So many rows usually show what type a column has.
FIRST_ROWS = 10_000
#: The most bytes that a cell of a parquet file takes, if it is no text.
CELL = 8
#: What polars says -> what is wrong and what can be done about it.
_WORDS = (("parquet", "it is no whole parquet file; write it again"),)
#: Said by polars where quotation marks do not go in pairs.
_QUOTATION = ("could not parse", "malformed")


def read_table(path: Path, column: str | None = None, texts: Sequence[str] = ()) -> pl.DataFrame:
    """The table in a .csv, .tsv or .parquet file, with every row; not a number is missing.

    Args:
        column: read this one only.
        texts: columns of a .csv file that are texts, even where they could be something else.

    Raises:
        MissingExtra: polars is not installed.
        DataError: the file cannot be used.
    """
    polars = _polars(path)
    columns = table_columns(path)
    only = None if column is None else [columns.index(column)]
    frame = _read(path, only, texts=texts, try_parse_dates=True, null_values=list(MISSING))
    names = columns if column is None else [column]
    if len(names) != frame.width:
        raise DataError(f"{path}: its line of names cannot be told from the rows; save it again")
    frame.columns = names
    if not _is_parquet(path):
        frame = frame.with_columns(
            known_texts(values) if values.name in texts else as_written(values)
            for values in frame
            if is_text(values)
        )
    return frame.with_columns(polars.selectors.float().fill_nan(None))


def read_texts(path: Path) -> pl.DataFrame:
    """The same with every cell as the text that stands there, empty where there is none. Raises as `read_table`."""
    polars = _polars(path)
    frame = _read(path, infer_schema=False)
    if not _is_parquet(path):
        frame.columns = csv_names(path)
    return frame.cast(polars.String).fill_null("")


def table_columns(path: Path) -> list[str]:
    """The names of the columns, without blanks around them.

    Raises:
        MissingExtra: polars is not installed.
        DataError: the file cannot be used, or a name occurs twice.
    """
    polars = _polars(path)
    with _table(path):
        parquet = _is_parquet(path)
        header = list(polars.scan_parquet(path, glob=False).collect_schema()) if parquet else csv_names(path)
    names = [name.strip() for name in header]
    _check_names(path, names)
    return names


def said_of_reading(path: Path) -> str:
    """What was assumed to read a file, where that is worth a word; else empty. Raises DataError."""
    return "" if _is_parquet(path) else dialect_of(path).said


def _polars(path: Path) -> Any:
    try:
        import polars
    except ImportError:
        raise MissingExtra(f"{path.name}", library="polars", extra="tabular") from None
    return polars


def _is_parquet(path: Path) -> bool:
    return ending(path) == PARQUET


@contextmanager
def _table(path: Path) -> Iterator[None]:
    """Turn what can go wrong while a table is read into a DataError that names it."""
    polars = _polars(path)
    with reading(path):
        if path.is_dir():
            raise DataError(f"{path}: is a folder; give the path of a file")
        if path.exists() and path.stat().st_size == 0:
            raise DataError(f"{path}: is empty; a table has a line of names and at least one row")
        try:
            yield
        except (polars.exceptions.PolarsError, polars.exceptions.PanicException, UnicodeError) as error:
            if hindered := hindrance(error):
                raise DataError(str(hindered)) from None
            raise _unreadable(path, str(error)) from None


def _unreadable(path: Path, said: str) -> DataError:
    first = said.partition("\n")[0]
    if "more fields" in first:
        return DataError(f"{path}: {longest_row(path)}; correct it, or put quotation marks around commas")
    if "utf-8" in first or "utf8" in first:
        return DataError(f"{path}: is no UTF-8 text; if it is a table, save it as UTF-8")
    if any(key in first for key in _QUOTATION):
        return DataError(f"{path}: is no table that can be read: {quotation(path)}")
    words = next((words for key, words in _WORDS if key in first), f"{excerpt(first)}; save it again")
    return DataError(f"{path}: is no table that can be read: {words}")


def _read(path: Path, columns: list[int] | None = None, **options: Any) -> pl.DataFrame:
    with _table(path):
        frame = _read_parquet(path, columns) if _is_parquet(path) else _read_csv(path, columns, **options)
    if not len(frame):
        raise DataError(f"{path}: has no rows; a table has a line of names and at least one row")
    return frame


def _read_csv(
    path: Path, columns: list[int] | None, texts: Sequence[str] = (), **options: Any
) -> pl.DataFrame:
    """The table; types follow from the first rows, where later ones disagree, from all, which takes long, and where
    polars takes something for a number that it cannot read, all are texts.
    """
    import polars as pl

    check_lines(path)
    dialect = dialect_of(path)
    if dialect != Dialect():
        options |= {"separator": dialect.separator, "decimal_comma": dialect.decimal_comma}
    kept = {name: pl.String for name in csv_names(path) if name.strip() in texts} if texts else None
    options |= {"columns": columns, "schema_overrides": kept}
    as_texts = {"columns": columns, "infer_schema": False, "separator": dialect.separator}
    tries = [{**options, "infer_schema_length": rows} for rows in (FIRST_ROWS, None)]
    for options in (*tries, as_texts):
        try:
            return _without_blank_lines(path, dialect, pl.read_csv(path, glob=False, **options), columns)
        except pl.exceptions.ComputeError:
            if options is as_texts:
                raise
    raise AssertionError("the last try returns or raises")


def _without_blank_lines(
    path: Path, dialect: Dialect, frame: pl.DataFrame, columns: list[int] | None
) -> pl.DataFrame:
    """The rows that are more than an empty line: a cell that is not there, or blanks, in every column.

    Of a single column read by itself, nothing is known of the others, and every row stays.
    """
    import polars as pl

    if columns is not None or not _blank(frame).any():
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


def _read_parquet(path: Path, columns: list[int] | None) -> pl.DataFrame:
    """The table, unless its few bytes stand for more than memory holds: equal values are written once."""
    import polars as pl

    claimed = pl.scan_parquet(path, glob=False)
    shape = (claimed.select(pl.len()).collect().item(), len(claimed.collect_schema()))
    packed = path.stat().st_size
    check_size(str(path), shape, CELL, packed, most=shape[0] * shape[1] * CELL)
    return pl.read_parquet(path, columns=columns, glob=False)


def _check_names(path: Path, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names, 1):
        if not name:
            raise DataError(f"{path}: column {place} has no name; give every column one in the first line")
        if name in seen:
            raise DataError(f"{path}: has two columns {quoted(name)}; rename or remove one of them")
        seen.add(name)
