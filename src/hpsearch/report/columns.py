"""A table on a screen: in columns, where need be without what can be spared, else a block for each row. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from hpsearch.core.trial import Value
from hpsearch.core.words import shown, spoken
from hpsearch.report.wrapping import whole, wrapped

#: Significant digits of a number: at least, and those that tell any two numbers apart.
_LEAST, _MOST = 4, 17
_GAP = 2
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as it is shown, and the columns for which there was no room."""

    text: str
    left_out: tuple[str, ...] = ()


def laid_out(
    header: Sequence[str],
    rows: Sequence[Sequence[Value | None]],
    spare: Sequence[str] = (),
    width: int | None = None,
) -> Layout:
    """A table in columns, numbers to the right, no wider than `width`.

    What does not fit loses the columns of `spare`, the first ones first; without all of these and still too wide it
    becomes blocks, in which no parameter is missing.
    """
    columns = [_column(name, [row[index] for row in rows]) for index, name in enumerate(header)]
    kept, left_out = list(range(len(header))), list[str]()
    for name in (name for name in spare if name in header):
        if _fits([columns[index] for index in kept], width):
            break
        left_out.append(name)
        kept.remove(header.index(name))
    shown_columns = [columns[index] for index in kept]
    in_order = tuple(name for name in header if name in left_out)
    if width is None or _fits(shown_columns, width):
        return Layout(_aligned(shown_columns), in_order)
    return Layout("".join(_blocks(shown_columns, width)), in_order)


def picked(
    header: Sequence[str], rows: Iterable[Sequence[_T]], names: Collection[str]
) -> tuple[list[str], list[list[_T]]]:
    """The columns `names` of a table, in that order.

    >>> picked(["a", "b", "c"], [[1, 2, 3]], ["c", "a"])
    (['c', 'a'], [[3, 1]])
    """
    places = [header.index(name) for name in names]
    return [header[place] for place in places], [[row[place] for place in places] for row in rows]


def digits(values: Iterable[Value | None]) -> int:
    """So many significant digits that neighbours which differ do not look alike; four where these do.

    >>> digits([0.98331, 0.98334, 0.5]), digits([0.25, 0.25, 1])
    (5, 4)
    """
    numbers = (value for value in values if isinstance(value, float) and math.isfinite(value))
    enough = _LEAST
    for before, after in pairwise(numbers):
        while before != after and enough < _MOST and shown(before, enough) == shown(after, enough):
            enough += 1
    return enough


def _column(name: str, values: Sequence[Value | None]) -> list[str]:
    """The cells of a column, its head first, all of one width."""
    enough = digits(values)
    cells = [spoken(name), *("" if value is None else shown(value, enough) for value in values)]
    width = max(map(len, cells))
    numeric = any(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return [cell.rjust(width) if numeric else cell.ljust(width) for cell in cells]


def _fits(columns: Sequence[Sequence[str]], width: int | None) -> bool:
    return width is None or sum(len(column[0]) + _GAP for column in columns) - _GAP <= width


def _aligned(columns: Sequence[Sequence[str]]) -> str:
    lines = zip(*columns, strict=True)
    return "".join((" " * _GAP).join(cells).rstrip() + "\n" for cells in lines)


def _blocks(columns: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Each row as `name: value, name: value`, over as many lines as it takes; what it lacks is not named."""
    names = [column[0].strip() for column in columns]
    for cells in zip(*(column[1:] for column in columns), strict=True):
        pairs = [f"{name}: {cell.strip()}" for name, cell in zip(names, cells, strict=True) if cell.strip()]
        said = [f"{pair}," for pair in pairs[:-1]] + pairs[-1:]
        yield wrapped(" ".join(whole(pair, width) for pair in said), width) + "\n"
