"""`importance: lr 93 %`: searches of functions in which one parameter explains twice what the next does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hpsearch.analysis.importance import importance

from .simulated import Figure, Sample, count, searched
from .truths import Truth, saturating, trained

_NAMES = ("lr", "weight_decay", "beta", "width")
_NOISES, _TRIALS = (0.0, 0.005, 0.02), (24, 40, 60)


def figures(searches: Sample) -> Iterator[Figure]:
    """How often the parameter named first is the right one, and how often one is named."""
    named = searches.of(first)
    said = [name for name in named if name]
    yield Figure(
        "importance", "the first explains twice the next", count(n == "lr" for n in said), len(said), 0.95
    )
    yield Figure(
        "importance: something is said", "the first explains twice the next", len(said), len(searches)
    )
    alike = [name for name in searches.of(of_equals) if name]
    yield Figure("importance: something is said", "two explain the same", len(alike), len(searches), most=0.2)


def first(seed: int) -> str:
    """The parameter named first; empty where too few trials tell. By itself lr explains twice the next or more."""
    rng = np.random.default_rng([seed, 7])
    second = float(rng.uniform(0.2, 0.7))  # a variance goes with the square of a weight
    weights = {"lr": 1.0, "weight_decay": second, "beta": second * float(rng.uniform(0, 1))}
    return _named(seed, weights, rng)


def of_equals(seed: int) -> str:
    """The same where nobody can be right, because two explain as much as each other."""
    return _named(seed, {"lr": 1.0, "weight_decay": 1.0}, np.random.default_rng([seed, 8]))


def _named(seed: int, weights: dict[str, float], rng: np.random.Generator) -> str:
    # All have their best place as far from the middle, so that the weights alone decide what each explains.
    places = {name: 0.5 + 0.2 * float(rng.choice([-1, 1])) for name in _NAMES}
    shape = (float, saturating)[seed % 2]
    truth = Truth(_NAMES, weights, places, _NOISES[seed % 3], shape)
    run = searched(truth.space, trained(truth), seed, trials=_TRIALS[seed // 3 % 3])
    shares = importance(run)
    return shares[0].name if shares else ""
