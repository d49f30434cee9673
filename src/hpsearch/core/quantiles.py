"""Quantiles of distributions that intervals are made of."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

#: Two-sided 95 % of the normal distribution.
NORMAL_95 = 1.959964
#: Places between the ends of an integral.
_PLACES = 20_001


@cache
def student(probability: float, freedom: float) -> float:
    """Of Student's t distribution (1908), by its integral over the angle whose tangent is t / sqrt(freedom).

    >>> round(student(0.975, 14), 3), round(student(0.95, 1), 3), round(student(0.5, 3), 3)
    (2.145, 6.314, 0.0)
    """
    angles = np.linspace(-math.pi / 2, math.pi / 2, _PLACES)
    density = np.cos(angles) ** (freedom - 1)
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    angle = float(np.interp(probability, below / below[-1], angles))
    return math.sqrt(freedom) * math.tan(angle)
