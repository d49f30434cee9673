"""Dates and times of day: told from texts, whatever their order, and what is made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.data.spec import DAY_FIRST, MONTH_FIRST, YEAR_FIRST
from hpsearch.data.tables.months import CENTURY, NAMED, numbered, numbered_texts

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

#: What a date is told by, in this order; the hour has its minutes as a fraction, Monday is 0.
PARTS = ("year", "month", "day", "weekday", "hour")
ORDERS = (YEAR_FIRST, DAY_FIRST, MONTH_FIRST)
#: A date, a time, or both; which is the year follows from the order. A time zone is passed over.
_FIELDS = re.compile(
    r"^(?:(?P<a>[0-9]{1,4})[-/.](?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{2,4}|[0-9]))?"
    r"(?:(?:^|T| +)(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2}(?:\.[0-9]+)?))?"
    r"(?: *(?P<half>[AaPp])\.?[Mm]\.?)?)?"
    r"(?: *(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?$"
)
#: The same without marks.
_COMPACT = re.compile(r"^([0-9]{4})([0-9]{2})([0-9]{2})(\.0)?\b")
_NAMES = ("a", "b", "c", "h", "m", "s")


class Dates(Struct, frozen=True):
    """What is made of a column of dates: `parts` of them, read in this `order` where they are texts."""

    parts: tuple[str, ...]
    order: str = YEAR_FIRST

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any] | None) -> Dates | None:
        """What `msgspec.to_builtins` gave. ValueError where there is no such part or order."""
        if facts is None:
            return None
        dates = cls(tuple(map(str, facts["parts"])), str(facts["order"]))
        if not set(dates.parts) <= set(PARTS) or dates.order not in ORDERS:
            raise ValueError(f"dates of {dates}")
        return dates

    def of(self, stamps: NDArray[np.datetime64]) -> NDArray[np.float32]:
        """(N, J) its parts of dates (N,); nan of none."""
        return parts_of(stamps)[:, [PARTS.index(part) for part in self.parts]]


def parts_of(stamps: NDArray[np.datetime64]) -> NDArray[np.float32]:
    """(N, 5) the `PARTS` of dates (N,); nan of none.

    >>> parts_of(np.array(["2024-02-29T12:45", "NaT"], "datetime64[us]")).tolist()
    [[2024.0, 2.0, 29.0, 3.0, 12.75], [nan, nan, nan, nan, nan]]
    """
    days, months, years = (stamps.astype(f"datetime64[{unit}]") for unit in "DMY")
    since = days.astype(np.int64)
    exact = [
        years.astype(np.int64) + 1970,
        months.astype(np.int64) % 12 + 1,
        (days - months.astype("datetime64[D]")).astype(np.int64) + 1,
        (since + 3) % 7,  # 1970 began on a Thursday
        (stamps - days).astype(np.int64) / 3.6e9,
    ]
    return np.where(np.isnat(stamps)[:, None], np.nan, np.stack(exact, axis=1)).astype(np.float32)


def stamps_in(texts: pl.Series, order: str) -> NDArray[np.datetime64]:
    """(N,) the dates that texts are, NaT of what is none."""
    import polars as pl

    plain = numbered_texts(texts, order)
    plain = plain.str.replace(_COMPACT.pattern, "$1-$2-$3") if order == YEAR_FIRST else plain
    groups = plain.str.extract_groups(_FIELDS.pattern).struct.unnest()
    fields = [groups[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in _NAMES]
    return _stamps(fields, groups["half"].fill_null("").str.to_lowercase().to_numpy().astype(str), order)


def stamps_of(texts: Sequence[str | None], order: str) -> NDArray[np.datetime64]:
    """The same of plain texts.

    >>> stamps_of(["1.2.2024 1:30 pm", "30.2.2024", None], "day_first")
    array(['2024-02-01T13:30:00.000000',                        'NaT',
                                  'NaT'], dtype='datetime64[us]')
    """
    plain = [numbered(text or "", order) for text in texts]
    plain = [_COMPACT.sub(r"\1-\2-\3", text) for text in plain] if order == YEAR_FIRST else plain
    found = [_FIELDS.match(text) if text else None for text in plain]
    fields = [
        np.array([float(match[name] or "nan") if match else np.nan for match in found]) for name in _NAMES
    ]
    halves = np.array([(match["half"] or "").lower() if match else "" for match in found], str)
    return _stamps(fields, halves, order)


def _stamps(fields: Sequence[NDArray[Any]], half: NDArray[Any], order: str) -> NDArray[np.datetime64]:
    first, second, third, hour, minute, second_of = fields
    ordered = {YEAR_FIRST: (first, second, third), DAY_FIRST: (third, second, first)}
    year, month, day = ordered.get(order, (third, first, second))
    timed, dated = ~np.isnan(hour), ~np.isnan(first)
    if order != YEAR_FIRST:
        short = year < 100
        year = np.where(short, year + np.where(year < CENTURY, 2000, 1900), year)
    year, month, day = (
        np.where(dated, own, other).astype(np.int64) for own, other in ((year, 1970), (month, 1), (day, 1))
    )
    clock = np.where(half == "", hour, hour % 12 + 12 * (half == "p"))
    seconds = np.where(timed, 3600 * clock + 60 * minute + np.nan_to_num(second_of), 0)
    valid = (
        (dated | timed)
        & (year >= 1000)
        & (year <= 9999)
        & (month >= 1)
        & (month <= 12)
        & (day >= 1)
        & (day <= 31)
    )
    valid &= ~timed | ((hour < 24) & (minute < 60) & ~(second_of >= 60) & ((half == "") | (hour <= 12)))
    months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (np.clip(month, 1, 12) - 1)
    days = months.astype("datetime64[D]") + (np.clip(day, 1, 31) - 1)
    valid &= days.astype("datetime64[M]") == months
    stamps = days.astype("datetime64[us]") + np.round(1e6 * np.where(valid, seconds, 0)).astype(
        "timedelta64[us]"
    )
    return np.where(valid, stamps, np.datetime64("NaT", "us"))


def temporal_stamps(values: pl.Series) -> NDArray[np.datetime64]:
    """(N,) the dates of a column that holds dates, or times of day; NaT where one is missing."""
    import polars as pl

    if str(values.dtype) == "Time":
        values = (values.cast(pl.Int64) // 1000).cast(pl.Datetime("us"))
    elif str(values.dtype).startswith("Datetime"):
        values = values.dt.replace_time_zone(None)
    return np.asarray(values.cast(pl.Datetime("us")).to_numpy().astype("datetime64[us]"))


def orders_of(texts: pl.Series) -> list[str]:
    """Those in which all texts of a column are dates; several where nothing tells the day from the month."""
    different = texts.drop_nulls().unique()
    some = different.head(100)
    if not len(some) or not some.str.contains("[0-9]").all() or np.isnat(in_any_order(some)).any():
        return []
    found = {order: stamps_in(different, order) for order in ORDERS}
    fitting = [order for order, stamps in found.items() if not np.isnat(stamps).any()]
    if YEAR_FIRST in fitting:
        return [YEAR_FIRST]
    alike = len(fitting) == 2 and bool((found[DAY_FIRST] == found[MONTH_FIRST]).all())
    dotted = len(fitting) == 2 and different.str.contains(r"^[0-9]+\.").all()
    return fitting[:1] if alike or dotted else fitting


def in_any_order(texts: pl.Series) -> NDArray[np.datetime64]:
    """(N,) the dates that texts are, in whichever order each is one; NaT of what is none."""
    found = [stamps_in(texts, order) for order in ORDERS]
    return np.where(np.isnat(found[0]), np.where(np.isnat(found[1]), found[2], found[1]), found[0])


def has_short_years(texts: pl.Series) -> bool:
    """Whether a date has no year of four digits, nor a month by its name: numbers of another kind may look so."""
    dates = texts.drop_nulls()
    dates = dates.filter(~dates.str.contains(NAMED))
    return not dates.str.contains(r"(^|[^0-9])[0-9]{4}([^0-9]|$)|^[0-9]{8}|^[0-9]{1,2}:").all()


def ambiguous(texts: pl.Series) -> int:
    """The first row (from 0) whose date differs by the order."""
    first, second = (stamps_in(texts, order) for order in (DAY_FIRST, MONTH_FIRST))
    return int(np.argmax((first != second) & ~np.isnat(first)))
