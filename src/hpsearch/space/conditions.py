"""Conditions: which parameters of a space hold, given the values of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from hpsearch.core.deferred import np
from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.core.trial import Value
from hpsearch.space.parameters import Choice, Parameter, When

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"


def parents_first(parameters: Sequence[Parameter], fixed: Mapping[str, Value]) -> tuple[Parameter, ...]:
    """The parameters in their order, but each after those that its condition names.

    Raises InputError where a condition names nothing known, or conditions go round in a circle.
    """
    known = {parameter.name: parameter for parameter in parameters}
    placed: dict[str, Parameter] = {}
    for parameter in parameters:
        _place(parameter, known, fixed, placed, ())
    return tuple(placed.values())


def _place(
    parameter: Parameter,
    known: Mapping[str, Parameter],
    fixed: Mapping[str, Value],
    placed: dict[str, Parameter],
    trail: tuple[str, ...],
) -> None:
    name = parameter.name
    if name in trail:
        circle = " -> ".join((*trail[trail.index(name) :], name))
        raise InputError(f"the conditions of {name} go round in a circle ({circle}); remove one")
    if name in placed:
        return
    for parent in parameter.when:
        if parent in known:
            _place(known[parent], known, fixed, placed, (*trail, name))
        elif parent not in fixed:
            hint = did_you_mean(parent, [*known, *fixed]) or f"; known: {', '.join([*known, *fixed])}"
            raise InputError(f"{name}: its condition names {parent!r}, which nothing is called{hint}")
    placed[name] = parameter


def holds(when: When, values: Mapping[str, Value]) -> bool:
    """Whether every condition holds; none does on a name without a value.

    >>> holds({"optimizer": ("adam", "adamw")}, {"optimizer": "adam"}), holds({"layers": (1,)}, {})
    (True, False)
    """
    return all(name in values and allows(allowed, values[name]) for name, allowed in when.items())


def allows(allowed: Sequence[Value], value: Value) -> bool:
    """Whether `value` is among `allowed`; True is not 1 here."""
    return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in allowed)


def allowing(parent: Parameter, allowed: Sequence[Value], units: Array) -> NDArray[np.bool_]:
    """Whether the values of `parent` at `units` (n,) are among `allowed`, each (n,)."""
    if isinstance(parent, Choice):
        table = np.array([allows(allowed, choice) for choice in parent.choices])
        return np.asarray(table[parent.bins.indices(units)])
    values = parent.decode(np.ascontiguousarray(units))
    known = {value: allows(allowed, value) for value in set(values)}
    return np.array([known[value] for value in values], dtype=np.bool_)


def may_be(parameter: Parameter, value: Value) -> bool:
    """Whether the parameter can have the value; a number is the same with and without a fraction of 0."""
    if isinstance(parameter, Choice):
        return value in parameter
    if value is None or isinstance(value, bool | str | tuple):
        return False
    return any(form in parameter for form in (float(value), int(value)) if form == value)


def count(ordered: Sequence[Parameter], fixed: Mapping[str, Value]) -> int | None:
    """How many configurations there are; None if any parameter has endlessly many values.

    `ordered` as `parents_first` gives it. Only parameters that depend on each other are counted together,
    so that many independent conditions stay cheap.
    """
    if any(parameter.size is None for parameter in ordered):
        return None
    total = 1
    for family in _families(ordered):
        total *= _count_family(family, fixed)
    return total


def _families(ordered: Sequence[Parameter]) -> list[list[Parameter]]:
    """The parameters in groups that conditions connect; the order inside a group is kept."""
    families: list[list[Parameter]] = []
    for parameter in ordered:
        related = [family for family in families if any(other.name in parameter.when for other in family)]
        families = [family for family in families if family not in related]
        families.append([*(other for family in related for other in family), parameter])
    return families


def _count_family(family: Sequence[Parameter], values: Mapping[str, Value]) -> int:
    if not family:
        return 1
    first, rest = family[0], family[1:]
    if not holds(first.when, values):
        return _count_family(rest, values)
    decisive = _decisive(first, rest)
    total = sum(_count_family(rest, {**values, first.name: value}) for value in decisive)
    others = (first.size or 0) - len(decisive)
    return total + others * _count_family(rest, values) if others else total


def _decisive(parameter: Parameter, others: Sequence[Parameter]) -> list[Value]:
    """The values of `parameter` that a condition of `others` asks for."""
    asked = [value for other in others for value in other.when.get(parameter.name, ())]
    return list(dict.fromkeys(value for value in asked if value in parameter))


def walk(ordered: Sequence[Parameter], values: Mapping[str, Value]) -> Iterator[Mapping[str, Value]]:
    """Every configuration of finite parameters, the first parameter slowest, with the fixed `values`."""
    if not ordered:
        yield values
        return
    first, rest = ordered[0], ordered[1:]
    if not holds(first.when, values):
        yield from walk(rest, values)
        return
    for value in first.levels(first.size or 0):
        yield from walk(rest, {**values, first.name: value})
