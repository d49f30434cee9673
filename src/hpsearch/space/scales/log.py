"""The logarithmic scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from hpsearch.space.scales.base import SCALES, Counts, Scale
from hpsearch.space.scales.digits import Toward, significant

if TYPE_CHECKING:
    from hpsearch.space.scales.base import Array


@SCALES.register("log")
class Log(Scale):
    """Equal ratios are equally interesting: learning rates, penalties, widths.

    >>> round(Log(1e-4, 1).from_unit(0.5), 6)
    0.01
    """

    domain: ClassVar[tuple[float, float]] = (0.0, math.inf)
    logarithmic: ClassVar[bool] = True
    surely_apart: ClassVar[float] = 1e-6

    @staticmethod
    def axis(x: Array) -> Array:
        """The logarithm of `x`."""
        import numpy as np

        return np.log(x)

    @staticmethod
    def back(position: Array) -> Array:
        """The exponential of `position`."""
        import numpy as np

        return np.exp(position)

    def advice(self, name: str, counts: Counts, *, stepped: bool = False) -> str | None:  # noqa: ARG002
        """`one_minus_log` for what counts by its distance from 1."""
        if counts != "distance from 1":
            return None
        even = f"is even in the logarithm of {name}, but what counts is its distance from 1"
        return f"{even}; use scale: one_minus_log"

    def short(self, value: float) -> float:
        """One digit of `value`."""
        return float(f"{value:.0e}")

    def digits(self, value: float, toward: Toward) -> float:
        """Three significant digits of `value`."""
        return significant(value, toward)
