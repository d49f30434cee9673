"""The space around the best trials of a search: narrower where they agree, wider where they press on an edge."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hpsearch.core.trial import Config, Value
from hpsearch.space import Choice, Integer, Parameter, Real, Scale, Space
from hpsearch.space.edges import Edge, Legal, edge_of


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one parameter: `after` is another range or fewer choices, or the one value left."""

    before: Parameter
    after: Parameter | Value
    edge: Edge | None = None

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.before.name

    @property
    def fixed(self) -> bool:
        """Whether one value is left, so that there is nothing to search."""
        return not isinstance(self.after, Real | Integer | Choice)


def refine(space: Space, best: Sequence[Config], *, widen: bool, legal: Legal) -> list[Change]:
    """What the space around the `best` configurations (the first of them the best) is, parameter by parameter.

    Ranges narrow to the span of the best and half their mean gap; categories lose what none of the best has. With
    `widen`, an end that the very best presses on moves outwards instead.
    """
    return [_changed(parameter, best, widen, legal) for parameter in space.parameters]


def _changed(parameter: Parameter, best: Sequence[Config], widen: bool, legal: Legal) -> Change:
    values = [config[parameter.name] for config in best if parameter.name in config]
    if not values:
        return Change(parameter, parameter)
    edge = edge_of(parameter, best[0][parameter.name], legal) if widen and parameter.name in best[0] else None
    narrowed = parameter.narrow(values)
    if isinstance(narrowed, Choice):
        only = narrowed.choices[0] if len(narrowed.choices) == 1 else None
        return Change(parameter, narrowed if only is None else only)
    scale = _rounded(narrowed.scale, parameter)
    if edge:
        scale = replace(scale, **{edge.end: edge.beyond})
    return Change(parameter, replace(narrowed, scale=scale), edge)


def _rounded(scale: Scale, parameter: Parameter) -> Scale:
    """`scale` with its ends moved outwards to three digits, within the old range: a file is to be read."""
    assert not isinstance(parameter, Choice)
    if isinstance(parameter, Integer) or parameter.step is not None:
        return scale
    old = parameter.scale
    low, high = _digits(scale, scale.low, math.floor), _digits(scale, scale.high, math.ceil)
    return replace(scale, low=max(low, old.low), high=min(high, old.high))


def _digits(scale: Scale, value: float, toward: Callable[[float], int]) -> float:
    """`value` to three significant digits of what its scale measures: x, 1 - x, or the length of the range."""
    if scale.name == "one_minus_log":
        back = math.ceil if toward is math.floor else math.floor
        return float(f"{1 - _significant(1 - value, back):.15g}")
    if scale.name == "log":
        return _significant(value, toward)
    unit = 10.0 ** (math.floor(math.log10(scale.high - scale.low)) - 2)
    return float(f"{toward(value / unit) * unit:.15g}")


def _significant(value: float, toward: Callable[[float], int]) -> float:
    unit = 10.0 ** (math.floor(math.log10(value)) - 2)
    # The division may miss a whole number by a rounding, and a digit would be given away.
    return float(f"{toward(round(value / unit, 6)) * unit:.15g}")


def described(parameter: Parameter | Value) -> str:
    """A range, the choices or the value, as the file has it.

    >>> from hpsearch.space import Log
    >>> described(Real("lr", Log(1e-4, 1))), described(Choice("a", ("x", "y"))), described(3)
    ('log [0.0001, 1]', '[x, y]', '3')
    """
    if isinstance(parameter, Choice):
        return f"[{', '.join(map(str, parameter.choices))}]"
    if isinstance(parameter, Real | Integer):
        return f"{parameter.scale.name} [{parameter.scale.low:.9g}, {parameter.scale.high:.9g}]"
    return f"{parameter:.9g}" if isinstance(parameter, float) else str(parameter)
