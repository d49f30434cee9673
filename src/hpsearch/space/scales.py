"""Scales: increasing bijections between a range of numbers and [0, 1], with all their arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from hpsearch.core.errors import InputError
from hpsearch.core.registry import Registry

Array = NDArray[np.float64]
#: A float gives a float, an array an array of its shape.
Numbers = TypeVar("Numbers", float, Array)


@dataclass(frozen=True)
class Scale:
    """A range [low, high] and the axis along which its values are equally interesting.

    A new scale is a subclass with its own `axis`, the inverse `back`, and its `domain`: the open interval of
    the numbers that have a place on the axis.
    Raises InputError where `problem` finds one.
    """

    name: ClassVar[str]
    domain: ClassVar[tuple[float, float]] = (-math.inf, math.inf)

    low: float
    high: float

    def __post_init__(self) -> None:
        problem = self.problem(self.low, self.high)
        if problem is not None:
            raise InputError(f"scale {self.name} on [{self.low}, {self.high}]: {problem}")

    @staticmethod
    def axis(x: Array) -> Array:
        """The position of `x` on an axis without ends; increasing."""
        raise NotImplementedError

    @staticmethod
    def back(position: Array) -> Array:
        """The inverse of `axis`."""
        raise NotImplementedError

    @classmethod
    def problem(cls, low: float, high: float) -> str | None:
        """The rule broken by these ends, in words that begin with the end to change; None if they serve.

        >>> Log.problem(0, 1)
        'low: must be above 0 on a log scale'
        """
        if not math.isfinite(high - low):
            return "high: must lie a finite distance above low"
        if low >= high:
            return "high: must be above low"
        if low <= cls.domain[0]:
            return f"low: must be above {cls.domain[0]:g} on a {cls.name} scale"
        if high >= cls.domain[1]:
            return f"high: must be below {cls.domain[1]:g} on a {cls.name} scale"
        start, stop = cls.axis(np.array([low, high], dtype=np.float64))
        too_near = f"high: must be further above low; no number lies between them on a {cls.name} scale"
        return None if start < stop else too_near

    @cached_property
    def _ends(self) -> tuple[float, float]:
        start, stop = self.axis(np.array([self.low, self.high], dtype=np.float64)).tolist()
        return start, stop

    def to_unit(self, x: Numbers) -> Numbers:
        """Where `x` lies in [0, 1]; what is outside the range is taken for its nearest end."""
        start, stop = self._ends
        inside = np.clip(np.ascontiguousarray(x, dtype=np.float64), self.low, self.high)
        unit = np.clip((self.axis(inside) - start) / (stop - start), 0.0, 1.0)
        return _like(x, unit)

    def from_unit(self, u: Numbers) -> Numbers:
        """The value at `u` of [0, 1]: `low` at 0 and `high` at 1, exactly."""
        start, stop = self._ends
        # Contiguous, so that a value never depends on the layout of the array it comes in.
        unit = np.ascontiguousarray(u, dtype=np.float64)
        value = np.clip(self.back(start + unit * (stop - start)), self.low, self.high)
        value = np.where(unit <= 0, self.low, np.where(unit >= 1, self.high, value))
        return _like(u, value)


def _like(given: Numbers, result: Array) -> Numbers:
    if isinstance(given, np.ndarray):
        return result.reshape(given.shape)
    return float(result[0])


SCALES: Registry[type[Scale]] = Registry("scale", package=None)


@SCALES.register("linear")
@dataclass(frozen=True)
class Linear(Scale):
    """Equal differences are equally interesting.

    >>> Linear(0, 10).from_unit(0.25)
    2.5
    """

    name: ClassVar[str] = "linear"

    @staticmethod
    def axis(x: Array) -> Array:
        """`x` itself."""
        return x

    @staticmethod
    def back(position: Array) -> Array:
        """`position` itself."""
        return position


@SCALES.register("log")
@dataclass(frozen=True)
class Log(Scale):
    """Equal ratios are equally interesting: learning rates, penalties, widths.

    >>> round(Log(1e-4, 1).from_unit(0.5), 6)
    0.01
    """

    name: ClassVar[str] = "log"
    domain: ClassVar[tuple[float, float]] = (0.0, math.inf)

    @staticmethod
    def axis(x: Array) -> Array:
        """The logarithm of `x`."""
        return np.log(x)

    @staticmethod
    def back(position: Array) -> Array:
        """The exponential of `position`."""
        return np.exp(position)


@SCALES.register("one_minus_log")
@dataclass(frozen=True)
class OneMinusLog(Scale):
    """Equal ratios of the distance from 1 are equally interesting: momentum and other decay rates.

    An average with decay beta looks back over about 1 / (1 - beta) steps, so 0.9 to 0.99 is as far as 0.99
    to 0.999. log1p and expm1 keep the digits that 1 - x would lose.

    >>> round(OneMinusLog(0.9, 0.999).from_unit(0.5), 6)
    0.99
    """

    name: ClassVar[str] = "one_minus_log"
    domain: ClassVar[tuple[float, float]] = (-math.inf, 1.0)

    @staticmethod
    def axis(x: Array) -> Array:
        """-log(1 - x)."""
        return -np.log1p(-x)

    @staticmethod
    def back(position: Array) -> Array:
        """1 - exp(-position)."""
        return -np.expm1(-position)
