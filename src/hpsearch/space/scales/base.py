"""What every scale is: an increasing bijection between a range of numbers and [0, 1], with all its arithmetic.

NumPy is imported where numbers are computed: a check of a file asks the scales too, and is to be instant.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, Self, TypeVar

from hpsearch.core.errors import InputError
from hpsearch.core.registry import LAST, Registry, subclass_of
from hpsearch.space.scales.digits import Toward, in_units_of, powers_between, thinned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    #: A float gives a float, an array an array of its shape.
    Numbers = TypeVar("Numbers", float, Array)

End = Literal["low", "high"]
#: What the effect of a hyperparameter goes with; None where nobody knows.
Counts = Literal["order of magnitude", "distance from 1"] | None
#: A widened range reaches this much of its old length further, along its axis: one decade where there were four.
STRETCH = 0.25
#: Equal parts into which a range is cut that spans too few powers of ten.
PARTS = 5


@dataclass(frozen=True)
class Scale:
    """A range [low, high] and the axis along which its values are equally interesting.

    A new scale is a subclass with its own `axis`, the inverse `back`, and its `domain`: the open interval of
    the numbers that have a place on the axis. Everything else follows from these, and may be told better.
    Raises InputError where `problem` finds one.

    Attributes:
        name: what the scale was registered as.
        step_problem: why a range takes no `step`, and what to do; None where it does.
        logarithmic: whether it is even in log(x), as tools that know no other scale than this and linear say it.
        surely_apart: ends further apart than this share of the larger one differ on the axis too, so that it
            need not be asked.
    """

    name: ClassVar[str]
    domain: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    step_problem: ClassVar[str | None] = "is for a linear scale; remove it, or use scale: linear"
    logarithmic: ClassVar[bool] = False
    surely_apart: ClassVar[float] = math.inf

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

    # -- the range -----------------------------------------------------------------------------------------

    @classmethod
    def problem(cls, low: float, high: float) -> str | None:
        """The rule broken by these ends, in words that begin with the end to change; None if they serve.

        >>> from hpsearch.space import Log
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
        too_near = f"high: must be further above low; no number lies between them on a {cls.name} scale"
        return None if cls._apart(low, high) else too_near

    @classmethod
    def _apart(cls, low: float, high: float) -> bool:
        if high - low > cls.surely_apart * max(abs(low), abs(high)):
            return True
        start, stop = cls._places(low, high)
        return start < stop

    @classmethod
    def _places(cls, low: float, high: float) -> tuple[float, float]:
        import numpy as np

        start, stop = cls.axis(np.array([low, high], dtype=np.float64)).tolist()
        return start, stop

    @cached_property
    def _ends(self) -> tuple[float, float]:
        return self._places(self.low, self.high)

    def advice(self, name: str, counts: Counts, *, stepped: bool = False) -> str | None:  # noqa: ARG002
        """Why another scale would suit the hyperparameter `name` better, and which; None where this one serves.

        Args:
            name: for the words.
            counts: what its effect goes with.
            stepped: whether the range has a `step`.
        """
        return None

    # -- the unit interval ---------------------------------------------------------------------------------

    def to_unit(self, x: Numbers) -> Numbers:
        """Where `x` lies in [0, 1]; what is outside the range is taken for its nearest end."""
        import numpy as np

        start, stop = self._ends
        # np.clip takes several times as long for few values, and a search asks this hundreds of thousands of times.
        inside = np.minimum(np.maximum(np.ascontiguousarray(x, dtype=np.float64), self.low), self.high)
        unit = np.minimum(np.maximum((self.axis(inside) - start) / (stop - start), 0.0), 1.0)
        return _like(x, unit)

    def from_unit(self, u: Numbers) -> Numbers:
        """The value at `u` of [0, 1]: `low` at 0 and `high` at 1, exactly."""
        import numpy as np

        start, stop = self._ends
        # Contiguous, so that a value never depends on the layout of the array it comes in.
        unit = np.ascontiguousarray(u, dtype=np.float64)
        value = np.minimum(np.maximum(self.back(start + unit * (stop - start)), self.low), self.high)
        value = np.where(unit <= 0, self.low, np.where(unit >= 1, self.high, value))
        return _like(u, value)

    # -- values for people ---------------------------------------------------------------------------------

    def ticks(self, count: int) -> list[float]:
        """At most `count` values, evenly along the axis, ends included; the middle for a count of 1.

        Without the last digits that a logarithm leaves: 0.001, never 0.0010000000000000002.

        >>> from hpsearch.space import Log
        >>> Log(1e-4, 1).ticks(3)
        [0.0001, 0.01, 1.0]
        """
        values = self.from_unit(evenly(count)).tolist()
        short = (min(max(float(f"{value:.12g}"), self.low), self.high) for value in values)
        return list(dict.fromkeys(short))

    def cuts(self) -> list[float]:
        """Where to cut the range into parts: at powers of ten where it spans two of them, else in equal parts.

        Equal along the axis, so that each has as many of the draws.

        >>> from hpsearch.space import Linear, Log
        >>> Log(0.002, 1).cuts(), Log(0.01, 0.32).cuts(), Linear(0, 10).cuts()
        ([0.002, 0.01, 0.1, 1], [0.01, 0.02, 0.04, 0.08, 0.16, 0.32], [0.0, 2.0, 4.0, 6.0, 8.0, 10.0])
        """
        if self.low > 0 and self.high / 100 >= self.low:
            return [self.low, *thinned(powers_between(self.low, self.high)), self.high]
        return self._equal_parts()

    def _equal_parts(self) -> list[float]:
        inner = (self.digits(value, round) for value in self.ticks(PARTS + 1)[1:-1])
        between = sorted({value for value in inner if self.low < value < self.high})
        return [float(self.low), *between, float(self.high)]

    def beyond(self, end: End) -> float:
        """Where that end is after moving outwards by `STRETCH` of the length of the axis; it stays if it cannot."""
        import numpy as np

        start, stop = self._ends
        reach = STRETCH * (stop - start)
        place = stop + reach if end == "high" else start - reach
        with np.errstate(all="ignore"):
            value = float(self.back(np.array([place], dtype=np.float64))[0])
        return value if math.isfinite(value) and self._outside(end, value) else getattr(self, end)

    def _outside(self, end: End, value: float) -> bool:
        return value > self.high if end == "high" else value < self.low

    def widened(self, end: End) -> float:
        """The same in few digits: those of `short`, or of the length of a range too narrow for them.

        >>> from hpsearch.space import Log
        >>> Log(1e-6, 1e-2).widened("high")
        0.1
        >>> Log(0.8, 1.1).widened("high")
        1.192
        """
        value = self.beyond(end)
        if not self._outside(end, value):
            return value
        short = self.short(value)
        if self._outside(end, short):
            return short
        return in_units_of(self.high - self.low, value, math.ceil if end == "high" else math.floor)

    def short(self, value: float) -> float:
        """`value` in as few digits as say where it lies."""
        return float(f"{value:.3g}")

    def rounded(self, within: Scale) -> Self:
        """The range with its ends moved outwards to three digits, but not out of `within`: a file is to be read.

        As it is where three digits cannot tell its ends apart.
        """
        # What has more digits than are kept may come out on the wrong side.
        low = max(min(self.digits(self.low, math.floor), self.low), within.low)
        high = min(max(self.digits(self.high, math.ceil), self.high), within.high)
        return self if self.problem(low, high) else replace(self, low=low, high=high)

    def digits(self, value: float, toward: Toward) -> float:
        """`value` to three digits of what the scale measures, here the length of the range."""
        return in_units_of(self.high - self.low, value, toward)


def evenly(count: int) -> Array:
    """`count` places (n,) of [0, 1] from end to end; the middle for a count of 1."""
    import numpy as np

    return np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])


def _like(given: Numbers, result: Array) -> Numbers:
    import numpy as np

    if isinstance(given, np.ndarray):
        return result.reshape(given.shape)
    return float(result[0])


class Scales(Registry[type[Scale]]):
    """Scales by name. One that is registered bears the name it is found under."""

    def register(self, name: str, *, place: int = LAST) -> Callable[[type[Scale]], type[Scale]]:
        """Decorator: file the scale under `name`, which it is called from then on."""
        file = super().register(name, place=place)

        def named(scale: type[Scale]) -> type[Scale]:
            scale.name = name
            return file(scale)

        return named


SCALES = Scales("scale", "hpsearch.space.scales", group="scales", fits=subclass_of(Scale))
