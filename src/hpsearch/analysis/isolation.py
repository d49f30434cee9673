"""One parameter at a time: the best trial for each of its values, all others optimized over. Pure.

The isolation plot of the tuning playbook (Godbole et al., Deep Learning Tuning Playbook, 2023) as a table.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hpsearch.core.trial import Standing, Value
from hpsearch.space import Parameter
from hpsearch.space.preview import FEW, cuts, listed, said


@dataclass(frozen=True, slots=True)
class Bucket:
    """A value, or a part of the range, of the parameter; how many trials it has, and the best of them."""

    label: str
    trials: int
    best: Standing | None


def isolate(standings: Sequence[Standing], parameter: Parameter) -> list[Bucket]:
    """The best trial for each value of `parameter`, or each part of its range, in the order of the range.

    `standings` are best first; trials in which the parameter was not active are in no bucket.
    """
    labels, places = _buckets(
        [standing.trial.config.get(parameter.name) for standing in standings], parameter
    )
    members: list[list[Standing]] = [[] for _ in labels]
    for standing, place in zip(standings, places, strict=True):
        if place is not None:
            members[place].append(standing)
    return [
        Bucket(label, len(inside), next((standing for standing in inside if standing.rank), None))
        for label, inside in zip(labels, members, strict=True)
    ]


def _buckets(values: Sequence[Value | None], parameter: Parameter) -> tuple[list[str], list[int | None]]:
    """The labels of the buckets, and for each value the index of its own."""
    if listed(parameter):
        levels = parameter.levels(FEW)
        return [said(level) for level in levels], [
            levels.index(value) if value in levels else None for value in values
        ]
    ends = cuts(parameter)
    labels = [f"{low:.4g} to {high:.4g}" for low, high in pairwise(ends)]
    inner = ends[1:-1]
    return labels, [None if value is None else bisect_right(inner, float(value)) for value in values]
