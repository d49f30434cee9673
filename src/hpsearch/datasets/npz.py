"""NumPy's .npz files as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.arrays.npz import NUMBERS, read_npz
from hpsearch.datasets.labels import encode_labels, encode_values
from hpsearch.datasets.source import FORMATS, RawData, refuse_dir
from hpsearch.datasets.spec import DatasetSpec
from hpsearch.errors import DataError


@FORMATS.register(".npz")
def load_npz(spec: DatasetSpec) -> RawData:
    """The data set of an .npz file: `X` (N, ...) of numbers, one row per example; `y` (N,) class labels or,
    for regression, numbers.

    Raises:
        DataError: the file cannot be used; the message says why.
    """
    refuse_dir(spec)
    inputs, labels = read_npz(Path(spec.source), ("X", "y"), "save it with np.savez(path, X=..., y=...)")
    _check_inputs(spec.source, inputs)
    rows = inputs.reshape(len(inputs), -1)
    if spec.task == "regression":
        values = encode_values(spec.source, labels, len(inputs))
        return RawData(spec.source, rows, values, (), inputs.shape[1:])
    y, classes = encode_labels(spec.source, labels, len(inputs))
    return RawData(spec.source, rows, y, classes, inputs.shape[1:])


def _check_inputs(name: str, inputs: NDArray[Any]) -> None:
    if inputs.dtype.kind not in NUMBERS:
        raise DataError(f"{name}: X: is of type {inputs.dtype}; must be numbers, so encode text as numbers")
    if inputs.ndim < 2:
        raise DataError(
            f"{name}: X: has shape {inputs.shape}; must have one row per example, (rows, inputs): "
            f"a single input is X.reshape(-1, 1)"
        )
    if inputs.dtype.kind == "f":
        _check_finite(name, inputs.reshape(len(inputs), -1))


def _check_finite(name: str, inputs: NDArray[Any]) -> None:
    """Every value must also be one as float32, which the network computes in."""
    with np.errstate(invalid="ignore"):
        bad = ~(np.maximum(-inputs.min(axis=0), inputs.max(axis=0)) <= np.finfo(np.float32).max)
    if bad.any():
        column = int(np.argmax(bad))
        rows = ~(np.abs(inputs[:, column]) <= np.finfo(np.float32).max)
        raise DataError(
            f"{name}: X: {int(rows.sum())} of {len(inputs)} values in column {column} (counted from 0) are "
            f"missing, infinite or beyond float32; fill them in, or leave these rows out"
        )
