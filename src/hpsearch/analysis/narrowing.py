"""The space around the best trials of a search: narrower where they agree, wider where they press on an edge."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from hpsearch.core.trial import Config, Value
from hpsearch.core.words import shown
from hpsearch.space import Choice, Integer, Parameter, Real, Scale, Space, Steps
from hpsearch.space.conditions import allows, may_be, parents_first
from hpsearch.space.edges import Edge

#: Enough to tell any two numbers apart.
_ALL_DIGITS = 17


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one parameter: `after` is another range or fewer choices, the one value left, or None.

    None says that its condition cannot hold any more.
    """

    before: Parameter
    after: Parameter | Value | None
    edge: Edge | None = None

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.before.name

    @property
    def fixed(self) -> bool:
        """Whether one value is left, so that there is nothing to search."""
        return self.after is not None and not isinstance(self.after, Real | Integer | Choice)


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
    if isinstance(narrowed, Steps):
        return Change(parameter, narrowed.moved(edge.end, edge.beyond) if edge else narrowed, edge)
    if isinstance(narrowed, Choice):
        # Null and lists stay choices: a file has no other place for them.
        only = narrowed.choices[0] if len(narrowed.choices) == 1 else None
        return Change(parameter, narrowed if only is None or isinstance(only, tuple) else only)
    scale = narrowed.scale
    if isinstance(narrowed, Real) and narrowed.step is None:
        assert isinstance(parameter, Real)  # narrowing changes no kind
        scale = scale.rounded(within=parameter.scale)
    if edge:
        scale = replace(scale, **{edge.end: edge.beyond})
    return Change(parameter, replace(narrowed, scale=scale), edge)


def settled(space: Space, changes: Sequence[Change]) -> list[Change]:
    """The changes of a whole space, with what follows from them for the conditions.

    A condition on the one value left holds always, or never, and then nothing is left of what waits for it. Where
    it holds at times only, the one value left is still a choice of its own: elsewhere there is none.
    """
    known = {change.name: change for change in changes}
    done: dict[str, Change] = {}
    for parameter in parents_first(space.parameters, space.fixed):
        done[parameter.name] = _settled(known[parameter.name], done)
    return [done[change.name] for change in changes]


def _settled(change: Change, done: Mapping[str, Change]) -> Change:
    when: dict[str, tuple[Value, ...]] = {}
    for parent, allowed in change.before.when.items():
        after = done[parent].after if parent in done else None
        left = _left(after, allowed) if parent in done else allowed
        if not left:
            return replace(change, after=None, edge=None)
        if parent not in done or isinstance(after, Real | Integer | Choice):
            when[parent] = left
    if isinstance(change.after, Real | Integer | Choice):
        return replace(change, after=replace(change.after, when=when))
    if not when or not isinstance(change.before, Choice) or change.after is None:
        return change
    return replace(change, after=_only(change.before, change.after, when))


def _only(before: Choice, value: Value, when: Mapping[str, tuple[Value, ...]]) -> Choice:
    return replace(before, choices=tuple(one for one in before.choices if allows((value,), one)), when=when)


def _left(after: Parameter | Value | None, allowed: Collection[Value]) -> tuple[Value, ...]:
    """Which values of a condition its parameter can still have."""
    if isinstance(after, Real | Integer | Choice):
        return tuple(value for value in allowed if may_be(after, value))
    return tuple(value for value in allowed if after is not None and allows((after,), value))


def described(parameter: Parameter | Value, digits: int = 9) -> str:
    """A range, the choices or the value, as the file has it, the ends of a range in so many digits.

    >>> from hpsearch.space import Log
    >>> described(Real("lr", Log(1e-4, 1))), described(Choice("a", ("x", "y"))), described(3)
    ('log [0.0001, 1]', '[x, y]', '3')
    """
    if isinstance(parameter, Steps):
        return _range(parameter.scale, digits, parameter.step)
    if isinstance(parameter, Choice):
        return f"[{', '.join(map(_said, parameter.choices))}]"
    if isinstance(parameter, Real | Integer):
        return _range(parameter.scale, digits, None if isinstance(parameter, Integer) else parameter.step)
    return f"{parameter:.9g}" if isinstance(parameter, float) else _said(parameter)


def _said(value: Value) -> str:
    return shown(value, _ALL_DIGITS) if value is None or isinstance(value, tuple) else str(value)


def _range(scale: Scale, digits: int, step: float | None) -> str:
    steps = "" if step is None else f" by {step:.9g}"
    return f"{scale.name} [{scale.low:.{digits}g}, {scale.high:.{digits}g}]{steps}"
