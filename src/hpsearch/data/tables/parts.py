"""Tables that must go with another: the same columns, with the same kinds of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.core.errors import DataError
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.as_said import with_dates
from hpsearch.data.tables.file import read_table, table_columns
from hpsearch.data.tables.texts import first_no_number, is_text, quoted, with_texts

if TYPE_CHECKING:
    import polars as pl

#: So many columns are named in one message.
MOST_NAMED = 5


def read_alike(
    path: Path,
    like: pl.DataFrame,
    source: str,
    spare: Sequence[str],
    spec: DatasetSpec,
    orders: Mapping[str, str],
) -> pl.DataFrame:
    """The table at `path`, its columns in the order of `like`, which came from `source`.

    Args:
        spare: columns that it may have further.
        spec: what is said of the columns.
        orders: in which order those are written that hold dates.

    Raises:
        DataError: it cannot be read, or lacks columns, has further ones, or ones of another kind; all are named.
    """
    names = table_columns(path, like.columns)
    absent = [name for name in like.columns if name not in names]
    further = [name for name in names if name not in (*like.columns, *spare)]
    if absent or further:
        differences = [*_listed("lacks", absent), *_listed("has further", further)]
        raise DataError(
            f"{path}: {' and '.join(differences)}; must have the columns of {source}, so add or remove them"
        )
    texts = [name for name in like.columns if is_text(like[name])]
    frame = read_table(path, texts=texts, known=like.columns, missing=spec.missing)
    frame = with_texts(frame, [name for name in spec.categorical if name in like.columns])
    frame = with_dates(
        frame, {name: order for name, order in orders.items() if name in like.columns}, str(path)
    )
    wrong = [words for name in like.columns for words in _retyped(frame[name], like[name])]
    if wrong:
        more = f", and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
        raise DataError(
            f"{path}: {'; '.join(wrong[:MOST_NAMED])}{more}; must hold what it does in {source}, so correct it"
        )
    return frame.select(like.columns)


def _listed(verb: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        shown = ", ".join(quoted(name) for name in names[:MOST_NAMED])
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        yield f"{verb} the column{'s' if len(names) > 1 else ''} {shown}{more}"


def _retyped(values: pl.Series, like: pl.Series) -> Iterator[str]:
    """What is wrong with a column that should hold what `like` does."""
    held, wanted = _kind(values), _kind(like)
    if held == wanted or "nothing" in (held, wanted):
        return
    place = first_no_number(values) if held == "texts" and wanted == "numbers" else None
    if held == "texts" and wanted == "numbers" and place is None:
        return
    example = "" if place is None else f" ({quoted(values[place])} in row {place + 1})"
    yield f"column {quoted(like.name)} holds {held}{example}, not {wanted}"


def _kind(values: pl.Series) -> str:
    kind = values.dtype
    if is_text(values):
        return "texts"
    if kind.is_numeric():
        return "numbers"
    if kind.is_temporal():
        return "dates"
    return {"Null": "nothing", "Boolean": "true and false"}.get(str(kind), str(kind))
