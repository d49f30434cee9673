"""Columns of a table as the user says that they are, and dates as they show themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.data.spec import DAY_FIRST, MONTH_FIRST, DatasetSpec
from hpsearch.data.tables.dates import ambiguous, has_short_years, in_any_order, orders_of, stamps_in
from hpsearch.data.tables.texts import as_written, first_no_number, is_text, quoted, stripped, with_texts

if TYPE_CHECKING:
    import polars as pl

#: The order that a column of dates shows by itself.
AUTO = "auto"


class AmbiguousDates(DataError):
    """Columns of dates of which nothing tells whether the day or the month comes first.

    Attributes:
        columns: their names, and what each is said to be.
    """

    def __init__(self, where: str, columns: Mapping[str, str]) -> None:
        super().__init__(f"{where}: {'; '.join(columns.values())}", setting="dates")
        self.columns = columns


def as_said(frame: pl.DataFrame, spec: DatasetSpec, where: str) -> tuple[pl.DataFrame, dict[str, str]]:
    """A table with numbers, texts and dates as they are said to be, and the order of each column of dates.

    Raises:
        AmbiguousDates: an order that nothing tells.
        DataError: a column that does not hold what it is said to.
    """
    frame = with_texts(frame, spec.categorical)
    frame = frame.with_columns(_as_numbers(frame[name], where) for name in spec.numeric)
    orders, asked = dict[str, str](), dict[str, str]()
    for values in frame:
        given = spec.dates.get(values.name)
        if given is None and (not is_text(values) or values.name in (*spec.categorical, *spec.numeric)):
            continue
        found = _orders(values, given, where)
        if len(found) > 1:
            asked[values.name] = _question(values)
        elif found:
            orders[values.name] = found[0]
    if asked:
        raise AmbiguousDates(where, asked)
    return with_dates(frame, orders, where), orders


def with_dates(frame: pl.DataFrame, orders: Mapping[str, str], where: str) -> pl.DataFrame:
    """The same table with dates in place of texts, in the columns of these `orders`.

    Raises:
        DataError: a text that is no date.
    """
    columns = ((frame[name], order) for name, order in orders.items() if not frame[name].dtype.is_temporal())
    return frame.with_columns(_as_dates(values, order, where) for values, order in columns)


def _as_dates(values: pl.Series, order: str, where: str) -> pl.Series:
    import polars as pl

    texts = stripped(values)
    stamps = stamps_in(texts, order)
    wrong = np.flatnonzero(np.isnat(stamps) & texts.is_not_null().to_numpy())
    if len(wrong):
        raise _no_date(values, int(wrong[0]), order, where)
    return pl.Series(values.name, stamps, dtype=pl.Datetime("us"))


def _no_date(values: pl.Series, row: int, order: str, where: str) -> DataError:
    how = f", {order.replace('_', ' ')}" if order != AUTO else ""
    return DataError(
        f"{where}: column {quoted(values.name)} holds {quoted(values[row])} in row {row + 1}, which is no "
        f"date{how}; write dates as 2024-12-31 or 31.12.2024, with times as 23:59, or list it in dataset.missing",
        setting="dates",
    )


def _orders(values: pl.Series, given: str | None, where: str) -> list[str]:
    """The orders that a column of dates may have; none where it holds none."""
    if values.dtype.is_temporal():
        return []
    texts = stripped(values)
    if given not in (None, AUTO):
        return [str(given)]
    found = orders_of(texts)
    if given is None:
        return [] if found and has_short_years(texts) else found
    if not found:
        none = np.flatnonzero(np.isnat(in_any_order(texts)) & texts.is_not_null().to_numpy())
        raise _no_date(values, int(none[0]) if len(none) else 0, AUTO, where)
    return found


def _question(values: pl.Series) -> str:
    row = ambiguous(stripped(values))
    ways = " or ".join(f"{{{values.name}: {order}}}" for order in (DAY_FIRST, MONTH_FIRST))
    return (
        f"column {quoted(values.name)} holds dates with the day or the month first, and nothing tells which "
        f"({quoted(values[row])} in row {row + 1}); give the dataset dates: {ways}"
    )


def _as_numbers(values: pl.Series, where: str) -> pl.Series:
    if not is_text(values):
        return values
    row = first_no_number(values)
    if row is not None:
        raise DataError(
            f"{where}: column {quoted(values.name)} holds {quoted(values[row])} in row {row + 1}, which is no "
            f"number; correct it, or list it in dataset.missing where it stands for a missing value",
            setting="numeric",
        )
    return as_written(stripped(values))
