"""Tables without polars, as plain values: rows to predict need no more than the standard library."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.data.spec import YEAR_FIRST
from hpsearch.data.tables.column import Column, beyond_float32, lose, refuse_truth
from hpsearch.data.tables.csv_text import csv_names, lines_of, longest_row, whole_dialect
from hpsearch.data.tables.dates import stamps_of
from hpsearch.data.tables.texts import MISSING, excerpt, quoted
from hpsearch.storage.checked import reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.data.tables.columns import Encoding

#: What stands for a number, as polars has it.
_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf|infinity)", re.ASCII | re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_TRUTH = {"true": 1.0, "false": 0.0}


def read_cells(path: Path, known: Sequence[str] = ()) -> tuple[list[str], list[list[str]]]:
    """The names of the columns of a table as text, and its rows, as they stand there.

    Args:
        known: what its columns are perhaps called.

    Raises:
        DataError: the file cannot be used.
    """
    with reading(path):
        dialect = whole_dialect(path, known)
        names = csv_names(path, known)
        try:
            with lines_of(path, dialect, errors="strict") as lines:
                rows = [
                    row for row in dialect.rows(lines) if row and not (len(row) == 1 and row[0].isspace())
                ]
        except UnicodeDecodeError:
            raise DataError(
                f"{path}: is neither UTF-8 nor Windows-1252 text; if it is a table, save it as UTF-8"
            ) from None
        except csv.Error as error:
            raise DataError(
                f"{path}: is no table that can be read: {excerpt(error)}; save it again"
            ) from None
        rows = rows if dialect.names else rows[1:]
        if any(len(row) > len(names) for row in rows):
            raise DataError(f"{path}: {longest_row(path)}; correct it, or put quotation marks around commas")
    if not rows:
        raise DataError(f"{path}: has no rows; a table has a line of names and at least one row")
    if dialect.decimal_comma:
        rows = [
            [cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell for cell in row]
            for row in rows
        ]
    return names, [[*row, *[""] * (len(names) - len(row))] for row in rows]


def columns_of(names: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str | None]]:
    """The columns of what `read_cells` gave, without what stands for a missing value."""
    columns = zip(*rows, strict=True)
    return {
        name.strip(): [None if cell.strip() in MISSING else cell for cell in column]
        for name, column in zip(names, columns, strict=True)
    }


def encode_cells(
    encoding: Encoding,
    columns: Mapping[str, Sequence[object]],
    where: str,
    lost: dict[int, str] | None = None,
) -> NDArray[np.float32]:
    """The inputs (N, I) of a table of plain values, as `Encoding.encode` has them of one of polars.

    Raises:
        DataError: as that does.
    """
    encoding.check_names(list(columns), where)
    count = len(next(iter(columns.values()), ()))
    encoded = np.zeros((count, len(encoding.inputs)), np.float32)
    missing = _words(encoding.missing)
    place = 0
    for column in encoding.columns:
        own = encoded[:, place : place + len(column.inputs)]
        place += len(column.inputs)
        values = [None if missing(text) else text for text in map(_text, columns[column.name])]
        _encode(column, columns[column.name], values, where, own, lost)
    return encoded


def _words(missing: Sequence[str]) -> Callable[[str | None], bool]:
    """Whether a cell stands for a missing value: by its text, or as a number."""
    numbers = {float(word) for word in missing if _NUMBER.fullmatch(word)}
    return lambda text: (
        text is None
        or text in missing
        or bool(numbers and _NUMBER.fullmatch(text) and float(text) in numbers)
    )


def _text(value: object) -> str | None:
    """A value as a text without blanks around it; None where it is missing."""
    if value is None or (isinstance(value, float | np.floating) and value != value) or _is_of_pandas(value):
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip() or None


def _is_of_pandas(value: object) -> bool:
    """Whether a value is what pandas has for a missing one."""
    return type(value).__name__ in ("NAType", "NaTType")


def _encode(
    column: Column,
    given: Sequence[object],
    texts: list[str | None],
    where: str,
    inputs: NDArray[np.float32],
    lost: dict[int, str] | None,
) -> None:
    what = f"{where}: {excerpt(column.name)}"
    unknown = np.array([text is None for text in texts], bool)
    if column.dates:
        stamps = stamps_of(texts, column.dates.order)
        typed = np.array([isinstance(value, date | time | np.datetime64) for value in given], bool)
        if typed.any():
            stamps = np.where(typed, stamps_of(texts, YEAR_FIRST), stamps)
        how = column.dates.order.replace("_", " ")
        wrong = np.flatnonzero(np.isnat(stamps) & ~unknown)
        lose(wrong, lambda row: f"{quoted(given[row])} in row {row + 1} is no date, {how}", what, lost)
        inputs[:, : len(column.numbers)] = column.dates.of(stamps)
        unknown = np.isnat(stamps)
    elif column.categories is None:
        inputs[:, 0] = _numbers(column, given, texts, where, lost)
    else:
        _categories(column, column.categories, texts, inputs)
    if column.missing:
        inputs[:, -1] = unknown


def _numbers(
    column: Column, given: Sequence[object], texts: list[str | None], where: str, lost: dict[int, str] | None
) -> NDArray[np.float32]:
    known = {text.lower() for text in texts if text is not None}
    if known and known <= set(_TRUTH):
        refuse_truth(column, where)
        exact = np.array([np.nan if text is None else _TRUTH[text.lower()] for text in texts])
        return np.asarray(exact.astype(np.float32))
    what = f"{where}: {excerpt(column.name)}"
    numbers = [text is not None and bool(_NUMBER.fullmatch(text)) for text in texts]
    exact = np.array(
        [float(text) if own and text else np.nan for text, own in zip(texts, numbers, strict=True)]
    )
    wrong = np.array([text is not None and not own for text, own in zip(texts, numbers, strict=True)], bool)
    lose(np.flatnonzero(wrong), lambda row: f"{quoted(given[row])} in row {row + 1} is no number", what, lost)
    return beyond_float32(exact, given, column.origin, what, lost)


def _categories(
    column: Column, categories: Sequence[str], texts: list[str | None], inputs: NDArray[np.float32]
) -> None:
    place = {text: index for index, text in enumerate(categories)}
    for row, text in enumerate(texts):
        if text in place:
            inputs[row, place[text]] = 1
        elif text is not None and column.other:
            inputs[row, len(categories)] = 1
    if column.means and column.means.values:
        codes = {text: index for index, text in enumerate(column.means.texts)}
        places = np.array([codes.get(text or "", -1) if text else -1 for text in texts], np.int32)
        inputs[:, list(column.averaged)] = column.means.looked_up(places)


def plain_columns(rows: Any) -> dict[str, Sequence[object]]:
    """The columns of a mapping, or of a table such as that of pandas."""
    names = list(rows) if isinstance(rows, Mapping) else list(rows.columns)
    return {str(name): list(rows[name]) for name in names}
