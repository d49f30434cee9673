"""Trials that their metric cannot tell apart, in the order of their losses. Pure.

An accuracy on a few hundred rows is known to a percent or so; the loss on the same rows tells more, and says where
a network has exploded though most of its answers still are right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Epochs


def by_loss(
    places: Sequence[int],
    losses: Sequence[float],
    breakers: Sequence[float],
    lengths: Sequence[Epochs],
    metric: Metric,
    rows: int,
) -> tuple[list[int], set[int]]:
    """The `places`, best first: by what they rank by, and by `breakers` where that cannot tell them apart.

    And those of them that the breakers have put in another order than what they rank by.

    The first is tied with those that are worse by no more than its standard error on so many `rows`, and were
    trained for as long; then the first of those that are left, and so on.

    Args:
        losses: what they rank by, lower better.
        breakers: what tells ties apart, lower better.
        lengths: the epochs they were trained for: loss grows with training where accuracy does not fall.
        rows: 0 if unknown, and then only equals are tied.
    """
    all_places = np.array(places, dtype=np.intp)
    keys = [np.array(values, dtype=np.float64)[all_places] for values in (breakers, losses)]
    ordered: list[int] = all_places[np.lexsort(keys)].tolist()
    if not rows or metric.loss_beside is None:
        return ordered, set()
    found, taken, moved = list[int](), set[int](), set[int]()
    for first, leader in enumerate(ordered):
        if leader in taken:
            continue
        bound = losses[leader] + metric.standard_error(metric.sign * losses[leader], rows)
        group = list[int]()
        for later in range(first, len(ordered)):  # a slice would copy what is left for each group
            place = ordered[later]
            if losses[place] > bound:
                break
            if place not in taken and lengths[place] == lengths[leader]:
                group.append(place)
        taken.update(group)
        told_apart = sorted(group, key=breakers.__getitem__)
        if told_apart != group:
            moved.update(group)
        found += told_apart
    return found, moved
