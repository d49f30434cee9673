"""Whitening: turning inputs so that none can be foretold from the others, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.data.scaling.base import SCALINGS, Range, Scaler, in_blocks
from hpsearch.data.scaling.each import standard

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: More inputs than this make a matrix of over 32 MiB, and take its eigenvectors more than seconds.
MOST_INPUTS = 2048
#: A direction is stretched as if it had this variance at least, where an input has 1: what varies less is
#: mostly noise, which whitening would make as loud as all the rest.
FLOOR = 1e-3
#: Variances below this share of the largest are the rounding of 0.
NONE = 1e-10


def whitening_matrix(correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    """The symmetric matrix W (I, I) that makes inputs (N, I) with these `correlations` (I, I) white: X @ W.

    It is ZCA: of all whitening matrices the one that changes the inputs least, so that pixels stay pixels. A
    direction without variance, as constant inputs and fewer rows than inputs have, becomes 0: no weight could
    be trained for it. W does not depend on the signs and order in which eigenvectors are found.

    Source: A. Kessy, A. Lewin, K. Strimmer, "Optimal whitening and decorrelation" (The American Statistician
    72, 2018), ZCA-cor; ZCA: A. Bell, T. Sejnowski (Vision Research 37, 1997).

    >>> whitening_matrix(np.array([[1.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 0.0]])).round(6).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.0]]
    """
    variances, directions = np.linalg.eigh(correlations)
    some = variances > NONE * max(float(variances[-1]), 0.0)
    stretch = np.where(some, 1 / np.sqrt(np.maximum(variances, FLOOR)), 0.0)
    matrix: NDArray[np.float64] = (directions * stretch) @ directions.T
    return matrix


def check_width(inputs: int) -> None:
    """Raise DataError where a matrix for so many `inputs` would be too large."""
    if inputs > MOST_INPUTS:
        raise DataError(
            f"scaling whiten: takes at most {MOST_INPUTS:,} inputs, for it needs a matrix of inputs by inputs "
            f"(got {inputs:,}); use scaling: standard, or fewer columns",
            setting="scaling",
        )


@SCALINGS.register("whiten", place=4)
def whiten(inputs: NDArray[Any], rows: NDArray[np.int64], known: Range | None) -> Scaler:
    """Mean 0 and deviation 1 like `standard`, then turned so that the inputs are uncorrelated."""
    check_width(inputs.shape[1])
    scaler = standard(inputs, rows, known)
    products = np.zeros((inputs.shape[1],) * 2)
    for block in in_blocks(len(rows), inputs.shape[1]):
        scaled = (inputs[rows[block]] - scaler.offset) * scaler.factor
        products += scaled.T @ scaled
    return Scaler(scaler.offset, scaler.factor, whitening_matrix(products / len(rows)))
