"""Conditions that never hold, so that what waits for them is never tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hpsearch.config.build import parameter_of
from hpsearch.config.origins import Finding, show
from hpsearch.config.schema import Fixed, ParameterSettings, Range, Spec
from hpsearch.config.space_rules import whole_shown


def unmet(spec: Spec) -> Iterator[Finding]:
    """A warning for each."""
    for name, given in spec.space.items():
        reasons = {parent: _never(spec, name, parent, allowed) for parent, allowed in given.when.items()}
        for parent, reason in reasons.items():
            if reason:
                yield Finding(("space", name, "when", parent), f"never holds: {reason}")
        if not any(reasons.values()) and (reason := _contradiction(spec.space, name)):
            yield Finding(("space", name, "when"), f"never holds: {reason}; remove {name}, or one of the two")


def _never(spec: Spec, name: str, parent: str, allowed: tuple[Any, ...]) -> str | None:
    """Why what a condition names has none of the values that it allows, and what to do."""
    given = spec.space.get(parent)
    if isinstance(given, Range):
        return _between(spec, parent, given, allowed)
    if given is not None and not isinstance(given, Fixed):
        return None  # a value that is none of the choices breaks a rule
    value = getattr(spec.objective, parent) if given is None else given.value
    if _among(value, allowed):
        return None
    section = "objective" if given is None else "space"
    remedy = f"search {parent}, or remove {name}"
    return f"{section}.{parent} is {show(value)}, not among {show(allowed)}; {remedy}"


def _between(spec: Spec, parent: str, given: Range, allowed: tuple[Any, ...]) -> str | None:
    """Why no draw from a range is one of the values: they lie between its steps, or are few of endlessly many."""
    parameter = parameter_of(spec, parent)
    if parameter.size is not None:
        from hpsearch.space.conditions import may_be

        if any(may_be(parameter, value) for value in allowed):
            return None
        steps = f"{whole_shown(given.low)} in steps of {whole_shown(given.step or 1)}"
        return f"{parent} goes from {steps}, past {show(allowed)}"
    # Both ends of a range are drawn as they are, and so is every level of a grid.
    if spec.search.sampler == "grid" or any(value in (given.low, given.high) for value in allowed):
        return None
    exactly = " or ".join(map(show, allowed))
    return f"{parent} has endlessly many values, and none is exactly {exactly}; give it a step, or choices"


def _contradiction(space: Mapping[str, ParameterSettings], name: str) -> str | None:
    """Why the condition of a parameter and those of the parameters that it waits for never hold together."""
    asked: dict[str, tuple[Any, ...]] = {}
    waiting, seen = [name], {name}
    while waiting:
        for parent, allowed in space[waiting.pop()].when.items():
            left = tuple(value for value in asked.get(parent, allowed) if _among(value, allowed))
            if not left:
                return f"it takes {parent} {show(asked[parent])} and {show(allowed)} together"
            asked[parent] = left
            if parent in space and parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return None


def _among(value: object, allowed: tuple[Any, ...]) -> bool:
    """Whether it is one of them; true is not 1 here."""
    return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in allowed)
