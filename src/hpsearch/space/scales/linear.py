"""The linear scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from hpsearch.space.scales.base import SCALES, Counts, Scale
from hpsearch.space.scales.digits import plain

if TYPE_CHECKING:
    from hpsearch.space.scales.base import Array

#: A range over this many powers of ten spends next to all its draws on the last one.
_MANY_DECADES = 2
#: Closer to 1 than this, decay rates that differ little do very different things.
_CLOSE_TO_ONE = 0.95


@SCALES.register("linear")
class Linear(Scale):
    """Equal differences are equally interesting.

    >>> Linear(0, 10).from_unit(0.25)
    2.5
    """

    step_problem: ClassVar[str | None] = None
    surely_apart: ClassVar[float] = 1e-6

    @staticmethod
    def axis(x: Array) -> Array:
        """`x` itself."""
        return x

    @staticmethod
    def back(position: Array) -> Array:
        """`position` itself."""
        return position

    def advice(self, name: str, counts: Counts, *, stepped: bool = False) -> str | None:
        """One of the logarithmic scales, where most draws would be alike.

        >>> Linear(0.001, 1).advice("lr", "order of magnitude")
        '90 % of the draws of lr would lie in [0.101, 1]; use scale: log'
        """
        if counts == "distance from 1":
            few = f"draws few values of {name} close to {plain(self.high)}, where they differ most"
            return f"{few}; use scale: one_minus_log" if self.high >= _CLOSE_TO_ONE else None
        lowest = self.low + 0.1 * (self.high - self.low)
        share = f"90 % of the draws of {name} would lie in [{lowest:.3g}, {plain(self.high)}]"
        if self.low > 0 and math.log10(self.high / self.low) >= _MANY_DECADES:
            return f"{share}; use scale: log{' without step' if stepped else ''}"
        if self.low == 0 and counts == "order of magnitude":  # there is no number of decades to count
            return f"{share}; use scale: log and a low above 0, such as {self.high / 1e4:.3g}"
        return None
