"""One parameter at a time: the best trial for each of its values, all others optimized over. Pure.

The isolation plot of the tuning playbook (Godbole et al., Deep Learning Tuning Playbook, 2023) as a table.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from msgspec import Struct

from hpsearch.core.trial import Standing, Value, as_number
from hpsearch.space import Choice, Parameter
from hpsearch.space.preview import FEW, cuts, listed, said, spans, told_apart

#: Enough to tell any two numbers apart.
_ALL_DIGITS = 17


class Bucket(Struct, frozen=True):
    """A value, or a part of the range, of the parameter; how many trials it has, and the best of them."""

    label: str
    trials: int
    best: Standing | None


def isolate(standings: Sequence[Standing], parameter: Parameter) -> list[Bucket]:
    """The best trial for each value of `parameter`, or each part of its range, in the order of the range.

    `standings` are best first; trials in which the parameter was not active are in no bucket.
    """
    labels, places = _placed(standings, parameter)
    members: list[list[Standing]] = [[] for _ in labels]
    for standing, place in zip(standings, places, strict=True):
        if place is not None:
            members[place].append(standing)
    return [_bucket(label, inside) for label, inside in zip(labels, members, strict=True)]


def isolate_pairs(standings: Sequence[Standing], first: Parameter, second: Parameter) -> list[list[Bucket]]:
    """The best trial for each value or part of `first`, and in it of `second`; a row for each of `first`.

    A bucket's label is that of `second`; `isolate` has those of `first`, in the same order.
    """
    labels, rows = _placed(standings, first)
    across, columns = _placed(standings, second)
    members: list[list[list[Standing]]] = [[[] for _ in across] for _ in labels]
    for standing, row, column in zip(standings, rows, columns, strict=True):
        if row is not None and column is not None:
            members[row][column].append(standing)
    return [[_bucket(label, inside) for label, inside in zip(across, row, strict=True)] for row in members]


def _bucket(label: str, inside: Sequence[Standing]) -> Bucket:
    return Bucket(label, len(inside), next((standing for standing in inside if standing.rank), None))


def _placed(standings: Sequence[Standing], parameter: Parameter) -> tuple[list[str], list[int | None]]:
    labels, place = _buckets(parameter)
    configs = (standing.trial.config for standing in standings)
    name = parameter.name
    return labels, [place(config[name]) if name in config else None for config in configs]


def _label(value: Value) -> str:
    """A value in full."""
    return repr(value) if isinstance(value, float) else said(value, _ALL_DIGITS)


def _distinct(value: Value) -> tuple[bool, Value]:
    """True equals 1 for Python, and is another choice for people."""
    return isinstance(value, bool), value


def _buckets(parameter: Parameter) -> tuple[list[str], Callable[[Value], int | None]]:
    """The labels of the buckets, and what gives for a value the index of its own."""
    if isinstance(parameter, Choice) or listed(parameter):
        levels = parameter.levels(FEW)
        places = {_distinct(level): place for place, level in enumerate(levels)}
        return list(map(told_apart(levels, _label), levels)), lambda value: places.get(_distinct(value))
    ends = cuts(parameter)
    inner = ends[1:-1]
    return spans(ends), lambda value: bisect_right(inner, as_number(value))
