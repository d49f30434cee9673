"""Numbers as people write and cut them: in few digits, at powers of ten."""

from __future__ import annotations

import math
from collections.abc import Callable

#: math.floor, math.ceil, or round.
Toward = Callable[[float], int]


def significant(value: float, toward: Toward) -> float:
    """`value`, above 0, to three significant digits.

    >>> significant(0.0123456, math.floor), significant(0.0123456, math.ceil)
    (0.0123, 0.0124)
    """
    unit = _third_digit(value)
    # The division may miss a whole number by a rounding, and a digit would be given away.
    return float(f"{toward(round(value / unit, 6)) * unit:.15g}")


def in_units_of(length: float, value: float, toward: Toward) -> float:
    """`value` to three digits of `length`.

    >>> in_units_of(0.5, 10.12345, math.floor)
    10.123
    """
    unit = _third_digit(length)
    return float(f"{toward(value / unit) * unit:.15g}")


def _third_digit(value: float) -> float:
    """What one more in the third digit of `value` makes; the least that there is, where a float has no third."""
    return max(10.0 ** (math.floor(math.log10(value)) - 2), math.ulp(0.0))


def powers_between(low: float, high: float) -> list[float]:
    """The powers of ten well inside (low, high): one at an end, up to rounding, is no cut.

    >>> powers_between(0.001, 5)
    [0.01, 0.1, 1.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    powers = [float(f"1e{exponent}") for exponent in range(first, last + 1)]
    return [power for power in powers if low * (1 + 1e-9) < power < high * (1 - 1e-9)]


def thinned(cuts: list[float], most: int = 9) -> list[float]:
    """At most so many of the cuts, evenly spread: of a range over a hundred powers of ten nobody reads them all.

    >>> thinned([1.0, 10.0, 100.0, 1000.0, 10000.0], most=3)
    [1.0, 100.0, 10000.0]
    """
    return cuts[:: -(-len(cuts) // most)] if cuts else cuts


def equal_parts(low: float, high: float, count: int) -> list[float]:
    """The ends of `count` parts of equal width.

    >>> equal_parts(0, 1, 4)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    import numpy as np

    return [float(cut) for cut in np.linspace(low, high, count + 1)]


def plain(value: float) -> str:
    """A number as people write it: whole ones without `.0`.

    >>> plain(1024.0), plain(0.1)
    ('1024', '0.1')
    """
    return repr(int(value) if float(value).is_integer() and abs(value) < 1e15 else value)
