"""How much each parameter matters, by itself. Pure.

From the smooth fit that the search itself uses, and not from a forest: it is there already, needs no library,
and a few dozen trials are enough for it. What parameters do only together is in no share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Standing
from hpsearch.samplers.low_discrepancy import points
from hpsearch.samplers.surrogate import Surrogate, standardised
from hpsearch.space import Space

#: Results of one training length that a fit needs, and the most that it is given, best first.
FEWEST, MOST = 12, 100
#: Evenly spread points of the cube, and places along each parameter.
_POINTS, _PLACES = 256, 16


def importance(standings: Sequence[Standing], space: Space, metric: Metric) -> dict[str, float]:
    """The share of the fit's variance that each parameter explains alone, the largest first.

    First-order indices (Sobol, 1993) over the whole space. The fit is to the trials of the commonest training
    length; empty where these are too few to tell.
    """
    done = [standing for standing in standings if standing.rank]
    lengths = Counter(standing.epochs for standing in done)
    if not lengths or max(lengths.values()) < FEWEST:
        return {}
    length = max(lengths, key=lambda epochs: (lengths[epochs], epochs))
    alike = [standing for standing in done if standing.epochs == length][:MOST]
    units = space.encode([standing.trial.config for standing in alike])
    losses = np.array([metric.loss(standing.reading(metric)) for standing in alike])
    fit = Surrogate.fit(space, units, standardised(losses))
    spread = points(range(_POINTS), len(space), np.full(len(space), 0.5))
    whole = float(fit.predict(spread)[0].var())
    if whole <= 0:
        return {}
    shares = {name: _alone(fit, spread, column) / whole for column, name in enumerate(space.names)}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _alone(fit: Surrogate, spread: np.ndarray[tuple[int, ...], np.dtype[np.float64]], column: int) -> float:
    """The variance along one parameter of the mean over all others."""
    means = []
    for place in (np.arange(_PLACES) + 0.5) / _PLACES:
        moved = spread.copy()
        moved[:, column] = place
        means.append(float(fit.predict(moved)[0].mean()))
    return float(np.var(means))
