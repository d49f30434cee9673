"""Values at the edge of their range, and how far to move the edge."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hpsearch.core.trial import Value
from hpsearch.space.parameters import Choice, Integer, Parameter
from hpsearch.space.scales import Scale

#: A value within this share of its scale from an end is at the edge: the best may lie beyond.
MARGIN = 0.05
#: A widened range reaches this much of its old length further, along its scale: one decade where there were four.
STRETCH = 0.25
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
    end: Literal["low", "high"]
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
    end: Literal["low", "high"] = "high" if position >= 1 - MARGIN else "low"
    beyond = _beyond(parameter, end)
    low, high = (beyond, parameter.scale.high) if end == "low" else (parameter.scale.low, beyond)
    if type(parameter.scale).problem(low, high) or not legal(parameter.name, beyond):
        return None
    return Edge(parameter.name, parameter.scale, number, position, end, beyond)


def _beyond(parameter: Parameter, end: Literal["low", "high"]) -> float:
    """The end of the range moved outwards by `STRETCH` of its length."""
    assert not isinstance(parameter, Choice)
    scale = parameter.scale
    start, stop = scale.axis(np.array([scale.low, scale.high], dtype=np.float64)).tolist()
    reach = STRETCH * (stop - start)
    place = stop + reach if end == "high" else start - reach
    value = float(scale.back(np.array([place], dtype=np.float64))[0])
    if isinstance(parameter, Integer):
        return (
            max(math.ceil(value), scale.high + 1) if end == "high" else min(math.floor(value), scale.low - 1)
        )
    return _short(scale, value)


def _short(scale: Scale, value: float) -> float:
    """`value` in as few digits as say where it lies: one of it, or of its distance from 1, or three."""
    if scale.name == "log":
        return float(f"{value:.0e}")
    if scale.name == "one_minus_log":
        return float(f"{1 - float(f'{1 - value:.0e}'):.12g}")
    return float(f"{value:.3g}")
