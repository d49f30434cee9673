"""Reading tables of every kind, and saying what is wrong with a file that is none, or would do harm."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import DataError, MissingExtra
from hpsearch.core.surroundings import hindrance
from hpsearch.data.tables.csv_frame import read_csv
from hpsearch.data.tables.csv_text import csv_names, longest_row, name_of, quotation, whole_dialect
from hpsearch.data.tables.sheets import said_of_sheets
from hpsearch.data.tables.texts import MISSING, as_written, excerpt, is_text, known_texts, quoted, without
from hpsearch.data.tables.typed import is_typed, read_typed, typed_names
from hpsearch.storage.checked import reading
from hpsearch.storage.endings import ARROW, JSON_LINES, SHEETS, ZIP, ending

if TYPE_CHECKING:
    import polars as pl

#: What polars says -> what is wrong and what can be done about it.
_WORDS = (("parquet", "it is no whole parquet file; write it again"),)
#: Kind of file -> the same where polars does not tell.
_KINDS = {
    **dict.fromkeys(ARROW, "it is no whole Arrow file (Feather of version 2); write it again"),
    **dict.fromkeys(JSON_LINES, "it is no JSON with one object per line; write it again"),
}
#: Said by polars where quotation marks do not go in pairs.
_QUOTATION = ("could not parse", "malformed")


def read_table(
    path: Path,
    column: str | None = None,
    texts: Sequence[str] = (),
    known: Collection[str] = (),
    missing: Sequence[str] = (),
) -> pl.DataFrame:
    """The table in a file, with every row; not a number is missing.

    Args:
        column: read this one only.
        texts: columns of a text that are texts, even where they could be something else.
        known: what its columns are perhaps called, where it has no line of names.
        missing: what stands for a missing value, besides what always does.

    Raises:
        MissingExtra: what reads it is not installed.
        DataError: the file cannot be used.
    """
    polars = _polars(path)
    columns = table_columns(path, known)
    only = None if column is None else [columns.index(column)]
    frame = _read(path, only, known, texts=texts, null_values=[*MISSING, *missing])
    frame = _named(path, frame, columns if column is None else [column])
    frame = frame.with_columns(_told(path, values, texts, missing) for values in frame)
    return frame.with_columns(polars.selectors.float().fill_nan(None))


def _named(path: Path, frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The table with its columns named. Raises DataError for names that are no line of this table."""
    _check_names(path, names)
    if len(names) != frame.width:
        raise DataError(f"{path}: its line of names cannot be told from the rows; save it again")
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


def _told(path: Path, values: pl.Series, texts: Sequence[str], missing: Sequence[str]) -> pl.Series:
    """A column without what is missing, as what it holds unless it is said to be texts."""
    if not is_text(values):
        return without(values, missing) if missing else values
    written = values if is_typed(path) else known_texts(values)
    known = without(written, missing) if missing else written
    as_it_is = values.name in texts or (is_typed(path) and known.null_count() == values.null_count())
    return known if as_it_is else as_written(known)


def read_texts(path: Path, known: Collection[str] = ()) -> pl.DataFrame:
    """The same with every cell as the text that stands there, empty where there is none. Raises as `read_table`."""
    polars = _polars(path)
    frame = _read(path, None, known, infer_schema=False)
    if not is_typed(path):
        frame = _named(path, frame, csv_names(path, known))
    return frame.cast(polars.String).fill_null("")


def table_columns(path: Path, known: Collection[str] = ()) -> list[str]:
    """The names of the columns, without blanks around them.

    Raises:
        MissingExtra: what reads it is not installed.
        DataError: the file cannot be used, or a name occurs twice.
    """
    with _table(path):
        header = typed_names(path) if is_typed(path) else csv_names(path, known)
    names = [name.strip() for name in header]
    _check_names(path, names)
    return names


def said_of_reading(path: Path, known: Collection[str] = ()) -> str:
    """What was assumed to read a file, where that is worth a word; else empty. Raises DataError.

    Args:
        known: what its columns are perhaps called.
    """
    if is_typed(path):
        return ""
    with _table(path):
        dialect = whole_dialect(path, known)
        within = said_of_sheets(path) if ending(path) in SHEETS else _said_within(path)
    return "; ".join(said for said in (dialect.said(within), dialect.said_of_names) if said)


def _said_within(path: Path) -> str:
    return f"from {quoted(name_of(path))} in it" if ending(path) == ZIP else ""


def _polars(path: Path) -> Any:
    try:
        import polars
    except ImportError:
        raise MissingExtra(f"{path.name}", library="polars", extra="tabular") from None
    return polars


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
    if "codec can" in first or "utf-8" in first or "utf8" in first:
        return DataError(
            f"{path}: is neither UTF-8 nor Windows-1252 text; if it is a table, save it as UTF-8"
        )
    if ending(path) in _KINDS:
        return DataError(f"{path}: is no table that can be read: {_KINDS[ending(path)]}")
    if any(key in first for key in _QUOTATION):
        return DataError(f"{path}: is no table that can be read: {quotation(path)}")
    words = next((words for key, words in _WORDS if key in first), f"{excerpt(first)}; save it again")
    return DataError(f"{path}: is no table that can be read: {words}")


def _read(path: Path, columns: list[int] | None, known: Collection[str], **options: Any) -> pl.DataFrame:
    with _table(path):
        frame = read_typed(path, columns) if is_typed(path) else read_csv(path, columns, known, **options)
    if not len(frame):
        raise DataError(f"{path}: has no rows; a table has a line of names and at least one row")
    return frame


def _check_names(path: Path, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names, 1):
        if not name:
            raise DataError(f"{path}: column {place} has no name; give every column one in the first line")
        if name in seen:
            raise DataError(f"{path}: has two columns {quoted(name)}; rename or remove one of them")
        seen.add(name)
