"""Values so far from all others that nothing can be computed with them, or that scores may hang on them alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.core.errors import DataError
from hpsearch.data.scaling import Scaler
from hpsearch.data.scaling.base import in_blocks
from hpsearch.data.sources.base import Origin, Part, RawData
from hpsearch.data.tables.texts import excerpt

#: Numbers within this have squares, and sums of squares, in float64.
LARGEST = 1e140
#: Scaled inputs within this have sums, and scaled targets have squares, in float32.
MOST_INPUT, MOST_TARGET = 1e32, 1e18
#: What is further from all that training has than so many times the width of that is far from it.
FAR = 10.0
#: So many columns with far values are named.
MOST_NAMED = 3
_TOO_FAR = (
    "is {:.3g} once it is scaled by the training rows, too much to compute with; correct it, or leave its row "
    "out"
)

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class PartValues(Struct, frozen=True):
    """Inputs or targets (N, J) of a part, as messages speak of them."""

    raw: RawData
    part: Part
    kind: Literal["X", "y"]
    array: NDArray[Any]

    def said(self, row: int, column: int) -> str:
        """A value, and where it stands."""
        origin = self.raw.origins.get(self.part, Origin(self.raw.name))
        place = f"row {row} (from 0)" if origin.rows is None else f"row {origin.rows[row]}"
        value = float(self.array[row, column])
        return f"{origin.where}: {_name(self.raw, self.kind, column)}: {value:.6g} in {place}"

    def check(self, offset: Floats, factor: Floats, most: float, rule: str) -> None:
        """Raise DataError with the `rule` where a value, as (x - offset) * factor, is beyond `most`."""
        reach = np.fmax(*(np.abs((end - offset) * factor) for end in _extremes(self.array)))
        for column in np.flatnonzero(reach > most).tolist():
            apart = np.abs(self.array[:, column] - np.broadcast_to(offset, reach.shape)[column])
            row = int(np.nanargmax(apart))
            raise DataError(f"{self.said(row, column)} {rule.format(reach[column])}")


def check_numbers(raw: RawData) -> None:
    """Raise DataError for numbers too large to be scaled, and for targets too close to each other."""
    rule = f"must be within {LARGEST:g} of 0; divide all of the column by a large number"
    for values in part_values(raw):
        values.check(np.zeros(1), np.ones(1), LARGEST, rule)
    if not raw.classes and 0 < np.ptp(raw.y) < 1 / LARGEST:
        raise DataError(
            f"{raw.name}: {_name(raw, 'y', 0)}: all values are within {np.ptp(raw.y):.3g} of each other; multiply "
            f"them by a large number"
        )


def check_inputs(raw: RawData, scaler: Scaler) -> None:
    """Raise DataError for inputs that float32 cannot compute with once they are scaled."""
    for values in part_values(raw):
        if values.kind == "X" and not scaler.bounded:
            values.check(scaler.offset, scaler.factor, MOST_INPUT, _TOO_FAR)


def check_targets(raw: RawData, mean: float, deviation: float) -> None:
    """Raise DataError for targets whose squares are beyond float32 once they are scaled."""
    for values in part_values(raw):
        if values.kind == "y":
            values.check(np.array([mean]), 1 / np.array([deviation]), MOST_TARGET, _TOO_FAR)


def far_values(raw: RawData, divisions: Sequence[Sequence[Rows]], *, bounded: bool) -> tuple[str, ...]:
    """Notes on what validation has that is far from all that training has, of each (training, validation, ...).

    Args:
        bounded: the inputs are scaled so that none is far.
    """
    found: dict[tuple[str, int], list[_Far]] = {}
    for values in part_values(raw):
        if values.part == ("val" if raw.brings_validation else "train") and not (
            values.kind == "X" and bounded
        ):
            for training, validation, *_ in divisions:
                for far in _beyond(values, training, validation):
                    found.setdefault((values.kind, far.column), []).append(far)
    columns = sorted(found.values(), key=lambda far: -max(one.widths for one in far))
    return first_notes(raw, list(map(_note, columns)))


def first_notes(raw: RawData, notes: Sequence[str]) -> tuple[str, ...]:
    """The first of the notes on columns, and how many more there are."""
    more = [f"{raw.name}: {len(notes) - MOST_NAMED} more columns have such values"]
    return (*notes[:MOST_NAMED], *(more if len(notes) > MOST_NAMED else ()))


class _Far(Struct, frozen=True):
    """So many `rows` of a column are far from training's `low` to `high`; one by so many `widths` of that."""

    column: int
    rows: int
    said: str
    widths: float
    low: float
    high: float


def _beyond(values: PartValues, training: Rows, validation: Rows) -> Iterator[_Far]:
    raw = values.raw
    learned, rows = values.array, validation
    if raw.brings_validation:
        learned, rows = raw.X if values.kind == "X" else raw.y[:, None], np.arange(len(values.array))
    low, high = _extremes(learned, training)
    least, most = _extremes(values.array, rows)
    width = high - low
    beyond = (width > 0) & (np.fmax(low - least, most - high) > FAR * width)
    for column in np.flatnonzero(beyond).tolist():
        own = values.array[rows, column].astype(np.float64)
        widths = np.fmax(low[column] - own, own - high[column]) / width[column]
        furthest = int(np.nanargmax(widths))
        said = values.said(int(rows[furthest]), column)
        count = int((widths > FAR).sum())
        yield _Far(column, count, said, float(widths[furthest]), float(low[column]), float(high[column]))


def _note(far: Sequence[_Far]) -> str:
    first, others = max(far, key=lambda one: one.widths), sum(one.rows for one in far) - 1
    those, them, they_are = (
        (f", and {others} more rows, are", "them", "they are") if others else (" is", "it", "it is")
    )
    return (
        f"{first.said}{those} far from all others ({first.low:.4g} to {first.high:.4g} in training), so scores on "
        f"validation may hang on {them} alone; correct {them} if {they_are} wrong"
    )


def part_values(raw: RawData) -> Iterator[PartValues]:
    """The inputs of all parts, and the targets where those are numbers."""
    inputs: dict[Part, NDArray[Any] | None] = {"train": raw.X, "val": raw.X_val, "test": raw.X_test}
    targets: dict[Part, NDArray[Any] | None] = {"train": raw.y, "val": raw.y_val, "test": raw.y_test}
    for part in inputs:
        X, y = inputs[part], targets[part]  # noqa: N806 - named as in the data
        if X is not None and X.size and raw.feature_range is None:  # pixels are within it
            yield PartValues(raw, part, "X", X)
        if y is not None and len(y) and not raw.classes:
            yield PartValues(raw, part, "y", y[:, None])


def _name(raw: RawData, kind: Literal["X", "y"], column: int) -> str:
    """What messages call a column of the inputs, or the targets."""
    if raw.encoding is None:
        return "y" if kind == "y" else f"X, column {column} (from 0)"
    from hpsearch.data.tables.columns import Encoding

    encoding = Encoding.from_facts(raw.encoding)
    return excerpt(encoding.target if kind == "y" else encoding.inputs[column])


def _extremes(array: NDArray[Any], rows: Rows | None = None) -> tuple[Floats, Floats]:
    """The lowest and the highest value (J,) of each column in `rows`, or in all; nan where all are missing."""
    count = len(array) if rows is None else len(rows)
    blocks = list(in_blocks(count, array.shape[1]))
    ends = []
    for extreme in (np.fmin, np.fmax):
        found = [extreme.reduce(array[block] if rows is None else array[rows[block]]) for block in blocks]
        ends.append(np.asarray(extreme.reduce(found), np.float64))
    return ends[0], ends[1]
