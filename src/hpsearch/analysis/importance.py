"""How much each parameter matters, by itself. Pure.

From what the trials let one believe of the values behind their noise, and not from a forest: it knows how little it
knows. What parameters do only together is in no share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from hpsearch.analysis.belief import Array
from hpsearch.analysis.noise import MOST, believed
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Standing
from hpsearch.engine.run import Run
from hpsearch.samplers.low_discrepancy import points
from hpsearch.samplers.region import snapped
from hpsearch.space import Parameter, Space

#: Evenly spread points of the cube, and surfaces that are drawn there.
_POINTS, _DRAWS = 256, 200
#: What so many points tell of a share is off by 0.01 on average, and what is between them is smoother than it is
#: drawn: without so much on either side an interval held three of four shares, and one in two of the largest.
_GRAIN = 0.02
#: Waves along a number's axis that its effect is put together from.
_WAVES = 5
#: How sure it must be which parameter matters most, for anything to be said; and the interval of a share.
_SURE, _INTERVAL = 0.95, (0.05, 0.95)


class Share(Struct, frozen=True):
    """The share of the variance over the space that one parameter explains alone, and its 90 % interval."""

    name: str
    mean: float
    low: float
    high: float


def importance(run: Run) -> list[Share]:
    """The share of each parameter, the largest first; empty where too few trials tell which that is.

    First-order indices (Sobol, 1993) over the whole space, of surfaces drawn from what the trials of the commonest
    training length let one believe. What is poorer than the median counts by its logarithm, as in the search.
    """
    belief = believed(run, _of_all_ranks(_alike(run.ranked)))
    if belief is None:
        return []
    space = run.space
    spread = snapped(space, points(range(_POINTS), len(space), np.full(len(space), 0.5)))
    surfaces, _ = belief.draws(spread, _DRAWS, Streams(run.spec.seed).generator("verdict"))
    shares = effects_alone(surfaces, spread, space)
    order = np.argsort(-shares.mean(axis=0), kind="stable").tolist()
    if (shares.argmax(axis=1) == order[0]).mean() < _SURE:
        return []
    low, high = np.quantile(shares, _INTERVAL, axis=0)
    low, high = np.maximum(low - _GRAIN, 0), np.minimum(high + _GRAIN, 1)
    return [Share(space.names[i], float(shares[:, i].mean()), float(low[i]), float(high[i])) for i in order]


def _alike(ranked: Sequence[Standing]) -> list[Standing]:
    """Those of the commonest training length, the longest of equally common ones."""
    lengths = Counter(standing.epochs for standing in ranked)
    length = max(lengths, key=lambda epochs: (lengths[epochs], epochs), default=0)
    return [standing for standing in ranked if standing.epochs == length]


def _of_all_ranks(ranked: Sequence[Standing]) -> list[Standing]:
    """As many as are fitted: the best alone would tell of a corner of the space, where what decides is decided."""
    count = min(len(ranked), MOST)
    return [ranked[i * (len(ranked) - 1) // max(1, count - 1)] for i in range(count)]


def effects_alone(surfaces: Array, places: Array, space: Space) -> Array:
    """What each parameter explains alone of each surface (S, M) at `places` (M, P): shares (S, P)."""
    apart = surfaces - surfaces.mean(axis=1, keepdims=True)
    whole = (apart**2).sum(axis=1)
    columns = [
        _explained(apart, _effects(parameter, places[:, i])) / whole
        for i, parameter in enumerate(space.parameters)
    ]
    return np.column_stack(columns)


def _effects(parameter: Parameter, units: Array) -> Array:
    """Functions (M, k) of one parameter at `units` (M,), of which any effect of it can be put together."""
    if parameter.kind == "categorical":
        assert parameter.size is not None
        return np.asarray(np.floor(units * parameter.size)[:, None] == np.arange(parameter.size), np.float64)
    return np.asarray(np.cos(np.pi * units[:, None] * np.arange(1, _WAVES + 1)), dtype=np.float64)


def _explained(apart: Array, effects: Array) -> Array:
    """Of each row (S, M) the sum of squares that `effects` (M, k) explain, less what they would by chance."""
    basis, sizes, _ = np.linalg.svd(effects - effects.mean(axis=0), full_matrices=False)
    basis = basis[:, sizes > 1e-9 * max(sizes.max(initial=0.0), 1e-300)]
    explained = ((apart @ basis) ** 2).sum(axis=1)
    freedom = len(effects) - 1
    by_chance = (apart**2).sum(axis=1) - explained
    return np.asarray(
        np.maximum(explained - by_chance * basis.shape[1] / max(1, freedom - basis.shape[1]), 0)
    )
