"""The space around the best trials of a search: narrower where they agree, wider where they press on an edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hpsearch.core.trial import Config, Value
from hpsearch.space import Choice, Integer, Parameter, Real, Space
from hpsearch.space.edges import Edge


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


def refine(space: Space, best: Sequence[Config], edges: Mapping[str, Edge]) -> list[Change]:
    """What the space around the `best` configurations (the first of them the best) is, parameter by parameter.

    Ranges narrow to the span of the best and half their mean gap; categories lose what none of the best has. The
    ends of `edges`, by the names of their parameters, move outwards instead.
    """
    return [_changed(parameter, best, edges.get(parameter.name)) for parameter in space.parameters]


def _changed(parameter: Parameter, best: Sequence[Config], edge: Edge | None) -> Change:
    values = [config[parameter.name] for config in best if parameter.name in config]
    if not values:
        return Change(parameter, parameter)
    narrowed = parameter.narrow(values)
    if isinstance(narrowed, Choice):
        only = narrowed.choices[0] if len(narrowed.choices) == 1 else None
        return Change(parameter, narrowed if only is None else only)
    scale = narrowed.scale
    if isinstance(narrowed, Real) and narrowed.step is None:
        assert isinstance(parameter, Real)  # narrowing changes no kind
        scale = scale.rounded(within=parameter.scale)
    if edge:
        scale = replace(scale, **{edge.end: edge.beyond})
    return Change(parameter, replace(narrowed, scale=scale), edge)


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
