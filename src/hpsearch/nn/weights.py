"""Trained weights as a file: a plain .npz, one array for each parameter, named as the layout names it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hpsearch.core.errors import InputError
from hpsearch.nn.parameters import Array, Layout
from hpsearch.storage.atomic import replacing
from hpsearch.storage.npz import read_npz


def save_weights(
    path: Path, layout: Layout, row: Array, facts: Mapping[str, npt.NDArray[Any]] | None = None
) -> None:
    """Write the parameters of one network, `row` (P,), and further arrays, `facts`, to `path`, whole or not at all.

    Raises OSError where it cannot be written.
    """
    arrays: dict[str, Any] = {**layout.arrays(row), **(facts or {})}
    with replacing(path) as file:
        np.savez(file, **arrays)


def load_weights(path: Path, layout: Layout) -> Array:
    """What `save_weights` wrote, as one row (P,) float64; other arrays of the file are not read.

    Raises InputError where there is no such file, or its arrays are not those of `layout`.
    """
    row = np.empty(layout.size)
    remedy = "take weights of this network; train --save writes them"
    for name, place in layout.arrays(row).items():
        (values,) = read_npz(path, (name,), remedy)
        place[...] = _fitting(path, name, values, place.shape)
    return row


def _fitting(path: Path, name: str, values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    if values.shape != shape:
        raise InputError(f"{path}: {name} has shape {values.shape}, and this network needs {shape}")
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise InputError(f"{path}: {name} must hold finite numbers")
    return values
