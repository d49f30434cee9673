"""Scalings that treat each input by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.data.scaling.base import NUMBERS, SCALINGS, Range, Scaler, extremes, in_blocks, inverse

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The share of a deviation that the tanh estimators put on the steep part of the curve.
TANH_SHARE = 0.01


@SCALINGS.register("none", place=0)
def none(inputs: NDArray[Any], _rows: NDArray[np.int64], _known: Range | None) -> Scaler:
    """The inputs as they are."""
    width = inputs.shape[1]
    return Scaler(np.zeros(width), np.ones(width))


@SCALINGS.register("minmax", place=1)
def minmax(inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None) -> Scaler:
    """To [0, 1]: by the range that the source declares, where it does, else by the extremes of each input."""
    low, high = extremes(inputs, rows)
    if known is not None:
        low, high = np.full_like(low, known[0]), np.full_like(high, known[1])
    return Scaler(low, inverse(high - low))


@SCALINGS.register("standard", place=2)
def standard(inputs: NDArray[Any], rows: NDArray[np.int64], _known: Range | None) -> Scaler:
    """Mean 0 and deviation 1."""
    low, high = extremes(inputs, rows)
    blocks = [rows[block] for block in in_blocks(len(rows), inputs.shape[1])]
    mean = np.sum([inputs[block].sum(axis=0, dtype=np.float64) for block in blocks], axis=0) / len(rows)
    squares = np.sum([np.square(inputs[block] - mean).sum(axis=0) for block in blocks], axis=0)
    # A constant's mean can miss it by a rounding error, which would pass for a spread.
    return Scaler(mean, np.where(high > low, inverse(np.sqrt(squares / len(rows))), 0.0))


@SCALINGS.register(NUMBERS, place=3)
def numbers(inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None) -> Scaler:
    """The same for numbers; `fit` leaves the 0 and 1 of categories as they are."""
    return standard(inputs, rows, known)


@SCALINGS.register("tanh", place=5)
def tanh(inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None) -> Scaler:
    """The tanh estimators: (tanh(0.01 (x - mean) / deviation) + 1) / 2, so that no outlier leaves [0, 1].

    Source: A. Jain, K. Nandakumar, A. Ross, "Score normalization in multimodal biometric systems" (Pattern
    Recognition 38, 2005), after F. Hampel et al. (1986), who estimate mean and deviation robustly; here they
    are those of the training part.
    """
    scaler = standard(inputs, rows, known)
    return Scaler(scaler.offset, scaler.factor * TANH_SHARE, bent=True)
