"""A table on a screen: in columns, where need be without what can be spared, else a block for each row. Pure."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

from hpsearch.core.escaping import on_a_line
from hpsearch.core.trial import Value
from hpsearch.core.words import shown, spoken
from hpsearch.reporting.wrapping import whole, wrapped

#: Significant digits of a number: at least, and those that tell any two numbers apart.
_LEAST, _MOST = 4, 17
_GAP = 2
#: Numbers that are closer than this differ in how they were rounded, and stand for the same.
_ROUNDING = 1e-12
_T = TypeVar("_T")


class Layout(Struct, frozen=True):
    """A table as it is shown, and the columns for which there was no room."""

    text: str
    left_out: tuple[str, ...] = ()


class _Column(Struct, frozen=True):
    """The cells of a column below its name."""

    name: str
    cells: tuple[str, ...]
    right: bool

    @classmethod
    def of(cls, head: str, values: Sequence[Value | None]) -> _Column:
        enough = digits(values)
        numeric = any(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        cells = tuple("" if value is None else shown(value, enough) for value in values)
        return cls(head, cells, numeric)

    def head(self, *, broken: bool) -> list[str]:
        """The lines of its name; `broken` between words where it is wider than the cells."""
        room = max(map(len, (*self.cells, *self.name.split())), default=0)
        return wrapped(self.name, room, "").split("\n") if broken else [self.name]

    def width(self, *, broken: bool) -> int:
        return max(map(len, (*self.cells, *self.head(broken=broken))))

    def lines(self, height: int, *, broken: bool) -> list[str]:
        """Name and cells, all of one width; the name takes `height` lines."""
        head, width = self.head(broken=broken), self.width(broken=broken)
        cells = [*[""] * (height - len(head)), *head, *self.cells]
        return [cell.rjust(width) if self.right else cell.ljust(width) for cell in cells]


def laid_out(
    header: Sequence[str],
    rows: Sequence[Sequence[Value | None]],
    spare: Sequence[str] = (),
    width: int | None = None,
) -> Layout:
    """A table in columns, numbers to the right, no wider than `width`.

    What does not fit has its names in several lines; then it loses the columns of `spare`, the first ones first;
    without all of these and still too wide it becomes blocks, in which no parameter is missing.
    """
    heads = spoken_apart(header)
    columns = {
        name: _Column.of(heads[name], [row[place] for row in rows]) for place, name in enumerate(header)
    }
    broken = not _fits(columns.values(), width, broken=False)
    for name in spare:
        if _fits(columns.values(), width, broken=broken):
            break
        columns.pop(name, None)
    left_out = tuple(name for name in header if name not in columns)
    if width is None or _fits(columns.values(), width, broken=broken):
        return Layout(_aligned(list(columns.values()), broken=broken), left_out)
    return Layout("".join(_blocks(list(columns.values()), width)), left_out)


def picked(
    header: Sequence[str], rows: Iterable[Sequence[_T]], names: Collection[str]
) -> tuple[list[str], list[list[_T]]]:
    """The columns `names` of a table, in that order.

    >>> picked(["a", "b", "c"], [[1, 2, 3]], ["c", "a"])
    (['c', 'a'], [[3, 1]])
    """
    places = [header.index(name) for name in names]
    return [header[place] for place in places], [[row[place] for place in places] for row in rows]


def spoken_apart(names: Iterable[str]) -> dict[str, str]:
    """Each name as it is said; those that would be said alike as they are written, in quotes.

    >>> spoken_apart(["weight_decay", "val_acc", "val acc"])
    {'weight_decay': 'weight decay', 'val_acc': '"val_acc"', 'val acc': '"val acc"'}
    """
    said = {name: spoken(name) for name in names}
    alike = Counter(said.values())
    return {
        name: _quoted(name) if alike[head] > 1 or head.startswith('"') else head
        for name, head in said.items()
    }


def _quoted(name: str) -> str:
    return on_a_line(json.dumps(name, ensure_ascii=False))


def digits(values: Iterable[Value | None]) -> int:
    """So many significant digits that neighbours which differ do not look alike; four where these do.

    >>> digits([0.98331, 0.98334, 0.5]), digits([0.25, 0.25, 1])
    (5, 4)
    """
    numbers = (value for value in values if isinstance(value, float) and math.isfinite(value))
    enough = _LEAST
    for before, after in pairwise(numbers):
        differ = not math.isclose(before, after, rel_tol=_ROUNDING)
        while differ and enough < _MOST and shown(before, enough) == shown(after, enough):
            enough += 1
    return enough


def _fits(columns: Collection[_Column], width: int | None, *, broken: bool) -> bool:
    return width is None or sum(column.width(broken=broken) + _GAP for column in columns) - _GAP <= width


def _aligned(columns: Sequence[_Column], *, broken: bool) -> str:
    height = max(len(column.head(broken=broken)) for column in columns)
    lines = zip(*(column.lines(height, broken=broken) for column in columns), strict=True)
    return "".join((" " * _GAP).join(cells).rstrip() + "\n" for cells in lines)


def _blocks(columns: Sequence[_Column], width: int) -> Iterator[str]:
    """Each row as `name: value, name: value`, over as many lines as it takes; what it lacks is not named."""
    for cells in zip(*(column.cells for column in columns), strict=True):
        pairs = [f"{column.name}: {cell}" for column, cell in zip(columns, cells, strict=True) if cell]
        said = [f"{pair}," for pair in pairs[:-1]] + pairs[-1:]
        yield wrapped(" ".join(whole(pair, width) for pair in said), width) + "\n"
