"""Bringing the inputs to a common scale, learned from the training part only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.whitening import check_width, whitening_matrix

#: float64 values of a block that is converted at a time: 8 MiB, however large the data is.
BLOCK = 2**20
#: Inputs that spread over less than float32 can tell from zero count as constant.
SMALLEST_SPREAD = float(np.finfo(np.float32).tiny)

Range = tuple[float, float]


#: The share of a deviation that the tanh estimators put on the steep part of the curve.
TANH_SHARE = 0.01
_NO_MIX = np.empty((0, 0))


@dataclass(frozen=True, eq=False)
class Scaler:
    """x -> curve((x - offset) * factor @ mix), for rows of I inputs; a missing x is `fill`.

    Attributes:
        offset: (I,) float64.
        factor: (I,) float64; 0 for an input that is constant in the training part: whatever value it has
            elsewhere, no weight was trained for it, so it stays 0.
        mix: (I, I) float64, for scalings that bring inputs together; (0, 0) for those that leave each by itself.
        bent: whether the curve is z -> (tanh(z) + 1) / 2 in place of z -> z.
        fill: (I,) float64; (0,) where nothing is missing.
    """

    offset: NDArray[np.float64]
    factor: NDArray[np.float64]
    mix: NDArray[np.float64] = field(default_factory=_NO_MIX.copy)
    bent: bool = False
    fill: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def apply(self, inputs: NDArray[Any], rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """The scaled `rows` (all of them by default) of `inputs` (N, I): float32, C-contiguous."""
        count = len(inputs) if rows is None else len(rows)
        scaled = np.empty((count, inputs.shape[1]), np.float32)
        for block in _blocks(*scaled.shape):
            scaled[block] = self._block(inputs[block] if rows is None else inputs[rows[block]])
        return scaled

    def _block(self, inputs: NDArray[Any]) -> NDArray[np.float64]:
        if len(self.fill) and inputs.dtype.kind == "f":
            inputs = np.where(np.isnan(inputs), self.fill.astype(inputs.dtype), inputs)
        scaled: NDArray[np.float64] = (inputs - self.offset) * self.factor
        if len(self.mix):
            scaled = scaled @ self.mix
        return (np.tanh(scaled) + 1) / 2 if self.bent else scaled


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


def _whiten(inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None) -> Scaler:
    """Mean 0 and deviation 1 like `standard`, then turned so that the inputs are uncorrelated."""
    check_width(inputs.shape[1])
    scaler = _standard(inputs, rows, known)
    products = np.zeros((inputs.shape[1],) * 2)
    for block in _blocks(len(rows), inputs.shape[1]):
        standard = (inputs[rows[block]] - scaler.offset) * scaler.factor
        products += standard.T @ standard
    return Scaler(scaler.offset, scaler.factor, whitening_matrix(products / len(rows)))


def _tanh(inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None) -> Scaler:
    """The tanh estimators: (tanh(0.01 (x - mean) / deviation) + 1) / 2, so that no outlier leaves [0, 1].

    Source: A. Jain, K. Nandakumar, A. Ross, "Score normalization in multimodal biometric systems" (Pattern
    Recognition 38, 2005), after F. Hampel et al. (1986), who estimate mean and deviation robustly; here they
    are those of the training part.
    """
    scaler = _standard(inputs, rows, known)
    return Scaler(scaler.offset, scaler.factor * TANH_SHARE, bent=True)


#: Name -> how to fit it on the given rows of (N, I) inputs. minmax prefers the range the source declares.
SCALINGS: Mapping[str, Callable[[NDArray[Any], NDArray[np.int64], Range | None], Scaler]] = {
    "none": _none,
    "minmax": _minmax,
    "standard": _standard,
    "whiten": _whiten,
    "tanh": _tanh,
}


def fit(scaling: str, inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None = None) -> Scaler:
    """The scaler `scaling` (a name of SCALINGS) for `inputs` (N, I), learned from `rows` alone.

    Raises:
        DataError: too many inputs for `whiten`.

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
