"""Files that hold tables, as data: the target told from the inputs, and what looks odd said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.datasets.labels import encode_labels
from hpsearch.datasets.source import FORMATS, RawData, refuse_dir
from hpsearch.datasets.spec import DatasetSpec
from hpsearch.datasets.table import leaks, learn
from hpsearch.datasets.table_file import read_table
from hpsearch.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import polars as pl

#: A target of more different numbers than this is one to predict as a number.
MOST_CLASSES = 100
#: A commonest class of at least this share is worth a word.
IMBALANCED = 0.8


@FORMATS.register(".csv")
def load_csv(spec: DatasetSpec) -> RawData:
    """The data set of a .csv file with a line of names: the column `spec.target`, else the last, is the class.

    Raises:
        DataError: the file cannot be used; the message says why.
    """
    return _load(spec)


@FORMATS.register(".parquet")
def load_parquet(spec: DatasetSpec) -> RawData:
    """The same of a .parquet file.

    Raises:
        DataError: the file cannot be used; the message says why.
    """
    return _load(spec)


def _load(spec: DatasetSpec) -> RawData:
    refuse_dir(spec)
    where = spec.source
    frame = read_table(Path(where))
    target = _target(frame, spec.target, where)
    frame, notes = _with_target(frame, target, where)
    frame = frame[: spec.limit] if spec.limit else frame
    y, classes = encode_labels(where, _labels(frame[target], where), len(frame))
    encoding, more = learn(frame, target, where)
    notes += [*more, *_balance(y, classes, where, target)]
    notes += [
        f"{where}: column {name!r} tells the target {target!r} by itself; remove it if it is not known "
        f"when predictions are wanted"
        for name in leaks(frame, target, encoding.columns)
    ]
    inputs = encoding.encode(frame, where)
    return RawData(
        where,
        inputs,
        y,
        classes,
        inputs.shape[1:],
        notes=tuple(notes),
        encoding=encoding.as_facts(),
        gaps=True,
    )


def _target(frame: pl.DataFrame, wanted: str | None, where: str) -> str:
    if wanted is None:
        return frame.columns[-1]
    if wanted not in frame.columns:
        hint = did_you_mean(wanted, frame.columns) or f"; it has {', '.join(frame.columns[:20])}"
        raise DataError(f"{where}: has no column {wanted!r} for the target{hint}")
    return wanted


def _with_target(frame: pl.DataFrame, target: str, where: str) -> tuple[pl.DataFrame, list[str]]:
    """The rows whose target is known."""
    unknown = frame[target].null_count()
    if unknown == len(frame):
        raise DataError(f"{where}: the target {target!r} has no values; name another column with target:")
    rows = "1 row is" if unknown == 1 else f"{unknown} rows are"
    note = f"{where}: {rows} left out, their target {target!r} is missing"
    return (frame.filter(frame[target].is_not_null()), [note]) if unknown else (frame, [])


def _labels(values: pl.Series, where: str) -> NDArray[Any]:
    """The target as labels: texts, whole numbers or true and false."""
    kind = values.dtype
    if kind.is_temporal() or kind.is_nested():
        raise DataError(f"{where}: the target {values.name!r} is of type {kind}; must be classes")
    different = values.n_unique()
    whole = not kind.is_float() or bool((values == values.round()).all())
    if kind.is_numeric() and (not whole or different > MOST_CLASSES):
        raise DataError(
            f"{where}: the target {values.name!r} has {different} different numbers, so predicting it is "
            f"regression, which needs X and y in an .npz file, with task: regression; or divide it into classes, "
            f"name another column with target:, or use kind: python with a model of your own"
        )
    if kind.is_numeric():
        return values.cast(_polars().Float64).to_numpy()  # whole ones up to 2**53, or refused with the labels
    if different > max(MOST_CLASSES, len(values) // 2):
        raise DataError(
            f"{where}: the target {values.name!r} has {different} different texts in {len(values)} rows, so it "
            f"is no class; name another column with target:"
        )
    return values.cast(_polars().String).str.strip_chars().to_numpy().astype(str)


def _polars() -> Any:
    import polars as pl

    return pl


def _balance(y: NDArray[np.int64], classes: tuple[str, ...], where: str, target: str) -> list[str]:
    counts = np.bincount(y, minlength=len(classes))
    share = counts.max() / len(y)
    if share < IMBALANCED:
        return []
    return [
        f"{where}: {share:.1%} of the rows have {target} {classes[int(counts.argmax())]!r}; always saying so would "
        f"have a val_acc of that much"
    ]
