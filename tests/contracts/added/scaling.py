"""A scaling of the inputs in one file, as somebody would add it below hpsearch/data/scaling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.scaling import SCALINGS, Scaler


@SCALINGS.register("robust")
def robust(
    inputs: NDArray[Any], rows: NDArray[np.int64], _known: tuple[float, float] | None = None
) -> Scaler:
    """Median 0, and 1 between the quartiles where they differ."""
    low, middle, high = np.quantile(inputs[rows], (0.25, 0.5, 0.75), axis=0)
    spread = high - low
    return Scaler(middle, np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0))
