"""Dates with the English name of the month: `5 Jan 2024`, `January 5th, 2024`, `Fri, 05-Jan-24`, `2024-Jan-05`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hpsearch.data.spec import DAY_FIRST, MONTH_FIRST

if TYPE_CHECKING:
    import polars as pl

_MONTHS = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?",
    "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +)?"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR, _LONG_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})", r"(?P<year>[0-9]{4})"
_MARK, _MARK_OR_NONE = r"[-/., ]+", r"[-/., ]*"
#: A time of day may stand behind a date.
_CLOCK = r"(?P<clock>(?:[T ].*)?)$"
_WAYS = tuple(
    re.compile(f"^{_WEEKDAY}{way}{_CLOCK}", re.IGNORECASE | re.ASCII)
    for way in (
        f"{_DAY}{_MARK_OR_NONE}{_MONTH}{_MARK_OR_NONE}{_YEAR}",
        f"{_MONTH}{_MARK_OR_NONE}{_DAY}{_MARK}{_YEAR}",
        f"{_LONG_YEAR}{_MARK_OR_NONE}{_MONTH}{_MARK_OR_NONE}{_DAY}",
    )
)
#: A text that names a month.
NAMED = rf"(?i)(?:^|[^a-z])(?:{'|'.join(_MONTHS)})(?:$|[^a-z])"
_LETTERS = 3
_NUMBERS = {name[:_LETTERS]: number for number, name in enumerate(_MONTHS, 1)}
#: A year of two digits below this is of this century (POSIX).
CENTURY = 69


def numbered(text: str, order: str) -> str:
    """A date with the number of its month in place of the name, in this order; any other text as it is.

    >>> [numbered(text, "year_first") for text in ("5 Jan 2024 10:30", "Sept. 5th, 99", "may be")]
    ['2024-01-05 10:30', '1999-09-05', 'may be']
    """
    found = next(filter(None, (way.match(text) for way in _WAYS)), None)
    if found is None:
        return text
    month, day = f"{_NUMBERS[found['month'][:_LETTERS].lower()]:02}", found["day"].zfill(2)
    ordered = {DAY_FIRST: (day, month, _year(found)), MONTH_FIRST: (month, day, _year(found))}
    return "-".join(ordered.get(order, (_year(found), month, day))) + found["clock"]


def _year(found: re.Match[str]) -> str:
    year = found["year"]
    return year if len(year) > 2 else f"{20 if int(year) < CENTURY else 19}{year}"


def numbered_texts(texts: pl.Series, order: str) -> pl.Series:
    """The same of a column; most have no such date, which is soon seen."""
    different = texts.drop_nulls().unique()
    named = different.filter(different.str.contains(NAMED))
    return texts.replace(named, [numbered(text, order) for text in named]) if len(named) else texts
