"""Tables from files (.csv, .parquet) that may be damaged, or made to do harm: what is claimed is checked first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.arrays.binary import check_size, reading
from hpsearch.errors import DataError, MissingExtra
from hpsearch.files import open_regular

if TYPE_CHECKING:
    import polars as pl

#: What stands for a missing value, besides nothing.
MISSING = ("", "NA", "N/A", "n/a", "nan", "NaN", "null", "NULL", "None", "?")
#: So many rows usually show what type a column has.
FIRST_ROWS = 10_000
#: A line longer than this, in bytes, is no row of a table.
LONGEST_LINE = 16 * 2**20
MOST_COLUMNS = 100_000
#: How files begin that polars would unpack by itself, however large they become.
PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x9c", b"\x78\xda")
#: The most bytes that a cell of a parquet file takes, if it is no text.
CELL = 8
_CHUNK = 2**20
#: What polars says -> what is wrong and what can be done about it.
_WORDS = (
    (
        "more fields than defined",
        "a row has more cells than there are names; put quotes around cells with commas",
    ),
    (
        "could not parse",
        "a quotation mark is not closed, or stands within a cell; double those in quoted cells",
    ),
    ("utf-8", "it is not UTF-8 text; save it as UTF-8"),
    ("parquet", "it is no whole parquet file; write it again"),
)


def read_table(path: Path) -> pl.DataFrame:
    """The table in a .csv or .parquet file, with every row; not a number is missing.

    Raises:
        MissingExtra: polars is not installed.
        DataError: the file cannot be used.
    """
    polars = _polars(path)
    frame = _named(_read(path, try_parse_dates=True, null_values=list(MISSING)), path)
    return frame.with_columns(polars.selectors.float().fill_nan(None))


def read_texts(path: Path) -> pl.DataFrame:
    """The same with every cell as the text that stands there, empty where there is none. Raises as `read_table`."""
    polars = _polars(path)
    return _read(path, infer_schema=False).cast(polars.String).fill_null("")


def _polars(path: Path) -> Any:
    try:
        import polars
    except ImportError:
        raise MissingExtra(f"{path.name}", library="polars", extra="tabular") from None
    return polars


def _read(path: Path, **options: Any) -> pl.DataFrame:
    polars = _polars(path)
    with reading(path):
        if path.is_dir():
            raise DataError(f"{path}: is a folder; give the path of a file")
        if path.exists() and path.stat().st_size == 0:
            raise DataError(f"{path}: is empty; a table has a line of names and at least one row")
        try:
            parquet = path.suffix.lower() == ".parquet"
            frame = _read_parquet(path) if parquet else _read_csv(path, options)
        except (polars.exceptions.PolarsError, polars.exceptions.PanicException, UnicodeError) as error:
            raise DataError(f"{path}: is no table that can be read: {_words(str(error))}") from None
    if not len(frame):
        raise DataError(f"{path}: has no rows; a table has a line of names and at least one row")
    return frame


def _words(said: str) -> str:
    first = said.partition("\n")[0]
    return next((words for key, words in _WORDS if key in first), f"{first[:200]}; save it again")


def _named(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """The table without blanks around the names of its columns."""
    names: set[str] = set()
    for column in frame.columns:
        name, again, number = column.strip().rpartition(
            "_duplicated_"
        )  # polars' word for a name that comes again
        name = name.strip() if again and number.isdecimal() and name in frame.columns else column.strip()
        if name in names:
            raise DataError(f"{path}: has two columns named {name!r}; rename one of them")
        names.add(name)
    return frame.rename({name: name.strip() for name in frame.columns})


def _read_csv(path: Path, options: dict[str, Any]) -> pl.DataFrame:
    """The table; types follow from the first rows, and where later ones disagree, from all, which takes long."""
    import polars as pl

    _check_lines(path)
    for rows in (FIRST_ROWS, None):
        try:
            return pl.read_csv(path, infer_schema_length=rows, glob=False, **options)
        except pl.exceptions.ComputeError:
            if rows is None:
                raise
    raise AssertionError("the last try returns or raises")


def _check_lines(path: Path) -> None:
    """Raise DataError where the file is not text in lines, or is packed: polars would take memory without limit."""
    length, names = 0, 0
    with open_regular(path) as stream:
        chunk = stream.read(_CHUNK)
        if chunk.startswith(PACKED):
            raise DataError(
                f"{path}: is compressed; unpack it first, and give the path of the plain .csv file"
            )
        in_names = True
        while chunk:
            if b"\0" in chunk:
                raise DataError(f"{path}: has NUL bytes, so it is no text; save it as UTF-8")
            first, newline, _ = chunk.partition(b"\n")
            names += first.count(b",") if in_names else 0
            length += len(first)
            if length > LONGEST_LINE or names > MOST_COLUMNS:
                limit = (
                    f"has more than {MOST_COLUMNS:,} columns"
                    if names > MOST_COLUMNS
                    else (f"has a line of more than {LONGEST_LINE >> 20} MB")
                )
                raise DataError(f"{path}: {limit}; is it a table, with one row per line?")
            if newline:
                in_names, length = False, len(chunk) - chunk.rfind(b"\n") - 1
            chunk = stream.read(_CHUNK)


def _read_parquet(path: Path) -> pl.DataFrame:
    """The table, unless its few bytes stand for more than memory holds: equal values are written once."""
    import polars as pl

    claimed = pl.scan_parquet(path, glob=False)
    shape = (claimed.select(pl.len()).collect().item(), len(claimed.collect_schema()))
    packed = path.stat().st_size
    check_size(str(path), shape, CELL, packed, most=shape[0] * shape[1] * CELL)
    return pl.read_parquet(path, glob=False)
