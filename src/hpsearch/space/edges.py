"""Values at the edge of their range, and how far to move the edge."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from msgspec import Struct

from hpsearch.core.trial import Value, as_number
from hpsearch.space.parameters import MOST_VALUES, Choice, Integer, Parameter, Real, Steps
from hpsearch.space.scales import End, Scale
from hpsearch.space.stepping import Stepping, exact

#: A value within this share of its scale from an end is at the edge: the best may lie beyond.
MARGIN = 0.05
#: Whether a value of the parameter of that name is allowed at all.
Legal = Callable[[str, Value], bool]
#: A stepped range is not widened to more values than a file may ask for.
MOST_STEPS = 10_000
#: Words in the names of what is a share or a weight of an average, and never above 1 on any scale.
_SHARES = {
    "momentum",
    "beta",
    "beta1",
    "beta2",
    "dropout",
    "share",
    "fraction",
    "ratio",
    "subsample",
    "colsample",
}


class Edge(Struct, frozen=True):
    """A value at the edge of its parameter's range.

    `position` is where it lies along the scale, 0 to 1; `beyond` is the new `end` of the range.
    """

    parameter: str
    scale: Scale
    value: float
    position: float
    end: End
    beyond: float


def edge_of(parameter: Parameter, value: Value, legal: Legal, margin: float = MARGIN) -> Edge | None:
    """Where `value` is within `margin` of an end of a range that could go further; None if it is not.

    >>> from hpsearch.space import Log, Real
    >>> edge = edge_of(Real("lr", Log(1e-6, 1e-2)), 0.0099, legal=lambda name, value: True)
    >>> edge and (edge.end, round(edge.position, 3), edge.beyond)
    ('high', 0.999, 0.1)
    """
    if isinstance(parameter, Choice) and not isinstance(parameter, Steps):
        return None
    place = as_number(value)
    position = parameter.scale.to_unit(place)
    if margin < position < 1 - margin:
        return None
    end: End = "high" if position >= 1 - margin else "low"
    beyond = _beyond(parameter, end)
    low, high = (beyond, parameter.scale.high) if end == "low" else (parameter.scale.low, beyond)
    stays = beyond == getattr(parameter.scale, end)
    if stays or type(parameter.scale).problem(low, high) or not legal(parameter.name, beyond):
        return None
    return Edge(parameter.name, parameter.scale, place, position, end, beyond)


def _beyond(parameter: Real | Integer | Steps, end: End) -> float:
    """The end moved outwards: to a step, by a whole number, and not past a natural end; as it is if it cannot."""
    scale = parameter.scale
    if isinstance(parameter, Steps):
        return _on_step(parameter, end, _whole(scale, end), MOST_STEPS)
    if isinstance(parameter, Integer):
        beyond = _whole(scale, end)
        return (
            beyond
            if abs(beyond - getattr(scale, end)) + parameter.size < MOST_VALUES
            else getattr(scale, end)
        )
    beyond = _natural(parameter, end, scale.widened(end))
    return beyond if parameter.step is None else _on_step(parameter, end, beyond, MOST_VALUES // 2)


def _on_step(parameter: Real | Steps, end: End, beyond: float, most: int) -> float:
    """The last step before `beyond`, or the next one, so that what was tried stays in it; `most` values in all."""
    assert parameter.step is not None
    scale, step = parameter.scale, exact(parameter.step)
    stepping = Stepping.of(scale.low, scale.high, parameter.step)
    sign, start = (1, exact(stepping.last)) if end == "high" else (-1, exact(scale.low))
    count = max(int(sign * (exact(beyond) - start) / step), 1)
    value = float(start + sign * count * step)
    natural = _natural(parameter, end, value) if isinstance(parameter, Real) else max(value, _fewest(scale))
    return value if natural == value and stepping.count + count <= most else getattr(scale, end)


def _whole(scale: Scale, end: End) -> float:
    """The end of a range of whole numbers moved outwards by one at least."""
    value = scale.beyond(end)
    if end == "high":
        return max(math.ceil(value), scale.high + 1)
    return max(min(math.floor(value), scale.low - 1), _fewest(scale))


def _fewest(scale: Scale) -> float:
    """What is counted from 1 on, such as layers, has no 0, and nothing that is counted is below it."""
    return min(1.0, scale.low) if scale.low >= 0 else -math.inf


def _natural(parameter: Real, end: End, beyond: float) -> float:
    """`beyond`, or, where 0 or the 1 of a share lies before it, half of the way there.

    Half, since nobody knows whether that end itself may be had: a momentum of 1 never stops.
    """
    scale = parameter.scale
    if end == "low" and scale.low >= 0 >= beyond:
        return float(f"{scale.low / 2:.3g}")
    if end == "high" and scale.low >= 0 and scale.high <= 1 <= beyond and _is_share(parameter):
        return round(1 - float(f"{(1 - scale.high) / 2:.3g}"), 15)
    return beyond


def _is_share(parameter: Real) -> bool:
    """Whether its name says so, or nothing says otherwise: on a logarithmic scale 1 is a number like others."""
    words = re.split(r"[^a-z0-9]+", parameter.name.lower())
    return not parameter.scale.logarithmic or not _SHARES.isdisjoint(words)
