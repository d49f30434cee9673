"""Values at the edge of their range, and how far to move the edge."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from hpsearch.core.trial import Value
from hpsearch.space.parameters import Choice, Integer, Parameter, Real
from hpsearch.space.scales import End, Scale

#: A value within this share of its scale from an end is at the edge: the best may lie beyond.
MARGIN = 0.05
#: Whether a value of the parameter of that name is allowed at all.
Legal = Callable[[str, Value], bool]


@dataclass(frozen=True, slots=True)
class Edge:
    """A value at the edge of its parameter's range.

    `position` is where it lies along the scale, 0 to 1; `beyond` is the new `end` of the range.
    """

    parameter: str
    scale: Scale
    value: float
    position: float
    end: End
    beyond: float


def edge_of(parameter: Parameter, value: Value, legal: Legal) -> Edge | None:
    """Where `value` is at the edge of a range that could go further; None if it is not.

    >>> from hpsearch.space import Log, Real
    >>> edge = edge_of(Real("lr", Log(1e-6, 1e-2)), 0.0099, legal=lambda name, value: True)
    >>> edge and (edge.end, round(edge.position, 3), edge.beyond)
    ('high', 0.999, 0.1)
    """
    if isinstance(parameter, Choice):
        return None
    number = float(value)
    position = parameter.scale.to_unit(number)
    if MARGIN < position < 1 - MARGIN:
        return None
    end: End = "high" if position >= 1 - MARGIN else "low"
    beyond = _beyond(parameter, end)
    low, high = (beyond, parameter.scale.high) if end == "low" else (parameter.scale.low, beyond)
    stays = beyond == getattr(parameter.scale, end)
    if stays or type(parameter.scale).problem(low, high) or not legal(parameter.name, beyond):
        return None
    return Edge(parameter.name, parameter.scale, number, position, end, beyond)


def _beyond(parameter: Real | Integer, end: End) -> float:
    """The end of the range moved outwards; that of whole numbers by one of them at least."""
    scale = parameter.scale
    if isinstance(parameter, Real):
        return scale.widened(end)
    value = scale.beyond(end)
    return max(math.ceil(value), scale.high + 1) if end == "high" else min(math.floor(value), scale.low - 1)
