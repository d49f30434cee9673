"""Whether a file is a table as text, before anything reads it: it may be another format, or made to do harm."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from msgspec.structs import replace

from hpsearch.core.errors import DataError
from hpsearch.data.tables.dialect import BLANKS, CP1252, UTF8, UTF16, Dialect, dialect_in
from hpsearch.data.tables.sheets import sheet_text
from hpsearch.data.tables.texts import excerpt
from hpsearch.storage.endings import SHEETS, TEXTS, ending
from hpsearch.storage.packed import name_within, unpacked

#: So many bytes behind the first line show how a table stands in its text.
_BEHIND = 2**20
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
#: A line longer than this, in bytes, is no row of a table; the line of names is within as many.
LONGEST_LINE = 16 * 2**20
MOST_COLUMNS = 100_000
#: What a first column without a name is called: pandas and R write the labels of the rows there. Where a table was
#: written so twice, it has a column of the first of these names already.
ROW_LABELS = ("Unnamed: 0", "__index_level_0__")
#: A larger share of control characters than this is not of names.
MOST_CONTROLS = 0.25
_CHUNK = 2**20


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a table as text, whatever it is packed in. Raises as `unpacked` and `sheet_text`."""
    if ending(path) in SHEETS:
        yield io.BytesIO(sheet_text(path))
    else:
        with unpacked(path) as stream:
            yield stream


def dialect_of(path: Path, known: Collection[str] = ()) -> Dialect:
    """What a table as text is read with, as far as its start shows. Raises DataError.

    Args:
        known: what its columns are perhaps called.
    """
    text, encoding = _start(path)
    return replace(dialect_in(text, name_of(path), known), encoding=encoding)


def name_of(path: Path) -> str:
    """The name of the text that is read: of what is in a packed file. Raises as `unpacked`."""
    return path.name if ending(path) in SHEETS else name_within(path)


def is_as_it_stands(path: Path, dialect: Dialect) -> bool:
    """Whether a file itself is UTF-8 text with a line of names."""
    return dialect.is_plain and ending(path) in TEXTS


@contextmanager
def lines_of(path: Path, dialect: Dialect, errors: str = "replace") -> Iterator[TextIO]:
    """The lines of a table from its names on. Raises as `_opened`."""
    with (
        _opened(path) as stream,
        io.TextIOWrapper(stream, dialect.encoding, errors=errors, newline="") as lines,
    ):
        for _ in range(dialect.titles):
            lines.readline()
        yield lines


def as_it_would_stand(path: Path, dialect: Dialect) -> bytes:
    """A table as UTF-8 text, from its line of names on, which is made where it has none.

    Raises:
        DataError, UnicodeError: it has other letters.
    """
    made = io.StringIO(newline="")
    mark = "\t" if dialect.separator == BLANKS else dialect.separator
    writer = csv.writer(made, delimiter=mark, lineterminator="\n")
    if dialect.names:
        writer.writerow(dialect.names)
    with lines_of(path, dialect, errors="strict") as lines:
        if dialect.separator == BLANKS:
            writer.writerows(row for row in dialect.rows(lines) if row)
        else:
            made.write(lines.read().lstrip("\r\n"))
    return made.getvalue().encode()


def csv_names(path: Path, known: Collection[str] = ()) -> list[str]:
    """The names in the first line of a .csv file, as they stand there, or those that are given to its columns.

    Args:
        known: what they perhaps are.

    Raises:
        DataError: the file is no table as text, or has no line of names.
    """
    text, _ = _start(path)
    dialect = dialect_in(text, name_of(path), known)
    if dialect.names:
        return list(dialect.names)
    try:
        names = next(dialect.rows(islice(io.StringIO(text, newline=""), dialect.titles, None)), [])
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
    if names[0].strip() or len(names) == 1:
        return names
    return [next((name for name in ROW_LABELS if name not in names), names[0]), *names[1:]]


def _start(path: Path) -> tuple[str, str]:
    """The start of a file that may be a table, its line of names and some rows, and how its letters are written."""
    with _opened(path) as stream:
        head = stream.read(LONGEST_LINE + 1)
    for magic, program in PACKED.items():
        if head.startswith(magic):
            raise DataError(f"{path}: is compressed, in the way of {program}; unpack it first")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked_start(path, head[: len(head) // 2 * 2].decode(UTF16, "replace")), UTF16
    if b"\0" in head:
        raise _binary(path, "NUL bytes")
    first = head.partition(b"\n")[0]
    _check_size(path, len(first), first.count(b","))
    shown = head[: len(first) + _BEHIND]
    encoding = UTF8 if _is_utf8(shown) else CP1252
    return _checked_start(path, shown.decode(encoding, "replace")), encoding


def _is_utf8(start: bytes) -> bool:
    """Whether that is the start of a text in UTF-8; its last letter may be cut."""
    try:
        codecs.getincrementaldecoder(UTF8)().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def _checked_start(path: Path, text: str) -> str:
    text = text.lstrip("\r\n")
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


def whole_dialect(path: Path, known: Collection[str] = ()) -> Dialect:
    """What a table as text is read with, as all of it shows.

    It is read once, in little memory: what reads it into columns would take memory without limit.

    Raises:
        DataError: it is no text, or has a line that no table has.
    """
    dialect = dialect_of(path, known)
    length, is_utf8 = 0, dialect.encoding == UTF8
    decoder = codecs.getincrementaldecoder(UTF8)()
    with _opened(path) as stream:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk and dialect.encoding != UTF16:
                raise _binary(path, "NUL bytes")
            first, newline, _ = chunk.partition(b"\n")
            _check_size(path, length + len(first), 0)
            length = len(chunk) - chunk.rfind(b"\n") - 1 if newline else length + len(chunk)
            is_utf8 = is_utf8 and _goes_on(decoder, chunk)
    return dialect if is_utf8 or dialect.encoding != UTF8 else replace(dialect, encoding=CP1252)


def _goes_on(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    """Whether a chunk goes on with a text in UTF-8."""
    if chunk.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def blank_lines(path: Path, dialect: Dialect) -> list[bool]:
    """For each row below the line of names, whether it is a line without anything but blanks."""
    with lines_of(path, dialect) as lines:
        rows = dialect.rows(lines)
        if not dialect.names:
            next((row for row in rows if row), None)
        return [not row or (len(row) == 1 and row[0].isspace()) for row in rows]


def quotation(path: Path) -> str:
    """Which line has a quotation mark that belongs to no pair."""
    dialect = dialect_of(path)
    with lines_of(path, dialect) as lines:
        numbered = enumerate(lines, 1 + dialect.titles)
        odd = next((number for number, line in numbered if line.count('"') % 2), None)
    where = "a quotation mark" if odd is None else f"line {odd} has a quotation mark that"
    return (
        f"{where} is not closed, or stands within a cell; put cells that hold some in quotation marks, and double "
        f'theirs: "5"" pipe"'
    )


def longest_row(path: Path) -> str:
    """Which row has more fields than there are names."""
    dialect = dialect_of(path)
    with lines_of(path, dialect) as lines:
        rows = csv.reader(lines, delimiter=dialect.separator)
        names = len(dialect.names)
        try:
            names = names or len(next(rows, []))
            longer = next((len(row), rows.line_num) for row in rows if len(row) > names)
        except (csv.Error, StopIteration):
            return f"a row has more fields than the {names} names in the first line"
    above = "its line of names" if dialect.titles or dialect.names else "the first line"
    return f"line {longer[1] + dialect.titles} has {longer[0]} fields, and {above} {names} names"
