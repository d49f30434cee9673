"""The scale of decay rates: logarithmic in the distance from 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from hpsearch.space.scales.base import SCALES, Counts, Scale
from hpsearch.space.scales.digits import Toward, powers_between, significant, thinned

if TYPE_CHECKING:
    from hpsearch.space.scales.base import Array
#: Nearer to 1 than by this factor at its high end, a range is close to 1 there.
_NEARER = 2


@SCALES.register("one_minus_log")
class OneMinusLog(Scale):
    """Equal ratios of the distance from 1 are equally interesting: momentum and other decay rates.

    An average with decay beta looks back over about 1 / (1 - beta) steps, so 0.9 to 0.99 is as far as 0.99
    to 0.999. log1p and expm1 keep the digits that 1 - x would lose.

    >>> round(OneMinusLog(0.9, 0.999).from_unit(0.5), 6)
    0.99
    """

    domain: ClassVar[tuple[float, float]] = (-math.inf, 1.0)
    surely_apart: ClassVar[float] = 1e-6

    @staticmethod
    def axis(x: Array) -> Array:
        """-log(1 - x)."""
        import numpy as np

        return -np.log1p(-x)

    @staticmethod
    def back(position: Array) -> Array:
        """1 - exp(-position)."""
        import numpy as np

        return -np.expm1(-position)

    def advice(self, name: str, counts: Counts, *, stepped: bool = False) -> str | None:  # noqa: ARG002
        """Another one where the distance from 1 is hardly another anywhere in the range, or not what counts.

        >>> OneMinusLog(0.9, 0.999).advice("gamma", None), OneMinusLog(0.001, 0.1).advice("c", None)
        (None, 'is meant for values close to 1, such as momentum; use scale: log for c')
        """
        far = 1 - self.low < _NEARER * (1 - self.high)
        if counts == "distance from 1" or (counts is None and not far):
            return None
        better = "log" if counts or 0 < self.low <= self.high / 10 else "linear"
        return f"is meant for values close to 1, such as momentum; use scale: {better} for {name}"

    def cuts(self) -> list[float]:
        """Cut where 1 - x is a power of ten, or in equal parts where it is none.

        >>> OneMinusLog(0.9, 0.9995).cuts(), OneMinusLog(0.9, 0.95).cuts()
        ([0.9, 0.99, 0.999, 0.9995], [0.9, 0.913, 0.9243, 0.9341, 0.9426, 0.95])
        """
        powers = thinned(powers_between(1 - self.high, 1 - self.low))
        return (
            [self.low, *sorted(1 - power for power in powers), self.high] if powers else self._equal_parts()
        )

    def short(self, value: float) -> float:
        """One digit of the distance of `value` from 1."""
        return float(f"{1 - float(f'{1 - value:.0e}'):.12g}")

    def digits(self, value: float, toward: Toward) -> float:
        """Three significant digits of the distance of `value` from 1."""
        back = math.ceil if toward is math.floor else math.floor
        return float(f"{1 - significant(1 - value, back):.15g}")
