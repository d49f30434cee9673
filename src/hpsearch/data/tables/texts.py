"""Texts in the columns of tables: what stands for nothing, what stands for a number, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

#: What stands for a missing value, besides nothing.
MISSING = ("", "NA", "N/A", "<NA>", "n/a", "nan", "NaN", "NAN", "null", "NULL", "None", "?")
#: A column of texts of which at least this share are numbers was perhaps meant to hold nothing else.
MOSTLY_NUMBERS = 0.5
#: What people write around and in numbers.
MARKS = r"[$€£¥%,'\u{a0} ]"
#: So many rows are enough to see that.
FIRST = 1000
#: The most of a text that a message shows.
LONGEST = 60


def is_text(values: pl.Series) -> bool:
    """Whether a column holds texts."""
    return str(values.dtype).startswith(("String", "Categorical", "Enum"))


def with_texts(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The same table, the columns of these names as texts."""
    import polars as pl

    return frame.with_columns(pl.col(name).cast(pl.String) for name in names if not is_text(frame[name]))


def stripped(values: pl.Series, missing: Sequence[str] = ()) -> pl.Series:
    """Values as texts without blanks around them; an empty one is missing, and so is one of these."""
    import polars as pl

    # In one step: each has a price of its own, which a table of few rows pays in full, and a pass of a long one.
    none = list(dict.fromkeys(("", *missing)))
    return (
        values.to_frame().select(pl.first().cast(pl.String).str.strip_chars().replace(none, None)).to_series()
    )


def known_texts(values: pl.Series) -> pl.Series:
    """A column of texts from a file in which all are texts; what stands for a missing value there is missing."""
    return stripped(values, MISSING)


def without(values: pl.Series, missing: Sequence[str]) -> pl.Series:
    """The same column, missing where one of these stands: of texts as it is written, of numbers as it counts."""
    import polars as pl

    if is_text(values):
        return stripped(values, missing)
    numbers = pl.Series(list(missing), dtype=pl.String).cast(pl.Float64, strict=False).drop_nulls()
    if not values.dtype.is_numeric() or not len(numbers):
        return values
    return values.set(values.cast(pl.Float64).is_in(numbers.to_list()).fill_null(value=False), None)


def as_written(texts: pl.Series) -> pl.Series:
    """Texts without blanks as numbers where every one is one, such as `+5` and `5.e3`, or as true and false."""
    import polars as pl

    known = texts.drop_nulls()
    if not len(known):
        return texts
    if known.str.to_lowercase().is_in(["true", "false"]).all():
        return texts.str.to_lowercase() == "true"
    tried = (texts.cast(kind, strict=False) for kind in (pl.Int64, pl.Float64))
    return next((numbers for numbers in tried if numbers.null_count() == texts.null_count()), texts)


def first_no_number(values: pl.Series) -> int | None:
    """The first row (from 0) of a column of texts that is neither missing nor a number; None without one."""
    import polars as pl

    texts = stripped(values)
    wrong = (texts.cast(pl.Float64, strict=False).is_null() & texts.is_not_null()).arg_true()
    return int(wrong[0]) if len(wrong) else None


def mostly_numbers(values: pl.Series) -> bool:
    """Whether a column of texts was perhaps meant to hold numbers, by their share: as they are, or in its first
    rows without currencies, percent signs and separators of thousands.
    """
    texts = stripped(values).drop_nulls()
    return _mostly(texts) or _mostly(texts.head(FIRST).str.replace_all(MARKS, ""))


def _mostly(texts: pl.Series) -> bool:
    import polars as pl

    numbers = texts.cast(pl.Float64, strict=False).is_not_null().sum()
    return bool(numbers >= MOSTLY_NUMBERS * len(texts) > 0)


def excerpt(text: object) -> str:
    """A text as a message shows it: on one line, and not for pages.

    >>> excerpt("a" * 1000)[-10:]
    'aaaaaaa...'
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in _short(text)
    )


def quoted(text: object) -> str:
    r"""The same in quotation marks.

    >>> print(quoted("a\\tb"))
    'a\\tb'
    """
    return repr(_short(text))


def _short(text: object) -> str:
    whole = str(text)
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 3]}..."
