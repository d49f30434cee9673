"""Sheets of spreadsheets (.xlsx, .xls, .ods), as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hpsearch.core.errors import DataError, MissingExtra
from hpsearch.data.tables.texts import excerpt, quoted
from hpsearch.storage.checked import reading
from hpsearch.storage.endings import ending
from hpsearch.storage.packed import check_members


def sheet_text(path: Path) -> bytes:
    """The first sheet of a file as a .csv file has it, with what each cell shows.

    Raises:
        MissingExtra: fastexcel or polars is not installed.
        DataError: the file cannot be read.
    """
    book, error = _book(path)
    try:
        sheet = book.load_sheet(0, header_row=None, dtypes="string").to_polars()
    except error as failure:
        raise _unreadable(path, failure) from None
    text = sheet.write_csv(include_header=False)
    return str(text).encode()


def said_of_sheets(path: Path) -> str:
    """Which sheet is read, where there are several; else empty. Raises as `sheet_text`."""
    names = _book(path)[0].sheet_names
    return f"from the first of its {len(names)} sheets, {quoted(names[0])}" if len(names) > 1 else ""


def _book(path: Path) -> tuple[Any, type[Exception]]:
    """The open file, and what is raised where it cannot be read."""
    try:
        import fastexcel
        import polars  # noqa: F401 - what its sheets become
    except ImportError:
        raise MissingExtra(f"{path.name}", library="fastexcel", extra="excel") from None
    with reading(path):
        if ending(path) != ".xls":  # the others are archives
            check_members(path)
        path.open("rb").close()
    try:
        return fastexcel.read_excel(path), fastexcel.FastExcelError
    except fastexcel.FastExcelError as failure:
        raise _unreadable(path, failure) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    first = str(error).partition("\n")[0]
    return DataError(
        f"{path}: is no spreadsheet that can be read: {excerpt(first)}; save it again, or as .csv"
    )
