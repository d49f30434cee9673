"""The column of a table that is to be predicted: classes or numbers, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError, did_you_mean
from hpsearch.data.spec import Task
from hpsearch.data.tables.texts import excerpt, first_no_number, is_text, mostly_numbers, quoted, stripped

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

#: At most so many different whole numbers are taken for classes, ...
MOST_NUMBERED = 20
#: ... where each has so many rows in the mean: one for each part.
FEWEST_EACH = 3
#: A target of more different values than this, and than half the rows, has no classes.
MOST_CLASSES = 100
#: A commonest class of at least this share is worth a word.
IMBALANCED = 0.8


def target_name(columns: Sequence[str], wanted: str | None, where: str) -> str:
    """The column `wanted`, or else the last. Raises DataError where there is none of that name."""
    if wanted is None:
        return columns[-1]
    if wanted not in columns:
        hint = did_you_mean(wanted, columns)
        rest = ", ..." if len(columns) > 20 else ""
        hint = hint or f"; it has {', '.join(excerpt(name) for name in columns[:20])}{rest}"
        raise DataError(f"{where}: has no column {quoted(wanted)} for the target{hint}", setting="target")
    return wanted


def task_of(values: pl.Series) -> tuple[Task, str]:
    """What predicting `values` is, and the kind of values it follows from.

    Texts and true and false are classes; so are few whole numbers that repeat; all other numbers are numbers.
    """
    known = stripped(values).drop_nulls() if is_text(values) else values.drop_nulls()
    if str(known.dtype) == "Boolean":
        return "classification", "true and false"
    if not known.dtype.is_numeric():
        return "classification", "texts"
    different = known.n_unique()
    few = different <= MOST_NUMBERED and different * FEWEST_EACH <= len(known)
    if few and bool((known == known.round()).all()):
        return "classification", f"{different} whole numbers"
    return "regression", "numbers"


def said_of_task(values: pl.Series, task: Task, where: str) -> list[str]:
    """Which task the target has, where it is the one that follows from it."""
    inferred, kind = task_of(values)
    other = "regression" if task == "classification" else "classification"
    override = f"; task: {other} changes that" if values.dtype.is_numeric() else ""
    return (
        [f"target {quoted(values.name)}: {kind}, so {task}{override} ({where})"] if inferred == task else []
    )


def known_rows(
    frame: pl.DataFrame, target: str, where: str
) -> tuple[pl.DataFrame, NDArray[np.int64], list[str]]:
    """The rows whose target is known, which those are (from 1), and a note on the others.

    Raises:
        DataError: there is none.
    """
    values = frame[target]
    known = stripped(values).is_not_null() if is_text(values) else values.is_not_null()
    unknown = len(frame) - int(known.sum())
    if unknown == len(frame):
        raise DataError(
            f"{where}: the target {quoted(target)} has no values; name another column with target:",
            setting="target",
        )
    those = "1 row is" if unknown == 1 else f"{unknown:,} rows are"
    note = f"{where}: {those} left out, their target {quoted(target)} is missing"
    rows = known.arg_true().to_numpy().astype(np.int64) + 1
    return (frame.filter(known), rows, [note]) if unknown else (frame, rows, [])


def values_of(values: pl.Series, where: str, task: Task) -> NDArray[Any]:
    """The target (N,) as the labels of classes, or as numbers to come close to.

    Raises:
        DataError: it holds something else.
    """
    kind = values.dtype
    if kind.is_temporal() or kind.is_nested():
        raise DataError(
            f"{_named(values, where)} is of type {kind}; must be classes or numbers, so name another column with "
            f"target:",
            setting="target",
        )
    return _numbers(values, where) if task == "regression" else _labels(values, where)


def _numbers(values: pl.Series, where: str) -> NDArray[np.float64]:
    import polars as pl

    if is_text(values):
        place = first_no_number(values)
        if place is not None:
            raise DataError(
                f"{_named(values, where)} holds texts ({quoted(values[place])} in row {place + 1}), and "
                f"regression needs numbers; correct or empty them, name another column with target:, or leave "
                f"out task: regression",
                setting="target",
            )
        values = stripped(values)
    return values.cast(pl.Float64).to_numpy()


def _labels(values: pl.Series, where: str) -> NDArray[Any]:
    import polars as pl

    if not values.dtype.is_numeric():
        return stripped(values).to_numpy().astype(str)
    if values.dtype.is_float() and not bool((values == values.round()).all()):
        raise DataError(
            f"{_named(values, where)} has numbers with a fraction, which are no classes; give the dataset task: "
            f"regression, or divide them into classes",
            setting="target",
        )
    if values.dtype.is_integer():
        whole = values.cast(pl.Int64, strict=False)
        within = whole.null_count() == values.null_count()  # 64 bits
        return whole.to_numpy() if within else values.cast(pl.String).to_numpy().astype(str)
    return values.cast(pl.Float64).to_numpy()  # whole ones up to 2**53, or refused with the labels


def check_countable(values: pl.Series, where: str) -> None:
    """Raise DataError for a target with so many different values that they are no classes."""
    different = values.n_unique()
    if different > max(MOST_CLASSES, len(values) // 2):
        raise DataError(
            f"{_named(values, where)} has {different:,} different values in {len(values):,} rows, so it is no "
            f"class; name another column with target:{_almost_numbers(values)}",
            setting="target",
        )


def _named(values: pl.Series, where: str) -> str:
    return f"{where}: the target {quoted(values.name)}"


def _almost_numbers(values: pl.Series) -> str:
    """What keeps a column that should perhaps be numbers from being that."""
    place = first_no_number(values) if is_text(values) and mostly_numbers(values) else None
    if place is None:
        return ""
    return f", or make it numbers ({quoted(values[place])} in row {place + 1} is none)"


def balance(y: NDArray[np.int64], classes: tuple[str, ...], where: str, target: str) -> list[str]:
    """What to know where one class is much the commonest."""
    counts = np.bincount(y, minlength=len(classes))
    share = counts.max() / len(y)
    if share < IMBALANCED:
        return []
    name = classes[int(counts.argmax())]
    return [
        f"{where}: {share:.1%} of the rows have {excerpt(target)} {quoted(name)}; always saying so would have "
        f"a val_acc of that much; val_auc and val_balanced_acc tell more"
    ]
