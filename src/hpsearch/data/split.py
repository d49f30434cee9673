"""Dividing the rows into parts that are alike: stratified by class, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.core.randomness import Streams
from hpsearch.data.fractions import PARTS
from hpsearch.data.tables.texts import quoted

if TYPE_CHECKING:
    from numpy.typing import NDArray


def stratified(
    labels: NDArray[np.int64],
    classes: Sequence[str],
    fractions: Sequence[float],
    seed: int,
    names: Sequence[str] = PARTS,
) -> list[NDArray[np.int64]]:
    """The row numbers of each part, ascending; every row is in exactly one part.

    The sizes of the parts are their shares of all rows, rounded by largest remainder (a tie goes to the
    earlier part), and the rows of each class in each part are within one of their share.

    Args:
        labels: (N,) the class of each row, an index into `classes`.
        classes: the names of the classes.
        fractions: the share of each part, training first.
        seed: which rows go where follows from it alone.
        names: what messages call the parts.

    Raises:
        DataError: a class with fewer rows than there are parts, or a part that would stay empty.

    >>> [len(part) for part in stratified(np.zeros(1797, np.int64), ["0"], [0.6, 0.2, 0.2], seed=0)]
    [1078, 360, 359]
    """
    sizes = np.bincount(labels, minlength=len(classes))
    _check_classes(sizes.tolist(), classes, len(fractions))
    table = quotas(sizes.tolist(), fractions)
    _check_parts(table, classes, len(labels), names)
    generator = Streams(seed).generator("split")
    by_class = np.split(np.argsort(labels, kind="stable"), np.cumsum(sizes)[:-1])
    pieces = [
        np.split(generator.permutation(rows), np.cumsum(row)[:-1])
        for rows, row in zip(by_class, table, strict=True)
    ]
    return [np.sort(np.concatenate(part)) for part in zip(*pieces, strict=True)]


def quotas(sizes: Sequence[int], fractions: Sequence[float]) -> list[list[int]]:
    """How many rows of each class (down) go to each part (across).

    Rows and columns add up exactly: each class gets the floor of its shares first, and what is left of it
    goes to the parts that lack most, at most one row each. With two or three parts this always comes out: it
    builds a table of zeros and ones with given sums, the neediest columns first (Gale and Ryser, 1957).
    """
    shares = _exact(fractions)
    table = [[floor(size * share) for share in shares] for size in sizes]
    given = [sum(column) for column in zip(*table, strict=True)]
    lacking = [total - had for total, had in zip(_totals(sum(sizes), shares), given, strict=True)]
    for size, row in zip(sizes, table, strict=True):
        rests = [size * share - floor(size * share) for share in shares]
        neediest = sorted(range(len(row)), key=lambda part: (-lacking[part], -rests[part], part))
        for part in neediest[: size - sum(row)]:
            row[part] += 1
            lacking[part] -= 1
    return table


def _exact(fractions: Sequence[float]) -> list[Fraction]:
    """The fractions as they were typed, scaled to add up to 1: 0.2 of 5 rows is 1 row and not a hair less."""
    typed = [Fraction(part).limit_denominator(10**6) for part in fractions]
    return [part / sum(typed) for part in typed]


def _totals(rows: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole numbers nearest to the shares of `rows` that add up to it, by largest remainder."""
    totals = [floor(rows * share) for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda part: (totals[part] - rows * shares[part], part))
    for part in by_rest[: rows - sum(totals)]:
        totals[part] += 1
    return totals


def _check_classes(sizes: Sequence[int], classes: Sequence[str], parts: int) -> None:
    scarce = min(range(len(classes)), key=lambda index: sizes[index])
    if sizes[scarce] < parts:
        raise DataError(
            f"class {quoted(classes[scarce])} has {_rows(sizes[scarce])} to split: {parts} parts need at least "
            f"{parts} rows of each class; {remedies(classes)}"
        )


def remedies(classes: Sequence[str]) -> str:
    """What to do about a class with too few rows.

    >>> remedies(["1", "2", "17"])
    'add rows of it, raise `limit`, leave the class out, or come close to the numbers with task: regression'
    """
    numbers = all(name.lstrip("-").isdecimal() for name in classes)
    last = "come close to the numbers with task: regression" if numbers else "give its rows another class"
    return f"add rows of it, raise `limit`, leave the class out, or {last}"


def _check_parts(
    table: Sequence[Sequence[int]], classes: Sequence[str], rows: int, names: Sequence[str]
) -> None:
    for name, row in zip(classes, table, strict=True):
        if row[0] == 0:
            raise DataError(
                f"class {quoted(name)} has {_rows(sum(row))}, none of which falls into the {names[0]} part; "
                f"give {names[0]} a larger share in `split`, or add rows of the class"
            )
    for name, column in zip(names, zip(*table, strict=False), strict=False):
        if sum(column) == 0:
            raise DataError(
                f"the {name} part of {_rows(rows)} would be empty; give it a larger share in `split`, "
                f"or add rows"
            )


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"
