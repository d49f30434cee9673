"""Ranges of one parameter in several searches, on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hpsearch.core.trial import Value
from hpsearch.reporting.page.found import Ancestor
from hpsearch.space import Choice, Integer, Parameter, Real

Span = tuple[float, float]


def spanning(parameter: Parameter, ancestors: Sequence[Ancestor]) -> Parameter:
    """The parameter with a range that holds those that the earlier searches had of it, as far as they are alike."""
    if isinstance(parameter, Choice):
        return parameter
    alike = [one for one in (had(old, parameter.name) for old in ancestors) if _alike(one, parameter)]
    scales = [parameter.scale, *(one.scale for one in alike if isinstance(one, Real | Integer))]
    scale = replace(parameter.scale, low=min(s.low for s in scales), high=max(s.high for s in scales))
    if isinstance(parameter, Real):
        return Real(parameter.name, scale, when=parameter.when)  # a step need not lead from end to end
    return Integer(parameter.name, scale, when=parameter.when)


def had(ancestor: Ancestor, name: str) -> Parameter | None:
    """The parameter of that name in an earlier search."""
    return next((one for one in ancestor.space.parameters if one.name == name), None)


def _alike(one: Parameter | None, other: Real | Integer) -> bool:
    return isinstance(one, Real | Integer) and type(one.scale) is type(other.scale)


def span(parameter: Parameter | None, on: Parameter) -> Span | None:
    """Where the range of `parameter` lies along that of `on`; None where it has no such place."""
    if isinstance(parameter, Choice) and isinstance(on, Choice):
        return _of_choices(parameter, on)
    if isinstance(parameter, Choice | None) or isinstance(on, Choice) or not _alike(parameter, on):
        return None
    low, high = on.encode([parameter.scale.low, parameter.scale.high]).tolist()
    return low, high


def _of_choices(parameter: Choice, on: Choice) -> Span | None:
    """Around those of its choices that are left, if they are neighbours."""
    known: list[Value] = [choice for choice in parameter.choices if choice in on]
    if not known:
        return None
    places, half = on.encode(known), 0.5 / on.size
    low, high = float(places.min()) - half, float(places.max()) + half
    return (low, high) if round((high - low) * on.size) == len(known) else None


def middle(places: Sequence[float], share: float = 0.8) -> Span:
    """Where the middle `share` of the places lie."""
    low, high = np.quantile(places, [(1 - share) / 2, (1 + share) / 2]).tolist()
    return low, high
