"""Columns that tell the target by themselves, which is seldom meant."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from hpsearch.data.tables.columns import Encoding

#: Fewer points than this lie on a line by chance.
FEWEST_ON_A_LINE = 10
#: A column of more different values than this, and than there are classes, is not asked.
MOST_VALUES = 20
#: How often one of the columns of a table may tell its classes by chance, and be named.
CHANCE = 1e-3
#: So many rows tell most columns from the target.
FIRST = 10_000


def leaks(frame: pl.DataFrame, encoding: Encoding, *, numbers: bool) -> list[str]:
    """Columns that tell the target by themselves: each of their values goes with one class, which is more than
    chance; or, for `numbers` to come close to, they lie on a line with it.
    """
    target, names = frame[encoding.target], [column.name for column in encoding.columns]
    if numbers:
        return [name for name in names if _on_a_line(frame[name], target)]
    sizes = target.value_counts()["count"].to_list()
    return [name for name in names if _tells(frame[name], target, sizes, math.log(CHANCE / len(names)))]


def _tells(values: pl.Series, target: pl.Series, sizes: list[int], least: float) -> bool:
    """Whether each value goes with one class, and the logarithm of the chance of that is below `least`."""
    for rows in dict.fromkeys((min(FIRST, len(values)), len(values))):
        different = values.head(rows).n_unique()
        if different > max(MOST_VALUES, len(sizes)) or different != _pairs(
            values.head(rows), target.head(rows)
        ):
            return False
    return _log_chance(different, sizes) < least


def _pairs(values: pl.Series, target: pl.Series) -> int:
    import polars as pl

    return int(pl.select(pl.struct(values.alias("a"), target.alias("b")).n_unique()).item())


def _log_chance(different: int, sizes: list[int]) -> float:
    """At most the logarithm of the share of all orders of the target in which each value goes with one class.

    >>> round(math.exp(_log_chance(2, [3, 57])) * math.comb(60, 3))
    4
    """
    orders = math.lgamma(sum(sizes) + 1) - sum(math.lgamma(size + 1) for size in sizes)
    return different * math.log(len(sizes)) - orders


def _on_a_line(values: pl.Series, target: pl.Series) -> bool:
    import polars as pl

    if not (values.dtype.is_numeric() and target.dtype.is_numeric()):
        return False
    pair = pl.DataFrame({"a": values, "b": target}).drop_nulls()
    correlation = pair.select(pl.corr("a", "b")).item()
    return len(pair) >= FEWEST_ON_A_LINE and correlation is not None and abs(correlation) > 1 - 1e-9
