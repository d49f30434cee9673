"""Parameters: what one axis of the unit cube stands for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from hpsearch.core.deferred import np
from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.core.trial import Value, as_number
from hpsearch.core.words import shown
from hpsearch.space.bins import Bins, evenly_wide
from hpsearch.space.scales import End, Linear, Scale, evenly
from hpsearch.space.stepping import Stepping, exact

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
#: Name of another parameter, or of a fixed value of the objective -> the values that let this one be drawn.
When = Mapping[str, tuple[Value, ...]]
Kind = Literal["real", "ordinal", "categorical"]
#: The least that a narrowed range keeps beyond the values it is narrowed to, in unit space.
LEAST_MARGIN = 0.025
#: More values than this cannot be told apart in the unit interval of a float64.
MOST_VALUES = 10**15


@dataclass(frozen=True)
class Real:
    """A number between the ends of `scale`; with `step` only low, low + step, ..., each equally likely.

    Raises InputError where the step does not suit the range.

    >>> from hpsearch.space.scales import Linear, Log
    >>> Real("lr", Log(1e-4, 1)).decode(np.array([0.0, 1.0]))
    [0.0001, 1.0]
    >>> Real("dropout", Linear(0.1, 0.5), step=0.1).levels(9)
    [0.1, 0.2, 0.3, 0.4, 0.5]
    """

    name: str
    scale: Scale
    _: KW_ONLY
    step: float | None = None
    when: When = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.step is None:
            return
        problem = _step_problem(self.scale, self.step)
        if problem is not None:
            raise InputError(f"{self.name}: step {self.step} {problem}")

    @property
    def kind(self) -> Kind:
        """`ordinal` with a step."""
        return "real" if self.bins is None else "ordinal"

    @property
    def size(self) -> int | None:
        """How many values there are; None without a step."""
        return None if self.bins is None else self.bins.size

    @cached_property
    def bins(self) -> Bins | None:
        """The values of a stepped range."""
        if self.step is None:
            return None
        return Bins.over(type(self.scale), self.scale.low, self.step, self._stepping.count)

    @cached_property
    def _stepping(self) -> Stepping:
        assert self.step is not None  # asked only where there are bins
        return Stepping.of(self.scale.low, self.scale.high, self.step)

    def decode(self, unit: Array) -> list[Value]:
        """The values at the places of `unit` (n,)."""
        if self.bins is None:
            return list(self.scale.from_unit(unit).tolist())
        return [self._stepping.value(index) for index in self.bins.indices(unit).tolist()]

    def snapped(self, unit: Array) -> Array:
        """The places (n,) of the values at the places of `unit` (n,), as `encode` gives them."""
        if self.bins is None:
            return self.scale.to_unit(self.scale.from_unit(unit))
        return self.bins.middle_of(unit)

    def encode(self, values: Sequence[Value]) -> Array:
        """The places (n,) of `values` in [0, 1]; what is outside the range is taken for its nearest end."""
        numbers = np.array(values, dtype=np.float64)
        if self.bins is None:
            return self.scale.to_unit(numbers)
        return self.bins.units(self.bins.nearest(numbers))

    def narrow(self, values: Sequence[Value]) -> Real:
        """The part of the range that holds `values`, and half their mean gap on either side."""
        if not values:
            return self
        unit = self.encode(values)
        if self.bins is None:
            ends = np.clip(_span(unit), 0.0, 1.0)
            low, high = self.scale.from_unit(ends).tolist()
        else:
            low, high = (self._stepping.value(index) for index in self.bins.between(unit, _margin(unit)))
        return (
            self
            if self.scale.problem(low, high)
            else replace(self, scale=replace(self.scale, low=low, high=high))
        )

    def levels(self, count: int) -> list[Value]:
        """At most `count` values, evenly along the scale, ends included; the middle for a count of 1."""
        if self.bins is None:
            return list(self.scale.ticks(count))
        places = evenly(min(count, self.bins.size)) * (self.bins.size - 1)
        return [self._stepping.value(index) for index in np.rint(places).astype(int).tolist()]

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, float) or not self.scale.low <= value <= self.scale.high:
            return False
        return self.bins is None or self.decode(self.encode([value])) == [value]


@dataclass(frozen=True)
class Integer:
    """A whole number between the ends of `scale`, both included.

    On a linear scale all are equally likely; on the others each gets its share of the axis.
    Raises InputError where an end is not whole.

    >>> from hpsearch.space.scales import Linear, Log
    >>> Integer("hidden_layers", Linear(2, 4)).decode(np.array([0.0, 0.5, 1.0]))
    [2, 3, 4]
    >>> Integer("batch_size", Log(1, 1000)).levels(4)
    [1, 10, 100, 1000]
    """

    name: str
    scale: Scale
    _: KW_ONLY
    when: When = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for end in ("low", "high"):
            value = getattr(self.scale, end)
            if not float(value).is_integer():
                raise InputError(f"{self.name}: {end} {value} must be a whole number for whole values")
        if self.scale.high - self.scale.low >= MOST_VALUES:
            raise InputError(f"{self.name}: the range must hold fewer than {MOST_VALUES} values; narrow it")

    @property
    def kind(self) -> Kind:
        """Always `ordinal`."""
        return "ordinal"

    @property
    def size(self) -> int:
        """How many values there are."""
        return self.bins.size

    @cached_property
    def bins(self) -> Bins:
        """The whole numbers of the range."""
        low, high = int(self.scale.low), int(self.scale.high)
        return Bins.over(type(self.scale), low, 1, high - low + 1)

    def decode(self, unit: Array) -> list[Value]:
        """The values at the places of `unit` (n,)."""
        return self._values(self.bins.indices(unit))

    def snapped(self, unit: Array) -> Array:
        """The middle (n,) of the bin that each place of `unit` (n,) is in."""
        return self.bins.middle_of(unit)

    def encode(self, values: Sequence[Value]) -> Array:
        """The middle (n,) of each value's bin; what is outside the range is taken for its nearest end."""
        return self.bins.units(self.bins.nearest(np.array(values, dtype=np.float64)))

    def narrow(self, values: Sequence[Value]) -> Integer:
        """The part of the range that holds `values`, and half their mean gap on either side."""
        if not values:
            return self
        unit = self.encode(values)
        low, high = (int(self.scale.low) + index for index in self.bins.between(unit, _margin(unit)))
        return (
            self
            if self.scale.problem(low, high)
            else replace(self, scale=replace(self.scale, low=low, high=high))
        )

    def levels(self, count: int) -> list[Value]:
        """At most `count` values, evenly along the scale, ends included; fewer where they would repeat."""
        if count >= self.size:
            return self._values(np.arange(self.size))
        return self._values(np.unique(self.bins.nearest(self.scale.from_unit(evenly(count)))))

    def __contains__(self, value: object) -> bool:
        return type(value) is int and self.scale.low <= value <= self.scale.high

    def _values(self, indices: NDArray[np.int64]) -> list[Value]:
        return list((indices + int(self.scale.low)).tolist())


@dataclass(frozen=True)
class Choice:
    """One of a few values, all equally likely.

    `ordered` says that neighbours are alike: True for numbers unless said otherwise, which are then sorted;
    texts keep the order given. Raises InputError without choices, or where one is given twice.

    >>> Choice("batch_size", (128, 32, 64)).choices
    (32, 64, 128)
    >>> Choice("activation", ("relu", "tanh")).decode(np.array([0.2, 0.7]))
    ['relu', 'tanh']
    """

    name: str
    choices: tuple[Value, ...]
    _: KW_ONLY
    ordered: bool | None = None
    when: When = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        ordered = self.numeric if self.ordered is None else self.ordered
        choices = (
            tuple(sorted(self.choices, key=as_number)) if self.numeric and ordered else tuple(self.choices)
        )
        object.__setattr__(self, "ordered", ordered)
        object.__setattr__(self, "choices", choices)
        if not choices:
            raise InputError(f"{self.name}: choices must not be empty; give at least one value")
        if len(self._places) < len(choices):
            raise InputError(f"{self.name}: choices {list(choices)} hold a value twice; remove one")

    @property
    def numeric(self) -> bool:
        """Whether all choices are numbers."""
        return all(
            isinstance(choice, int | float) and not isinstance(choice, bool) for choice in self.choices
        )

    @property
    def kind(self) -> Kind:
        """`ordinal` where the choices are ordered."""
        return "ordinal" if self.ordered else "categorical"

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.choices)

    @cached_property
    def bins(self) -> Bins:
        """The bins of the choices."""
        return evenly_wide(len(self.choices))

    @cached_property
    def _places(self) -> dict[tuple[bool, Value], int]:
        # True equals 1 for Python, and is another choice for people.
        return {_distinct(choice): index for index, choice in enumerate(self.choices)}

    def decode(self, unit: Array) -> list[Value]:
        """The values at the places of `unit` (n,)."""
        return [self.choices[index] for index in self.bins.indices(unit).tolist()]

    def snapped(self, unit: Array) -> Array:
        """The middle (n,) of the bin that each place of `unit` (n,) is in."""
        return self.bins.middle_of(unit)

    def encode(self, values: Sequence[Value]) -> Array:
        """The middle (n,) of the bin of each value. Raises InputError for a value that is no choice."""
        try:
            indices = [self._places[_distinct(value)] for value in values]
        except KeyError as missing:
            value = missing.args[0][1]
            known = [shown(choice) for choice in self.choices]
            hint = did_you_mean(shown(value), known) or f"; known: {', '.join(known)}"
            raise InputError(f"{self.name}: {value!r} is not among the choices{hint}") from None
        return self.bins.units(np.array(indices, dtype=np.int64))

    def narrow(self, values: Sequence[Value]) -> Choice:
        """The choices among `values`, in the order they had."""
        seen = {_distinct(value) for value in values}
        kept = tuple(choice for choice in self.choices if _distinct(choice) in seen)
        return replace(self, choices=kept) if kept else self

    def levels(self, count: int) -> list[Value]:  # noqa: ARG002  # a grid leaves no choice out
        """Every choice, whatever the count."""
        return list(self.choices)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, float | int | str | tuple | None) and _distinct(value) in self._places


class Steps(Choice):
    """The whole numbers low, low + step, ... of a range: choices whose neighbours belong together.

    >>> Steps("width", (16, 32, 48, 64, 80)).narrow([32, 64]).choices
    (16, 32, 48, 64, 80)
    >>> Steps("width", tuple(range(0, 1001, 10))).narrow([980, 1000]).choices[0]
    950
    """

    @property
    def step(self) -> int:
        """The distance of neighbours."""
        return int(as_number(self.choices[1]) - as_number(self.choices[0]))

    @property
    def scale(self) -> Scale:
        """The range that the values span."""
        return Linear(int(as_number(self.choices[0])), int(as_number(self.choices[-1])))

    def narrow(self, values: Sequence[Value]) -> Steps:
        """The part of the range that holds `values`, and half their mean gap on either side."""
        if not values:
            return self
        unit = self.encode(values)
        first, last = self.bins.between(unit, _margin(unit))
        return replace(self, choices=self.choices[first : last + 1])

    def moved(self, end: End, to: float) -> Steps:
        """The range with another end, on a step."""
        scale = replace(self.scale, **{end: to})
        return replace(self, choices=tuple(range(int(scale.low), int(scale.high) + 1, self.step)))


Parameter = Real | Integer | Choice


def _distinct(value: Value) -> tuple[bool, Value]:
    return isinstance(value, bool), value


def _step_problem(scale: Scale, step: float) -> str | None:
    if scale.step_problem is not None:
        return f"{scale.step_problem} (got {scale.name})"
    width = exact(scale.high) - exact(scale.low)
    if not (math.isfinite(step) and step > 0 and Stepping.of(scale.low, scale.high, step).count > 1):
        return f"must be above 0 and at most high - low, {float(width)}"
    if width / exact(step) >= MOST_VALUES:
        return f"must leave fewer than {MOST_VALUES} values; use a larger step"
    return None


def _margin(unit: Array) -> float:
    """Half the mean gap of `unit` (n,), or the least margin if that is more."""
    return max(LEAST_MARGIN, float(np.ptp(unit)) / (2 * max(len(unit) - 1, 1)))


def _span(unit: Array) -> Array:
    margin = _margin(unit)
    return np.array([unit.min() - margin, unit.max() + margin])
