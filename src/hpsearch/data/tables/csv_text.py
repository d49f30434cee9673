"""Whether a file is a table as text, before anything reads it: it may be another format, or made to do harm."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from hpsearch.core.errors import DataError
from hpsearch.data.tables.texts import excerpt, quoted
from hpsearch.storage.atomic import open_regular
from hpsearch.storage.endings import TSV, ending

#: What other programs put between the columns.
SEPARATORS = {";": "';'", "\t": "tabs", "|": "'|'"}
#: A number with a comma where others have a point, and one with a point.
_DECIMAL_COMMA, _DECIMAL_POINT = re.compile(r"[+-]?\d+,\d+"), re.compile(r"[+-]?\d*\.\d+")
#: So many lines show which of the two a table has, as far as they are among so many bytes behind the first.
_LOOKED_AT, _BEHIND = 200, 2**20
#: The first bytes of a file that was compressed -> what unpacks it.
PACKED = {
    b"\x1f\x8b": "gunzip",
    b"PK\x03\x04": "unzip",
    b"\x28\xb5\x2f\xfd": "unzstd",
    b"BZh": "bunzip2",
    b"\x78\x01": "zlib-flate",
    b"\x78\x9c": "zlib-flate",
    b"\x78\xda": "zlib-flate",
}
#: A number as it stands in a file.
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
#: A line longer than this, in bytes, is no row of a table; the line of names is within as many.
LONGEST_LINE = 16 * 2**20
MOST_COLUMNS = 100_000
#: A larger share of control characters than this is not of names.
MOST_CONTROLS = 0.25
_CHUNK = 2**20


@dataclass(frozen=True)
class Dialect:
    """What stands between the columns of a table, and whether its numbers have commas in place of points."""

    separator: str = ","
    decimal_comma: bool = False

    @property
    def said(self) -> str:
        """What was assumed, where it is not what a .csv file mostly has; else empty."""
        if self.separator == ",":
            return ""
        commas = ", and with commas in numbers" if self.decimal_comma else ""
        return f"is read with {SEPARATORS[self.separator]} between its columns{commas}"

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The cells of each row. Raises csv.Error."""
        return csv.reader(lines, delimiter=self.separator)


def dialect_of(path: Path) -> Dialect:
    """That of a table as text: commas, unless its line of names has none and another mark. Raises DataError."""
    return _dialect(_start(path), ending(path) == TSV)


def _dialect(text: str, tabs: bool) -> Dialect:
    lines = list(islice(io.StringIO(text, newline=""), _LOOKED_AT))
    names = _first(Dialect(), lines)
    if tabs:
        found = "\t"
    elif len(names) == 1:
        found = max(SEPARATORS, key=names[0].count) if any(map(names[0].count, SEPARATORS)) else ","
    else:
        found = ","
    if found == ",":
        return Dialect()
    try:
        cells = [cell.strip() for row in islice(Dialect(found).rows(lines), 1, None) for cell in row]
    except csv.Error:
        cells = []
    commas, points = (any(map(kind.fullmatch, cells)) for kind in (_DECIMAL_COMMA, _DECIMAL_POINT))
    return Dialect(found, commas and not points)


def _first(dialect: Dialect, lines: Iterable[str]) -> list[str]:
    """The cells of the first row; none where there is no row that can be read."""
    try:
        return next(dialect.rows(lines), [])
    except csv.Error:
        return []


def csv_names(path: Path) -> list[str]:
    """The names in the first line of a .csv file, as they stand there.

    Raises:
        DataError: the file is no table as text, or has no line of names.
    """
    text = _start(path)
    try:
        names = next(_dialect(text, ending(path) == TSV).rows(io.StringIO(text, newline="")), [])
    except csv.Error as error:
        raise DataError(
            f"{path}: is no table that can be read: {excerpt(error)}; correct its line of names"
        ) from None
    if not names:
        raise DataError(f"{path}: is empty; a table has a line of names and at least one row")
    letters = "".join(names)
    controls = sum(ord(char) < 32 and char not in "\t\r\n" for char in letters)
    if controls > MOST_CONTROLS * len(letters):
        raise _binary(path, "control characters")
    _check_first_line(path, names)
    return names


def _start(path: Path) -> str:
    """The start of a file that may be a table: its line of names, and some rows."""
    with open_regular(path) as stream:
        head = stream.read(LONGEST_LINE + 1)
    for magic, program in PACKED.items():
        if head.startswith(magic):
            raise DataError(f"{path}: is compressed, in the way of {program}; unpack it first")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{path}: is UTF-16; save it as UTF-8")
    if b"\0" in head:
        raise _binary(path, "NUL bytes")
    first = head.partition(b"\n")[0]
    _check_size(path, len(first), first.count(b","))
    text = head[: len(first) + _BEHIND].decode("utf-8-sig", "replace").lstrip("\r\n")
    if "\r" in text and "\n" not in text:
        raise DataError(f"{path}: its lines end in carriage returns only; save it with line feeds")
    return text


def _binary(path: Path, sign: str) -> DataError:
    return DataError(
        f"{path}: is no text, but binary: it has {sign}; give a table as .csv with commas, or as .parquet"
    )


def _check_size(path: Path, length: int, columns: int) -> None:
    excess = ""
    if columns > MOST_COLUMNS:
        excess = f"has more than {MOST_COLUMNS:,} columns"
    elif length > LONGEST_LINE:
        excess = f"has a line of more than {LONGEST_LINE >> 20} MB"
    if excess:
        raise DataError(f"{path}: {excess}; is it a table, with one row per line?")


def check_lines(path: Path) -> None:
    """Read a .csv file once, in little memory: what reads it into columns would take memory without limit.

    Raises:
        DataError: it is no text, or has a line that no table has.
    """
    length = 0
    with open_regular(path) as stream:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                raise _binary(path, "NUL bytes")
            first, newline, _ = chunk.partition(b"\n")
            _check_size(path, length + len(first), 0)
            length = len(chunk) - chunk.rfind(b"\n") - 1 if newline else length + len(chunk)


def _check_first_line(path: Path, names: Sequence[str]) -> None:
    """Names that are numbers with a fraction are the first row of a table without names."""
    numbers = [name for name in names if NUMBER.fullmatch(name.strip())]
    if 2 * len(numbers) >= len(names) and any("." in name for name in numbers):
        raise DataError(
            f"{path}: its first line holds numbers ({quoted(numbers[0])}), and must hold the names of the columns; "
            f"put a line of names before it"
        )


def blank_lines(path: Path, dialect: Dialect) -> list[bool]:
    """For each row below the line of names, whether it is a line without anything but blanks."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = dialect.rows(stream)
        next((row for row in rows if row), None)
        return [not row or (len(row) == 1 and row[0].isspace()) for row in rows]


def quotation(path: Path) -> str:
    """Which line has a quotation mark that belongs to no pair."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as stream:
        odd = next((number for number, line in enumerate(stream, 1) if line.count('"') % 2), None)
    where = "a quotation mark" if odd is None else f"line {odd} has a quotation mark that"
    return (
        f"{where} is not closed, or stands within a cell; put cells that hold some in quotation marks, and double "
        f'theirs: "5"" pipe"'
    )


def longest_row(path: Path) -> str:
    """Which row has more fields than there are names."""
    dialect = dialect_of(path)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = csv.reader(stream, delimiter=dialect.separator)
        names = 0
        try:
            names = len(next(rows, []))
            longer = next((len(row), rows.line_num) for row in rows if len(row) > names)
        except (csv.Error, StopIteration):
            return f"a row has more fields than the {names} names in the first line"
    return f"line {longer[1]} has {longer[0]} fields, and the first line {names} names"
