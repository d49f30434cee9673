"""How a table stands in its text: what parts its columns, where it begins, and whether it names them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, pairwise, takewhile

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.data.tables.texts import MISSING, quoted
from hpsearch.storage.endings import TSV, TXT, ending

UTF8, UTF16, CP1252 = "utf-8-sig", "utf-16", "cp1252"
_ENCODINGS = {UTF8: "", UTF16: "as UTF-16 text", CP1252: "as Windows-1252 text"}
#: Any number of blanks.
BLANKS = " "
#: What other programs put between the columns.
SEPARATORS = {";": "';'", "\t": "tabs", "|": "'|'"}
_WORDS = {**SEPARATORS, BLANKS: "blanks"}
#: A number with a comma where others have a point, and one with a point.
_DECIMAL_COMMA, _DECIMAL_POINT = re.compile(r"[+-]?\d+,\d+"), re.compile(r"[+-]?\d*\.\d+")
#: So many lines show which of the two a table has, as far as they are in what is looked at.
_LOOKED_AT = 200
#: So large a share of the rows below its names are as wide as a table is, where lines stand above it.
_AS_WIDE = 0.9
#: A number as it stands in a file.
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
#: What columns without names are called.
_NAMED = re.compile(r"column_\d+")


class Dialect(Struct, frozen=True):
    """What a table as text is read with.

    Attributes:
        separator: what stands between its columns.
        decimal_comma: whether its numbers have commas in place of points.
        encoding: that of its letters.
        titles: how many lines stand above it.
        names: what its columns are called, where its first line is a row already.
        first: the first cell of that, for a message.
        doubted: a name that is a number, where the first line may be a row all the same.
    """

    separator: str = ","
    decimal_comma: bool = False
    encoding: str = UTF8
    titles: int = 0
    names: tuple[str, ...] = ()
    first: str = ""
    doubted: str = ""

    def said(self, within: str = "") -> str:
        """What was assumed, where it is not what a .csv file mostly has; else empty.

        Args:
            within: from what of the file, in words.
        """
        lines = "line" if self.titles == 1 else f"{self.titles} lines"
        parts = [
            within,
            _ENCODINGS[self.encoding],
            f"without its first {lines}, above the table" if self.titles else "",
            f"with {_WORDS[self.separator]} between its columns" if self.separator != "," else "",
            "with commas in numbers" if self.decimal_comma else "",
        ]
        *others, last = [part for part in parts if part] or [""]
        said = ", and ".join([*([", ".join(others)] if others else []), last])
        return f"is read {said}" if said else ""

    @property
    def said_of_names(self) -> str:
        """That its columns have no names, or that these may be a row."""
        if self.doubted:
            return (
                f"its first line is taken for names, though it may be a row ({quoted(self.doubted)}); "
                f"if it is one, put a line of names before it"
            )
        if not self.names:
            return ""
        return (
            f"its first line is taken for a row ({quoted(self.first)}), not for names, so its columns are called "
            f"{self.names[0]} to {self.names[-1]}; put a line of names before it to change that, or if it does "
            f"hold names, give one of them as the target"
        )

    @property
    def is_plain(self) -> bool:
        """Whether it is UTF-8 text that begins with its line of names."""
        return (
            replace(self, separator=",", decimal_comma=False, doubted="") == Dialect()
            and self.separator != BLANKS
        )

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The cells of each row, from the line after the `titles`. Raises csv.Error."""
        if self.separator == BLANKS:
            bare = (line.strip() for line in lines)
            return csv.reader(
                (line.replace("\t", " ") for line in bare), delimiter=" ", skipinitialspace=True
            )
        return csv.reader(lines, delimiter=self.separator)


def dialect_in(text: str, name: str, known: Collection[str] = ()) -> Dialect:
    """That of the start of a table: commas, unless its line of names has none and another mark.

    Args:
        name: of its file.
        known: what its columns are perhaps called.
    """
    lines = list(islice(io.StringIO(text, newline=""), _LOOKED_AT))
    dialect = _separated(lines, name)
    if dialect.titles == 0 and dialect.separator == "," and not _fits(dialect, lines):
        others = [replace(dialect, separator=mark) for mark in SEPARATORS]
        found = [(_titles(other, lines), other) for other in others]
        dialect = next((replace(other, titles=titles) for titles, other in found if titles), dialect)
    rows = _rows(dialect, lines[dialect.titles :])
    return _commas(_named(dialect, rows, known), rows)


def _fits(dialect: Dialect, lines: Sequence[str]) -> bool:
    """Whether the line of names is as wide as most of the rows, and names two columns or more."""
    names, *rows = _rows(dialect, lines) or [[]]
    widths = Counter(map(len, rows)).most_common(1)
    return len(names) > 1 and (not widths or widths[0][0] == len(names))


def _separated(lines: Sequence[str], name: str) -> Dialect:
    names = _first(Dialect(), lines)
    if ending(name) == TSV:
        found = "\t"
    elif len(names) == 1 and any(map(names[0].count, SEPARATORS)):
        found = max(SEPARATORS, key=names[0].count)
    elif len(names) == 1 and ending(name) == TXT and _is_even(_rows(Dialect(BLANKS), lines)):
        found = BLANKS
    else:
        found = ","
    dialect = Dialect(found)
    return replace(dialect, titles=_titles(dialect, lines))


def _is_even(rows: Sequence[Sequence[str]]) -> bool:
    """Whether all rows have two cells or more, and as many."""
    return len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1


def _titles(dialect: Dialect, lines: Sequence[str]) -> int:
    """How many lines stand above the names: they fill at most half of the columns that most rows below have."""
    ends, rows = [], []
    try:
        reader = csv.reader(lines, delimiter=dialect.separator)
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass
    widths = Counter(len(row) for row in rows[1:] if row)
    width = max(widths, key=lambda own: (widths[own], own), default=0)
    above = len(list(takewhile(lambda row: 2 * sum(map(bool, map(str.strip, row))) <= width, rows)))
    below = [row for row in rows[above:] if row]
    if not above or width < 2 or len(below) < 2 or not any(any(row) for row in rows[:above]):
        return 0
    even = sum(len(row) == width for row in below) >= _AS_WIDE * len(below)
    named = len(below[0]) == width and not any(map(NUMBER.fullmatch, map(str.strip, below[0])))
    return ends[above - 1] if even and named else 0


def _rows(dialect: Dialect, lines: Iterable[str]) -> list[list[str]]:
    """The rows as far as they can be read, without empty ones."""
    found: list[list[str]] = []
    try:
        found.extend([cell.strip() for cell in row] for row in dialect.rows(lines) if row)
    except csv.Error:
        return []
    return found


def _first(dialect: Dialect, lines: Iterable[str]) -> list[str]:
    """The cells of the first row; none where there is no row that can be read."""
    try:
        return next(dialect.rows(lines), [])
    except csv.Error:
        return []


def _commas(dialect: Dialect, rows: Sequence[Sequence[str]]) -> Dialect:
    if dialect.separator == ",":
        return dialect
    cells = [cell for row in rows[not dialect.names :] for cell in row]
    commas, points = (any(map(kind.fullmatch, cells)) for kind in (_DECIMAL_COMMA, _DECIMAL_POINT))
    return replace(dialect, decimal_comma=commas and not points)


def _named(dialect: Dialect, rows: Sequence[Sequence[str]], known: Collection[str]) -> Dialect:
    if not rows:
        return dialect
    if not _is_row(rows[0], rows[1:], known):
        return replace(dialect, doubted=_doubted(rows[0], rows[1:]))
    names = tuple(f"column_{place}" for place in range(1, len(rows[0]) + 1))
    return replace(dialect, names=names, first=next(filter(_is_number, rows[0]), rows[0][0]))


def _is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell) or _DECIMAL_COMMA.fullmatch(cell))


def _is_row(first: Sequence[str], below: Sequence[Sequence[str]], known: Collection[str]) -> bool:
    """Whether the first line is a row: most of it are numbers with a fraction among them, or all and one twice, or
    a text of it stands again below, and numbers below all its numbers. Or all are texts that stand again below.
    No text of a row has numbers only below it. What is `known` of the names goes before all that.
    """
    if set(known) & set(first):
        return False
    if known and all(map(_NAMED.fullmatch, known)):
        return True
    numbers = [place for place, cell in enumerate(first) if _is_number(cell)]
    if not numbers or not below:
        return _stands_again(first, below)
    columns = {place: {row[place] for row in below if len(row) > place} for place in range(len(first))}
    if any(_names_numbers(cell, columns[place]) for place, cell in enumerate(first)):
        return False
    if 2 * len(numbers) >= len(first) and any(not first[place].isdigit() for place in numbers):
        return True
    if len(numbers) == len(first):
        return len(set(first)) < len(first)
    again = any(first[place] and first[place] in columns[place] for place in columns if place not in numbers)
    return again and all(all(map(_may_be_number, columns[place])) for place in numbers)


def _names_numbers(cell: str, below: Collection[str]) -> bool:
    """Whether a cell with a letter in it is no number, nor missing, and what stands below it is."""
    is_text = any(map(str.isalpha, cell)) and not _may_be_number(cell)
    return is_text and any(map(_is_number, below)) and all(map(_may_be_number, below))


def _may_be_number(cell: str) -> bool:
    return _is_number(cell) or cell in MISSING


def _stands_again(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether each text of the first line stands below it again, and not all in the same lines, as names would that
    are repeated where files were put together.
    """
    columns = zip(*(row for row in below if len(row) == len(first)), strict=True)
    again = [
        frozenset(place for place, own in enumerate(column) if own == cell)
        for cell, column in zip(first, columns, strict=False)
    ]
    return len(first) > 1 and all(again) and len(set(again)) > 1


def _doubted(first: Sequence[str], below: Sequence[Sequence[str]]) -> str:
    """The first number of a line of names, if at least half are numbers that do not count, and so is what stands
    below each; else empty.
    """
    places = [place for place, cell in enumerate(first) if _is_number(cell)]
    if 2 * len(places) < len(first) or not below:
        return ""
    whole = [int(first[place]) for place in places if first[place].isdigit()]
    counts = len(whole) == len(places) and all(after - before == 1 for before, after in pairwise(whole))
    under = (row[place] for row in below for place in places if len(row) > place)
    if (counts and len(places) > 1) or not all(map(_may_be_number, under)):
        return ""
    return first[places[0]]
