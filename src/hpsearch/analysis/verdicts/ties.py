"""Which of the best are really different. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hpsearch.analysis.belief import Array
from hpsearch.analysis.noise import Noise, believed, known_noise, noise_beside, readings
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

#: So many of the best are looked at for ties.
NEAR = 10
#: The probability that the best of them is in the group. What the losses of all trials are spread like is estimated
#: from them too, which the probability does not know of: so it is more than the 95 % that are to be reached.
_SURE = 0.96
#: How probable it is that the first is better than another that it is said to be ahead of.
_AHEAD = 0.96
#: The losses that trials may have: a step in units of noise, how far beyond the best, and steps to their spread.
_STEP, _FAR, _ROUNDS = 0.2, 20.0, 100
#: Numbers of what fits at all levels of noise up to which these are worked on together: of few losses, which is
#: what most searches have, calls cost more than the numbers.
_TOGETHER = 60_000
#: Added to every weight, so that none of a row of zeros is divided by zero.
_LEAST = 1e-300


def ties(run: Run) -> Verdict | None:
    """Which of the best are tied with the first; None where the noise of the metric is unknown."""
    known, group = known_noise(run), tied(run)
    if known is None or not group:
        return None
    if group == [0]:
        return Verdict("tie", "Best-1 is ahead of Best-2 by more than chance", "")
    first = run.ranked[0].confirmed
    seeds = first.seeds if first else 1
    interval = known.interval(seeds)
    return Verdict(
        "tie",
        f"{_named(group)} are tied: {run.metric} is only known to +-{interval:.2g} ({known.source}); "
        f"choose among them by cost, or try more seeds",
        f"hpsearch resume {run.folder.argument} --set search.confirm.top={group[-1] + 1} "
        f"--set search.confirm.seeds={3 * seeds}",
    )


def tied(run: Run, most: int = NEAR) -> list[int]:
    """The smallest group, by place in the ranking from 0 on, that the truly best of its first `most` is in, mostly.

    It always holds the first. Empty where nothing is compared with it, or the noise is unknown.
    """
    known = noise_beside(run)
    if known is None:
        return []
    shown = [
        place for place, standing in enumerate(run.ranked[:most]) if standing.epochs == run.ranked[0].epochs
    ]
    if len(shown) < 2:
        return []
    return [shown[place] for place in smallest_group(_head_chances(run, known, len(shown)))]


def is_ahead(run: Run, place: int) -> bool:
    """Whether the first is truly better than the one at `place`, which was trained as long, mostly.

    False where the noise is unknown.
    """
    known = noise_beside(run)
    if known is None:
        return False
    shown = sum(standing.epochs == run.ranked[0].epochs for standing in run.ranked[: place + 1])
    return float(_weighed(run, known, _chance_of_first, shown)) >= _AHEAD


def _head_chances(run: Run, known: Noise, shown: int) -> Array:
    """For the first so many of those trained as long as the first, the chance that each is the best of them."""
    return _weighed(run, known, chances_of_best, shown)


def _weighed(run: Run, known: Noise, chance: Callable[[Array], Array], shown: int) -> Array:
    """A `chance` that follows from where the true losses of the first so many may lie, over what the noise may be.

    All those trained as long as the first tell of these.
    """
    alike = [standing for standing in run.ranked if standing.epochs == run.ranked[0].epochs]
    losses, seeds = readings(run, alike)
    belief = believed(run, alike)
    levels = belief.levels if belief else known.levels
    found = _at_each(losses, seeds, [level for level, _ in levels], shown)
    chances = [weight * chance(own) for (_, own), (_, weight) in zip(found, levels, strict=True)]
    return np.asarray(np.sum(chances, axis=0), dtype=np.float64)


def _chance_of_first(own: Array) -> Array:
    """The chance () that the first is better than the last, whose losses lie at places with `own` (n, places)."""
    below = np.cumsum(own[0]) - 0.5 * own[0]
    return np.asarray(below @ own[-1], dtype=np.float64)


def smallest_group(chances: Sequence[float] | Array) -> list[int]:
    """The fewest that together hold the best with a probability as near as may be, and the first; ascending.

    The last one mostly brings more than is needed: it belongs to them where that is nearer than without.

    >>> smallest_group([0.5, 0.001, 0.48, 0.019])
    [0, 2]
    >>> smallest_group([0.5, 0.43, 0.07])
    [0, 1]
    """
    order = np.argsort(-np.asarray(chances), kind="stable")
    ordered = np.asarray(chances)[order]
    count = int(np.searchsorted(np.cumsum(ordered) - ordered / 2, _SURE))
    return sorted({0, *order[:count].tolist()})


def chances_of_best(own: Array) -> Array:
    """The chance (n,) that each is the best, whose losses lie at places with `own` (n, places)."""
    worse = np.maximum(1 - np.cumsum(own, axis=1) + 0.5 * own, 1e-12)
    best = (own * worse.prod(axis=0) / worse).sum(axis=1)
    return np.asarray(best / best.sum(), dtype=np.float64)


def posteriors(losses: Array, seeds: Array, noise: float, shown: int) -> tuple[Array, Array]:
    """Places where a true loss may lie, and how probable each is (shown, places) for the first, at one noise.

    The best of many readings is a lucky one: how the true losses of all trials are spread is estimated from all
    readings (nonparametric maximum likelihood, Kiefer and Wolfowitz, 1956; by expectation-maximization), and
    each trial's own is what its reading and that spread leave possible.
    """
    return _at_each(losses, seeds, [noise], shown)[0]


def _at_each(losses: Array, seeds: Array, levels: Sequence[float], shown: int) -> list[tuple[Array, Array]]:
    """The `posteriors` at each level of noise."""
    grids = [_places(losses, noise, shown) for noise in levels]
    errors = [noise / np.sqrt(seeds) for noise in levels]
    near = [losses <= end for _, end in grids]
    fits = [
        _likelihood(losses[rows], error[rows], places)
        for rows, error, (places, _) in zip(near, errors, grids, strict=True)
    ]
    return [
        (places, _shares(_likelihood(losses[:shown], error[:shown], places) * spread))
        for (places, _), error, spread in zip(grids, errors, _spreads(fits), strict=True)
    ]


def _places(losses: Array, noise: float, shown: int) -> tuple[Array, float]:
    """Where the true losses may lie, and from where on losses tell nothing of the first."""
    lowest = losses.min()
    end = min(losses.max(), max(lowest + _FAR * noise, losses[:shown].max())) + noise
    return np.arange(lowest - 3 * noise, end, max(_STEP * noise, (end - lowest) / 1000)), end


def _spreads(fits: Sequence[Array]) -> list[Array]:
    """How the true losses are spread over the places that each of `fits` (n, places) has: what is most likely."""
    rows, places = np.max([one.shape for one in fits], axis=0)
    if len(fits) * rows * places > _TOGETHER:
        return [_spread(one) for one in fits]
    padded = np.zeros((len(fits), rows, places))
    seen, spreads = np.zeros((len(fits), rows)), np.zeros((len(fits), places))
    for level, one in enumerate(fits):
        count, own = one.shape
        padded[level, :count, :own], seen[level, :count], spreads[level, :own] = one, 1 / count, 1 / own
    inside = (spreads > 0).astype(np.float64)
    for _ in range(_ROUNDS):
        spreads = _mean_shares_together(padded, spreads, seen, inside)
    return [spread[: one.shape[1]] for spread, one in zip(spreads, fits, strict=True)]


def _spread(fits: Array) -> Array:
    spread = np.full(fits.shape[1], 1 / fits.shape[1])
    for _ in range(_ROUNDS):
        spread = _mean_shares(fits, spread)
    return spread


def _likelihood(losses: Array, errors: Array, places: Array) -> Array:
    """Of each loss (n,) with its error, for every place where the truth may lie: (n, places)."""
    off = (losses[:, None] - places) / errors[:, None]
    return np.asarray(np.exp(-0.5 * off**2) / errors[:, None])


def _mean_shares(fits: Array, spread: Array) -> Array:
    """The mean (places,) of the `_shares` of `fits` (n, places) times `spread` (places,), in less time."""
    shares = 1 / (fits @ spread + len(spread) * _LEAST)
    return np.asarray((spread * (shares @ fits) + _LEAST * shares.sum()) / len(fits))


def _mean_shares_together(fits: Array, spreads: Array, seen: Array, inside: Array) -> Array:
    """The same of several, (L, n, places) and (L, places), filled up with zeros to one shape.

    `seen` (L, n): what each row counts, 0 where it was filled up; `inside` (L, places): 1 where there is a place.
    """
    least = _LEAST * inside.sum(axis=1, keepdims=True)
    shares = seen / ((fits @ spreads[:, :, None])[:, :, 0] + least)
    means = spreads * (shares[:, None, :] @ fits)[:, 0, :]
    return np.asarray(means + _LEAST * inside * shares.sum(axis=1, keepdims=True))


def _shares(weights: Array) -> Array:
    """Weights (n, places) whose rows sum to 1."""
    weights = weights + _LEAST
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _named(group: Sequence[int]) -> str:
    """The members of a group by rank, three neighbours and more together.

    >>> _named([0, 1, 2, 4]), _named([0, 1]), _named([0, 1, 3])
    ('Best-1 to Best-3 and Best-5', 'Best-1 and Best-2', 'Best-1, Best-2 and Best-4')
    """
    parts: list[list[int]] = []
    for place in group:
        if parts and place == parts[-1][-1] + 1:
            parts[-1].append(place)
        else:
            parts.append([place])
    words = [word for part in parts for word in _words(part)]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _words(places: Sequence[int]) -> list[str]:
    names = [f"Best-{place + 1}" for place in places]
    return [f"{names[0]} to {names[-1]}"] if len(names) > 2 else names
