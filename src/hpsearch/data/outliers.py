"""Values of the training rows so far from all others that, once scaled, they leave these no room to differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.data.far import FAR, PartValues, first_notes, part_values
from hpsearch.data.sources.base import RawData

#: A number written with nines only, in so many rows at least, and as far from all others as these are apart, stands
#: for something else, mostly for a missing value.
_REPEATED, _APART = 3, 1.0
#: Fewer different values than this are codes of something, none of which is far from the others by its size.
_DIFFERENT = 5
#: Of larger data, so many rows are looked at first.
_LOOKED_AT = 10_000


class _Outlier(Struct, frozen=True):
    """`value` stands in `count` rows, the first of them `row`, and all others are from `low` to `high`."""

    column: int
    row: int
    value: float
    count: int
    low: float
    high: float


def outliers(
    raw: RawData, rows: NDArray[np.int64], *, bounded: bool = False, noted: Sequence[str] = ()
) -> tuple[str, ...]:
    """Notes on the values of `rows` that are further from all others than `FAR` times what these are apart.

    Args:
        bounded: the inputs are scaled so that none is far.
        noted: notes that begin with values of which enough is said.
    """
    found = [
        _note(values, outlier)
        for values in part_values(raw)
        if values.part == "train" and not (values.kind == "X" and bounded)
        for outlier in _found(values.array, rows)
        if not any(note.startswith(values.said(outlier.row, outlier.column)) for note in noted)
    ]
    return first_notes(raw, found)


def _note(values: PartValues, outlier: _Outlier) -> str:
    others = f"({outlier.low:.4g} to {outlier.high:.4g})"
    if outlier.count > 1:
        return (
            f"{values.said(outlier.row, outlier.column)} and {outlier.count - 1} more is far from all others "
            f"{others}; if it stands for a missing value, empty these cells"
        )
    return (
        f"{values.said(outlier.row, outlier.column)} is far from all others {others}, which are hardly told apart "
        f"beside it; correct it, or leave the row out, if it is wrong"
    )


def _found(array: NDArray[np.float64], rows: NDArray[np.int64]) -> Iterator[_Outlier]:
    step = max(1, len(rows) // _LOOKED_AT)
    for column in range(array.shape[1]):
        values = array[rows, column]
        some = values[::step].astype(np.float64)
        for sign in (1.0, -1.0):
            if step > 1 and not _may_be(sign * some, sign * values):
                continue
            found = _highest(sign * (some if step == 1 else values.astype(np.float64)))
            if found is not None:
                place, top, count, low, high = found
                ends = sorted((sign * low, sign * high))
                yield _Outlier(column, int(rows[place]), sign * top, count, ends[0], ends[1])
                break


def _may_be(some: NDArray[np.float64], values: NDArray[np.float64]) -> bool:
    """Whether the highest of the `values` may be far from all others, as `some` of them show: a sort is saved."""
    top = float(np.fmax.reduce(values))
    others = some[some < top]
    return _is_code(top) or (len(others) > 0 and top - others.max() > FAR * np.ptp(others))


def _highest(values: NDArray[np.float64]) -> tuple[int, float, int, float, float] | None:
    """The first row of the highest value, that, how many rows have it, the ends of the others; None: not far."""
    top = float(np.fmax.reduce(values))
    others = values[values < top]
    count = int((values == top).sum())
    if not len(others) or count > len(others):
        return None
    low, high = float(others.min()), float(others.max())
    least = _APART if _is_code(top) and count >= _REPEATED else FAR
    if not top - high > least * (high - low) > 0 or len(np.unique(others[:_LOOKED_AT])) < _DIFFERENT:
        return None
    return int(np.argmax(values == top)), top, count, low, high


def _is_code(value: float) -> bool:
    """Whether a number is written with nines only, as what is missing often is.

    >>> [_is_code(value) for value in (-9999.0, 99.0, 9.0, 998.0, 99.9)]
    [True, True, False, False, False]
    """
    text = f"{abs(value):.0f}"
    return abs(value) == float(text) and len(text) > 1 and set(text) == {"9"}
