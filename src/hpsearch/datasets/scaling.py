"""Bringing the inputs to a common scale, learned from the training part only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: float64 values of a block that is converted at a time: 8 MiB, however large the data is.
BLOCK = 2**20
#: Inputs that spread over less than float32 can tell from zero count as constant.
SMALLEST_SPREAD = float(np.finfo(np.float32).tiny)

Range = tuple[float, float]


@dataclass(frozen=True)
class Scaler:
    """x -> (x - offset) * factor, for each of I inputs.

    Attributes:
        offset: (I,) float64.
        factor: (I,) float64; 0 for an input that is constant in the training part: whatever value it has
            elsewhere, no weight was trained for it, so it stays 0.
    """

    offset: NDArray[np.float64]
    factor: NDArray[np.float64]

    def apply(self, inputs: NDArray[Any], rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """The scaled `rows` (all of them by default) of `inputs` (N, I): float32, C-contiguous."""
        count = len(inputs) if rows is None else len(rows)
        scaled = np.empty((count, inputs.shape[1]), np.float32)
        for block in _blocks(*scaled.shape):
            chosen = inputs[block] if rows is None else inputs[rows[block]]
            scaled[block] = (chosen - self.offset) * self.factor
        return scaled


def _none(inputs: NDArray[Any], _rows: NDArray[np.int64], _known: Range | None) -> Scaler:
    width = inputs.shape[1]
    return Scaler(np.zeros(width), np.ones(width))


def _minmax(inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None) -> Scaler:
    low, high = _extremes(inputs, rows)
    if known is not None:
        low, high = np.full_like(low, known[0]), np.full_like(high, known[1])
    return Scaler(low, _inverse(high - low))


def _standard(inputs: NDArray[Any], rows: NDArray[np.int64], _known: Range | None) -> Scaler:
    low, high = _extremes(inputs, rows)
    blocks = [rows[block] for block in _blocks(len(rows), inputs.shape[1])]
    mean = np.sum([inputs[block].sum(axis=0, dtype=np.float64) for block in blocks], axis=0) / len(rows)
    squares = np.sum([np.square(inputs[block] - mean).sum(axis=0) for block in blocks], axis=0)
    # A constant's mean can miss it by a rounding error, which would pass for a spread.
    return Scaler(mean, np.where(high > low, _inverse(np.sqrt(squares / len(rows))), 0.0))


#: Name -> how to fit it on the given rows of (N, I) inputs. minmax prefers the range the source declares.
SCALINGS: Mapping[str, Callable[[NDArray[Any], NDArray[np.int64], Range | None], Scaler]] = {
    "none": _none,
    "minmax": _minmax,
    "standard": _standard,
}


def fit(scaling: str, inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None = None) -> Scaler:
    """The scaler `scaling` (a name of SCALINGS) for `inputs` (N, I), learned from `rows` alone.

    >>> fit("minmax", np.array([[1.0, 5.0], [3.0, 5.0], [9.0, 6.0]]), np.array([0, 1])).factor
    array([0.5, 0. ])
    """
    return SCALINGS[scaling](inputs, rows, known)


def _extremes(
    inputs: NDArray[Any], rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    blocks = [rows[block] for block in _blocks(len(rows), inputs.shape[1])]
    low = np.min([inputs[block].min(axis=0) for block in blocks], axis=0)
    high = np.max([inputs[block].max(axis=0) for block in blocks], axis=0)
    return low.astype(np.float64), high.astype(np.float64)


def _inverse(spread: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(1.0, spread, out=np.zeros_like(spread), where=spread >= SMALLEST_SPREAD)


def _blocks(rows: int, width: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(1, width))
    return (slice(start, start + step) for start in range(0, rows, step))
