"""Reading tables (.csv, .parquet), and saying what is wrong with a file that is none."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.datasets.binary import reading
from hpsearch.datasets.texts import MISSING, excerpt, quoted
from hpsearch.errors import DataError, MissingExtra

if TYPE_CHECKING:
    import polars as pl

TABLES = (".csv", ".parquet")
#: So many rows usually show what type a column has.
FIRST_ROWS = 10_000
#: What other programs put between the columns.
SEPARATORS = {";": "';'", "\t": "tabs", "|": "'|'"}
#: The first bytes of a file that was compressed -> what unpacks it.
PACKED = {b"\x1f\x8b": "gunzip", b"PK\x03\x04": "unzip", b"\x28\xb5\x2f\xfd": "unzstd", b"BZh": "bunzip2"}
#: A number as it stands in a file.
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
#: Of a file so many bytes are looked at before it is read; its line of names is within them.
HEAD = 2**20


def read_table(path: Path, column: str | None = None, texts: Sequence[str] = ()) -> pl.DataFrame:
    """The table in a .csv or .parquet file, with every row; not a number is missing.

    Args:
        column: read this one only.
        texts: columns of a .csv file that are texts, even where they could be something else.

    Raises:
        MissingExtra: polars is not installed.
        DataError: the file cannot be used.
    """
    pl = _polars(path)
    columns = table_columns(path)
    only = None if column is None else [columns.index(column)]
    with reading(path):
        try:
            frame = _read_parquet(path, only) if _is_parquet(path) else _read_csv(path, only, texts)
        except (pl.exceptions.PolarsError, UnicodeError) as error:
            raise _unreadable(path, error) from None
    if not len(frame):
        raise DataError(f"{path}: has no rows; a table has a line of names and at least one row")
    names = columns if column is None else [column]
    if len(names) != frame.width:
        raise DataError(f"{path}: its line of names cannot be told from the rows; save it again")
    frame.columns = names
    return frame.with_columns(pl.selectors.float().fill_nan(None))


def table_columns(path: Path) -> list[str]:
    """The names of the columns, without blanks around them.

    Raises:
        MissingExtra: polars is not installed.
        DataError: the file cannot be used, or a name occurs twice.
    """
    pl = _polars(path)
    with reading(path):
        if path.is_dir():
            raise DataError(f"{path}: is a folder; give the path of a file")
        if path.exists() and path.stat().st_size == 0:
            raise DataError(f"{path}: is empty; a table has a line of names and at least one row")
        try:
            names = list(pl.read_parquet_schema(path)) if _is_parquet(path) else _csv_names(path)
        except (pl.exceptions.PolarsError, UnicodeError) as error:
            raise _unreadable(path, error) from None
    names = [name.strip() for name in names]
    _check_names(path, names)
    return names


def _polars(path: Path) -> Any:
    try:
        import polars
    except ImportError:
        raise MissingExtra(f"{path.name}", library="polars", extra="tabular") from None
    return polars


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _read_parquet(path: Path, columns: list[int] | None) -> pl.DataFrame:
    import polars as pl

    return pl.read_parquet(path, columns=columns)


def _read_csv(path: Path, columns: list[int] | None, texts: Sequence[str]) -> pl.DataFrame:
    """The table; types follow from the first rows, and where later ones disagree, from all, which takes long."""
    import polars as pl

    kept = {name: pl.String for name in _csv_names(path) if name.strip() in texts} if texts else None
    for rows in (FIRST_ROWS, None):
        try:
            return pl.read_csv(
                path,
                columns=columns,
                schema_overrides=kept,
                infer_schema_length=rows,
                null_values=list(MISSING),
                try_parse_dates=True,
            )
        except pl.exceptions.ComputeError:
            if rows is None:
                raise
    raise AssertionError("the last try returns or raises")


def _csv_names(path: Path) -> list[str]:
    """The names in the first line of a .csv file."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    for magic, program in PACKED.items():
        if head.startswith(magic):
            raise DataError(f"{path}: is compressed, in the way of {program}; unpack it first")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{path}: is UTF-16; save it as UTF-8")
    if b"\0" in head:
        raise DataError(f"{path}: is no text, but binary; give a table as .csv with commas, or as .parquet")
    text = head.decode("utf-8-sig", "replace").lstrip("\r\n")
    if "\r" in text and "\n" not in text:
        raise DataError(f"{path}: its lines end in carriage returns only; save it with line feeds")
    try:
        names = next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error as error:
        raise _unreadable(path, error) from None
    if not names:
        raise DataError(f"{path}: is empty; a table has a line of names and at least one row")
    if any(ord(char) < 32 and char not in "\t\r\n" for name in names for char in name):
        raise DataError(f"{path}: is no text, but binary; give a table as .csv with commas, or as .parquet")
    _check_separator(path, names)
    _check_first_line(path, names)
    return names


def _check_separator(path: Path, names: Sequence[str]) -> None:
    for mark, shown in SEPARATORS.items():
        if len(names) == 1 and mark in names[0]:
            raise DataError(
                f"{path}: its columns are separated by {shown} ({quoted(names[0])}); save it with commas "
                f"between columns, and with points in numbers"
            )


def _check_first_line(path: Path, names: Sequence[str]) -> None:
    """Names that are numbers with a fraction are the first row of a table without names."""
    numbers = [name for name in names if NUMBER.fullmatch(name.strip())]
    if 2 * len(numbers) >= len(names) and any("." in name for name in numbers):
        raise DataError(
            f"{path}: its first line holds numbers ({quoted(numbers[0])}), and must hold the names of the columns; "
            f"put a line of names before it"
        )


def _check_names(path: Path, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names, 1):
        if not name:
            raise DataError(f"{path}: column {place} has no name; give every column one in the first line")
        if name in seen:
            raise DataError(f"{path}: has two columns {quoted(name)}; rename or remove one of them")
        seen.add(name)


def _unreadable(path: Path, error: Exception) -> DataError:
    first = excerpt(str(error).partition("\n")[0])
    if "more fields" in first:
        return DataError(f"{path}: {_longest_row(path)}; correct it, or put quotation marks around commas")
    if "utf-8" in first or "utf8" in first or isinstance(error, UnicodeError):
        return DataError(f"{path}: is no UTF-8 text; if it is a table, save it as UTF-8")
    return DataError(f"{path}: is no table that can be read: {first}; correct it, or save it again")


def _longest_row(path: Path) -> str:
    """Which row has more fields than there are names."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = csv.reader(stream)
        names = len(next(rows, []))
        try:
            found = next((len(row), rows.line_num) for row in rows if len(row) > names)
        except (csv.Error, StopIteration):
            return f"a row has more fields than the {names} names in the first line"
    return f"line {found[1]} has {found[0]} fields, and the first line {names} names"
