"""Axes: where values lie between 0 and 1, and what stands beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Value
from hpsearch.core.words import shown, spoken
from hpsearch.space import Choice, Parameter
from hpsearch.space.preview import cuts, listed
from hpsearch.space.scales.digits import powers_between, thinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
#: The share of an axis that a letter takes below it, and what is between two words; so many words there are about.
_LETTER, _GAP, _TICKS = 0.027, 0.04, 6
#: From this factor on a metric that is above 0 is drawn by its logarithm.
_WIDE = 50
_STEPS = (1, 2, 5, 10)
#: Where the best so far is to be seen the height is for the better half: many trainings are stopped early.
BETTER = 0.5


class Axis(Struct, frozen=True):
    """What it is of, its ticks as (place, text), and where numbers lie: beyond its ends, at these.

    `beyond` says what does lie beyond; empty where nothing does.
    """

    label: str
    ticks: Sequence[tuple[float, str]]
    place: Callable[[Sequence[float] | Array], Array]
    beyond: str = ""


def numbers(label: str, low: float, high: float, *, log: bool = False, whole: bool = False) -> Axis:
    """Of plain numbers; with some room around one single value. `whole`: only such ticks."""
    if log and 0 < low < high:
        first, last = math.log10(low), math.log10(high)
        ticks = [(math.log10(tick), tick) for tick in _powers(low, high)]
        place = _between(first, last)
        return Axis(label, _told(ticks, first, last), lambda values: place(_logs(values)))
    if not low < high:
        room = abs(low) * 0.1 or 0.5
        low, high = low - room, high + room
    ticks = [(tick, tick) for tick in rounded(low, high) if not whole or tick.is_integer()]
    return Axis(label, _told(ticks, low, high), _between(low, high))


def _logs(values: Sequence[float] | Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(np.log10(np.asarray(values, dtype=np.float64)))


def _between(low: float, high: float) -> Callable[[Sequence[float] | Array], Array]:
    def place(values: Sequence[float] | Array) -> Array:
        return np.asarray(np.clip((np.asarray(values, dtype=np.float64) - low) / (high - low), 0.0, 1.0))

    return place


def _told(ticks: Iterable[tuple[float, float]], low: float, high: float) -> list[tuple[float, str]]:
    return [((place - low) / (high - low), f"{value:.6g}") for place, value in ticks]


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten between the ends; where there are not two, whatever is round."""
    powers = thinned(powers_between(low * (1 - 1e-6), high * (1 + 1e-6)), _TICKS)
    return powers if len(powers) > 1 else [tick for tick in rounded(low, high) if tick > 0]


def rounded(low: float, high: float) -> list[float]:
    """Round numbers between the ends, a few of them.

    >>> rounded(0.03, 0.98)
    [0.2, 0.4, 0.6, 0.8]
    """
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in _STEPS if step * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return [float(f"{(first + index) * step:.12g}") for index in range(count)]


def of_metric(
    label: str, metric: Metric, values: Iterable[float], share: float = 0.9, seen: Sequence[float] = ()
) -> Axis:
    """Of a metric whose values are these: ends where most are, a factor of many by its logarithm.

    What is far worse than most would leave no room for the rest: it lies at the end, and `beyond` says so.

    Args:
        share: of them is most.
        seen: those of the values that do not lie beyond, however far they are.
    """
    told = np.array([value for value in values if math.isfinite(value)], dtype=np.float64)
    if not len(told):
        return Axis(label, (), _between(0.0, 1.0))
    losses = metric.sign * told
    best, most, worst = (float(np.quantile(losses, share)) for share in (0, share, 1))
    room = min(worst, 3 * most - 2 * best) if most > best else worst
    end = metric.sign * max([room, *(metric.sign * value for value in seen)])
    low, high = sorted((metric.sign * best, end))
    log = low > 0 and high / low > _WIDE and metric.goal == "minimize"
    beyond = f"What is worse than {end:.3g} lies at the edge." if metric.sign * end < worst else ""
    return replace(numbers(label, low, high, log=log), beyond=beyond)


def of_parameter(parameter: Parameter) -> Axis:
    """Of a parameter, on its own scale; what lies along it are units of the cube."""
    labels = [(place, said) for place, said in _labels(parameter) if 0 <= place <= 1]
    return Axis(spoken(parameter.name), labels, lambda units: np.asarray(units, dtype=np.float64))


def _labels(parameter: Parameter) -> list[tuple[float, str]]:
    if isinstance(parameter, Choice):
        values: list[Value] = list(parameter.choices)
        every = -(-len(values) // (_TICKS + 2))
        values = values[::every]
    elif listed(parameter):
        values = parameter.levels(_TICKS)
    else:
        values = list(cuts(parameter))
    places = parameter.encode(values).tolist()
    told = [(place, shown(value, 4)) for place, value in zip(places, values, strict=True)]
    return told if parameter.kind == "categorical" else _apart(told)


def _apart(ticks: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The ends, and what lies well between them."""
    (first, *inner), last = ticks[:-1] or ticks, ticks[-1]
    kept = [first]
    for tick in inner:
        if _clear(kept[-1], tick) and _clear(tick, last):
            kept.append(tick)
    return [*kept, last] if last is not first else kept


def _clear(one: tuple[float, str], other: tuple[float, str]) -> bool:
    """Whether two words do not touch."""
    return other[0] - one[0] >= _LETTER * (len(one[1]) + len(other[1])) / 2 + _GAP
