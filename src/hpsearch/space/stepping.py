"""The values low, low + step, ... up to high, reckoned in the decimal numbers that people wrote."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

#: A last value this near to high, as a share of the step, misses it by how the step was rounded: it is high.
_ROUNDING = Decimal("1e-6")


class Stepping(Struct, frozen=True):
    """`count` values from `low` on; the last one is `last`.

    >>> Stepping.of(0, 1, 0.3), Stepping.of(0, 1, 0.33333333)
    (Stepping(low=0, step=0.3, count=4, last=0.9), Stepping(low=0, step=0.33333333, count=4, last=1.0))
    """

    low: float
    step: float
    count: int
    last: float

    @classmethod
    def of(cls, low: float, high: float, step: float) -> Stepping:
        """Those of a range, which holds `high` where a step comes as near to it as rounding lets it."""
        width = (exact(high) - exact(low)) / exact(step)
        nearest = round(width)
        if nearest and abs(width - nearest) <= _ROUNDING:
            return cls(low, step, nearest + 1, float(high))
        count = int(width) + 1
        return cls(low, step, count, float(exact(low) + (count - 1) * exact(step)))

    def value(self, index: int) -> float:
        """The value written as people write it: 0.3, never 0.30000000000000004."""
        return self.last if index == self.count - 1 else float(exact(self.low) + index * exact(self.step))


def exact(value: float) -> Decimal:
    """The decimal number that the float was written as."""
    return Decimal(repr(float(value)))
