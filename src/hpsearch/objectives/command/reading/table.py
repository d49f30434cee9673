"""Tables that a program prints row by row: a line of names, and lines of as many numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from hpsearch.objectives.command.reading.line import Reading
from hpsearch.objectives.command.reading.names import Name, folded, is_metric
from hpsearch.objectives.command.reading.values import Value, value_at

#: More columns than this are no table of metrics.
MOST_COLUMNS = 60
_BARS = re.compile(r"[|\u2502\u2503]")
_WIDE = re.compile(r"[ \t]{2,}|\t")
_HEAD = re.compile(r"(?:[^\W\d][\w ./'@^%()\[\]-]*|#)\Z")
_NUMBER_ALONE = re.compile(r"(?<![\w.@^/()-])[0-9]")
_WIDEST = 2000
_FILLED = ("", "-", "--", "n/a", "none")
_EPOCHS = ("epoch", "iteration", "iter")
#: The same, as the first column.
_FIRST = "e"
_WHOLE = ("all", "total", "overall")


def _by_bars(line: str) -> list[str]:
    return [cell.strip() for cell in _BARS.split(line.strip().strip("|\u2502\u2503"))]


def _by_tabs(line: str) -> list[str]:
    return [cell.strip() for cell in line.rstrip().split("\t")]


def _by_commas(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(",")]


def _by_width(line: str) -> list[str]:
    return _WIDE.split(line.strip())


def _by_blanks(line: str) -> list[str]:
    return line.split()


def _ways(line: str) -> list[Callable[[str], list[str]]]:
    """How the cells of a line may be told apart, the surest way first."""
    if _BARS.search(line):
        return [_by_bars]
    if "\t" in line.strip():
        return [_by_tabs, _by_blanks]
    if "," in line:
        return [_by_commas]
    return [_by_width, _by_blanks] if _WIDE.search(line.strip()) else [_by_blanks]


class Table(Struct, frozen=True):
    """The head of a table: its columns, and the ways to tell the cells of a row apart."""

    columns: tuple[str, ...]
    ways: Sequence[Callable[[str], list[str]]]
    epoch: int | None

    def row(self, line: str) -> tuple[list[Reading], int | None] | None:
        """What a row holds, and its epoch; None where the line is none.

        >>> table = head_of("epoch,loss,val_acc", "")
        >>> readings, epoch = table.row("3,0.5,0.91")
        >>> [(one.name.word, one.value) for one in readings], epoch
        ([('loss', 0.5), ('val_acc', 0.91)], 3)
        """
        for way in self.ways:
            cells = way(line)
            label = cells[0] if len(cells) == len(self.columns) + 1 else ""
            values = [_value(cell) for cell in (cells[1:] if label else cells)]
            if len(values) == len(self.columns) and self._fits(cells, values, label):
                return self._read(values, label or self._label(cells, values))
        return None

    def _fits(self, cells: Sequence[str], values: Sequence[Value | None], label: str) -> bool:
        """Whether all that stands below a metric is a number, or nothing."""
        if label and (_value(label) or not _HEAD.match(label)):
            return False
        below = cells[1:] if label else cells
        read = [
            value is not None or cell.casefold() in _FILLED
            for cell, value, name in zip(below, values, self.columns, strict=True)
            if is_metric(name)
        ]
        return all(read) and sum(value is not None for value in values) * 2 >= len(values)

    def _label(self, cells: Sequence[str], values: Sequence[Value | None]) -> str:
        first = cells[0]
        return first if values[0] is None and _HEAD.match(first) and self.epoch != 0 else ""

    def _read(self, values: Sequence[Value | None], label: str) -> tuple[list[Reading], int | None]:
        of = "" if label.casefold() in _WHOLE else label
        readings = [
            Reading(Name(name, of), value.number, plain=False, unsure=value.unsure)
            for place, (name, value) in enumerate(zip(self.columns, values, strict=True))
            if value is not None and place != self.epoch
        ]
        at = values[self.epoch] if self.epoch is not None else None
        return readings, None if at is None or at.number != at.number // 1 else int(at.number)


def _value(cell: str) -> Value | None:
    value = value_at(cell, 0)
    if value is not None and value.end == len(cell):
        return value
    part = re.match(r"([0-9]+)/[0-9]+\Z", cell)  # of an epoch: 3/10
    return Value(float(part[1]), len(cell)) if part else None


def _is_prose(way: Callable[[str], list[str]], columns: Sequence[str], known: int) -> bool:
    """Whether words are rather a sentence, which may tell of a metric too."""
    if way is _by_blanks:
        return known * 2 < len(columns)
    return way is _by_commas and any(" " in column for column in columns)


def head_of(line: str, wanted: str) -> Table | None:
    """The table that a line begins, if it is a line of names, one of them that of a metric."""
    if not line.strip() or len(line) > _WIDEST or _NUMBER_ALONE.search(line):
        return None
    ways = _ways(line)
    columns = ways[0](line)
    if not 2 <= len(columns) <= MOST_COLUMNS or not all(map(_HEAD.match, filter(None, columns))):
        return None
    folds = [folded(column) for column in columns]
    if len(set(folds)) < len(folds):
        return None
    if any(map(_value, columns)):  # a number that is not finite
        return None
    known = [is_metric(name) or fold == folded(wanted) for name, fold in zip(columns, folds, strict=True)]
    epoch = next((place for place, fold in enumerate(folds) if fold in _EPOCHS), None)
    if epoch is None and folds[0] == _FIRST:
        epoch = 0
    if not any(known) or _is_prose(ways[0], columns, sum(known) + (epoch is not None)):
        return None
    return Table(tuple(columns), ways, epoch)
