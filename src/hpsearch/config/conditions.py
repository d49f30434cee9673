"""What `when` may ask: of whom, for which values, and never in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hpsearch.config.messages import got
from hpsearch.config.objective import ObjectiveSettings, UnknownKind
from hpsearch.config.origins import Finding, KeyPath, show
from hpsearch.config.schema import Choices, Fixed, ParameterSettings, Range
from hpsearch.config.space_rules import is_whole, legality, whole_shown
from hpsearch.core.errors import did_you_mean

Kind = type[ObjectiveSettings]


def check_conditions(
    space: Mapping[str, ParameterSettings], broken: frozenset[str], kind: Kind
) -> Iterator[Finding]:
    """Every rule the conditions of the space break; of parameters in `broken` only the name is known."""
    for name, parameter in space.items():
        for parent, values in parameter.when.items():
            yield from _check_condition(("space", name, "when", parent), values, space, broken, kind)
    for circle in _circles(space):
        chain = " -> ".join((*circle, circle[0]))
        path = ("space", circle[0], "when", circle[1 % len(circle)])
        yield Finding(path, f"the conditions go round in a circle ({chain}); remove one")


def _check_condition(
    path: KeyPath,
    values: tuple[object, ...],
    space: Mapping[str, ParameterSettings],
    broken: frozenset[str],
    kind: Kind,
) -> Iterator[Finding]:
    parent = str(path[-1])
    fields = (*kind.searchable(), "epochs")
    if parent in broken or (kind is UnknownKind and parent not in space):
        return
    if parent not in space and parent not in fields:
        known = (*space, *(name for name in fields if name not in space))
        hint = did_you_mean(parent, known) or f"; known: {', '.join(known)}"
        yield Finding(path, f"is neither a parameter of the space nor a field of the objective{hint}")
        return
    for value in values:
        problem = _impossible(parent, value, space.get(parent), kind)
        if problem is not None:
            yield Finding(path, problem, (("space", parent),))


def _impossible(parent: str, value: object, parameter: ParameterSettings | None, kind: Kind) -> str | None:
    """Why `parent` never has the value."""
    if parameter is None:
        return legality(kind, parent, value)
    if isinstance(parameter, Fixed):  # which a condition may wait for, as for a field of the objective
        return legality(kind, parent, value)
    if isinstance(parameter, Choices):
        if any(
            value == choice and isinstance(value, bool) == isinstance(choice, bool)
            for choice in parameter.choices
        ):
            return None
        hint = did_you_mean(value, map(str, parameter.choices)) if isinstance(value, str) else ""
        return f"must be among the choices of {parent}, {show(parameter.choices)}{got(value)}{hint}"
    return _outside(parent, value, parameter, kind)


def _outside(parent: str, value: object, given: Range, kind: Kind) -> str | None:
    low, high = show(whole_shown(given.low)), show(whole_shown(given.high))
    if isinstance(value, bool) or not isinstance(value, int | float) or not given.low <= value <= given.high:
        return f"must be in the range of {parent}, [{low}, {high}]{got(value)}"
    if is_whole(parent, given, kind) and not float(value).is_integer():
        return f"must be a whole number, like every {parent}{got(value)}"
    return None


def _circles(space: Mapping[str, ParameterSettings]) -> Iterator[tuple[str, ...]]:
    """Circles of conditions as the names along each, until without them none is left."""
    parents = {name: [parent for parent in given.when if parent in space] for name, given in space.items()}
    while parents := _entangled(parents):
        trail: list[str] = []
        name = next(iter(parents))
        while name not in trail:
            trail.append(name)
            name = parents[name][0]
        circle = tuple(trail[trail.index(name) :])
        yield circle
        parents = {name: of for name, of in parents.items() if name not in circle}


def _entangled(parents: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is left when everything whose parents are settled is taken away, again and again."""
    while True:
        waiting = {name: [parent for parent in of if parent in parents] for name, of in parents.items()}
        left = {name: of for name, of in waiting.items() if of}
        if len(left) == len(parents):
            return left
        parents = left
