"""What the columns of a table mean, learned from some of its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.data.spec import ALL_CATEGORIES, YEAR_FIRST, Categories
from hpsearch.data.tables.by_target import Means
from hpsearch.data.tables.column import Column
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.dates import PARTS, Dates, parts_of, temporal_stamps
from hpsearch.data.tables.texts import first_no_number, is_text, mostly_numbers, quoted, stripped

if TYPE_CHECKING:
    import polars as pl

#: A column of texts of which more than this share differ says which row it is, and nothing about it.
IDENTIFIER = 0.5
#: Numbers that spread over less than this share of the largest lose digits in float32.
CLOSE = 1 / 16
#: So many averages of the target are named.
MOST_NAMED = 3
_CONSTANT = "is left out: it has one value only"


def learn(
    frame: pl.DataFrame,
    target: str,
    where: str,
    kept: Categories = ALL_CATEGORIES,
    *,
    part: bool = False,
    averages: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
    orders: Mapping[str, str] | None = None,
) -> tuple[Encoding, list[str]]:
    """What the columns of a table mean, and what a person should know about them.

    Args:
        kept: which categories have inputs of their own.
        part: whether these are not all of its rows.
        averages: what of the target is averaged for each text of a column of many.
        missing: what stood for a missing value, besides what always does.
        orders: in which order the dates of a column were written as texts.

    Raises:
        DataError: a column cannot be used; the message gives the remedy.
    """
    columns, notes = [], []
    for name in frame.columns:
        if name == target:
            continue
        if frame[name].dtype.is_temporal():
            column, note = _dates(frame[name], where, (orders or {}).get(name))
        else:
            column, note = _learn(frame[name], where, kept, averages if kept.by_target else ())
        if note == _CONSTANT and part:
            note = f"{note} in the rows that are trained on"
        if column is not None:
            columns.append(column)
        if note:
            notes.append(f"{where}: column {quoted(name)} {note}")
    if not columns:
        raise DataError(
            f"{where}: has no column to learn from besides the target {quoted(target)}; {_why(notes)}"
        )
    return Encoding(tuple(columns), target, missing), notes


def _why(notes: list[str]) -> str:
    return "; ".join(notes[:3]) if notes else "a table needs two columns at least, with commas between them"


def _learn(
    values: pl.Series, where: str, kept: Categories, averages: tuple[str, ...]
) -> tuple[Column | None, str]:
    """What a column becomes, or None where it says nothing, and a note."""
    kind, what = values.dtype, f"{where}: column {quoted(values.name)}"
    if kind.is_nested() or not (kind.is_numeric() or is_text(values) or str(kind) in ("Boolean", "Null")):
        raise DataError(
            f"{what} is of type {kind}; must be numbers, texts or true/false, so encode or remove it"
        )
    if is_text(values):
        return _categories(stripped(values), kept, averages)
    gaps, least = values.null_count(), values.min()
    if gaps == len(values) or (not gaps and least == values.max()):
        return None, _CONSTANT
    truth = str(kind) == "Boolean"
    ends = None if truth or least is None else (float(least), float(values.max()))  # type: ignore[arg-type]
    origin = 0.0 if truth else _origin(values)
    return Column(values.name, None, gaps > 0, origin, truth, ends=ends), ""


def _dates(values: pl.Series, where: str, order: str | None) -> tuple[Column | None, str]:
    """What a column of dates becomes: what of them varies. Raises DataError for spans of time."""
    if str(values.dtype).startswith("Duration"):
        raise DataError(
            f"{where}: column {quoted(values.name)} holds spans of time; write them as numbers, or remove it"
        )
    parts = parts_of(temporal_stamps(values))
    known = parts[~np.isnan(parts[:, 0])]
    vary = [part for part, own in zip(PARTS, known.T, strict=True) if len(own) and own.min() < own.max()]
    if not vary:
        return None, _CONSTANT
    column = Column(
        values.name, missing=len(known) < len(parts), dates=Dates(tuple(vary), order or YEAR_FIRST)
    )
    written = f", {order.replace('_', ' ')}" if order and order != YEAR_FIRST else ""
    return (
        column,
        f"holds dates{written}: {', '.join(vary)} {'is an input' if len(vary) == 1 else 'are inputs'}",
    )


def _origin(values: pl.Series) -> float:
    """What to count numbers from: their middle where they lie close together far from zero, and float32 would round
    them; else zero.
    """
    import polars as pl

    exact = values.drop_nulls().cast(pl.Float64).to_numpy()
    low, high = float(exact.min()), float(exact.max())
    if not (high - low < CLOSE * max(-low, high)):
        return 0.0
    with np.errstate(over="ignore"):  # which is said of the value that is beyond float32
        rounded = exact.astype(np.float32)
    return low + (high - low) / 2 if bool((rounded != exact).any()) else 0.0


def _categories(texts: pl.Series, kept: Categories, averages: tuple[str, ...]) -> tuple[Column | None, str]:
    gaps = texts.null_count() > 0
    counts = texts.drop_nulls().value_counts(sort=True)
    if len(counts) + gaps < 2:
        return None, _CONSTANT
    many = len(counts) > kept.most
    lone = int((counts["count"] == 1).sum()) if averages else len(counts)
    if many and lone > IDENTIFIER * len(texts):
        return None, f"is left out: {len(counts):,} different texts in {len(texts):,} rows, so it names rows"
    # Of equally common ones the first in the alphabet, so that the same table gives the same inputs.
    common = sorted((-count, text) for text, count in counts.rows() if count >= kept.rare)[: kept.most]
    other = kept.rare > 1 and len(common) < len(counts)
    means = Means(averages, tuple(sorted(counts[texts.name]))) if many and averages else None
    if means and not common:
        other = False  # it would be 1 for every text
    if other and not common and not gaps:
        return None, f"is left out: none of its {len(counts):,} texts is in {kept.rare} rows"
    column = Column(texts.name, tuple(sorted(text for _, text in common)), gaps, other=other, means=means)
    return column, _pooled(len(counts), kept, averages) if many else ""


def _pooled(different: int, kept: Categories, averages: tuple[str, ...]) -> str:
    """A note where there are more texts than may have inputs."""
    listed = ", ".join(averages[:MOST_NAMED]) + (", ..." if len(averages) > MOST_NAMED else "")
    besides = f", and of each the {listed}" if averages else ""
    return f"has {different:,} different texts; the commonest {kept.most:,} are inputs{besides}"


def mixed(frame: pl.DataFrame, target: str, where: str) -> list[str]:
    """What to know of columns of texts that look like numbers with something else among them."""
    notes = []
    for name in frame.columns:
        values = frame[name]
        likely = name != target and is_text(values) and mostly_numbers(values)
        place = first_no_number(values) if likely else None
        if place is not None:
            shown = f"missing: [{json.dumps(values[place], ensure_ascii=False)}]"
            notes.append(
                f"{where}: column {quoted(name)} is taken as texts, for {quoted(values[place])} in row {place + 1} "
                f"is no number; if that stands for a missing one, list it in dataset.missing ({shown}), "
                f"or else correct it"
            )
    return notes
