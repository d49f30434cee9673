"""`importance: lr 93 %`: searches of functions in which one parameter explains twice what the next does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hpsearch.analysis.importance import effects_alone, importance
from hpsearch.core.metric import Metric
from hpsearch.engine.run import Run
from hpsearch.samplers.low_discrepancy import points
from hpsearch.samplers.region import snapped

from .simulated import Figure, Sample, count, searched
from .truths import Truth, saturating, trained

_NAMES = ("lr", "weight_decay", "beta", "width")
_NOISES, _TRIALS = (0.0, 0.005, 0.02), (24, 40, 60)
#: So many points tell the true shares.
_POINTS = 4096


@dataclass(frozen=True, slots=True)
class _Said:
    """The parameter named first, empty where too few tell; and of each share whether its interval holds it."""

    first: str
    held: Sequence[bool]


def figures(searches: Sample) -> Iterator[Figure]:
    """How often the parameter named first is the right one, one is named, and its interval holds its share."""
    told = {
        sampler: searches.other(number).of(first, sampler=sampler)
        for number, sampler in enumerate(("coarse_to_fine", "random"))
    }
    yield from _figures("any sampler", [one for of_sampler in told.values() for one in of_sampler])
    for sampler, of_sampler in told.items():
        yield from _figures(sampler, of_sampler, part=True)
    alike = [one for one in searches.of(of_equals) if one.first]
    yield Figure("importance: something is said", "two explain the same", len(alike), len(searches), most=0.2)


def _figures(sampler: str, searched: Sequence[_Said], *, part: bool = False) -> Iterator[Figure]:
    where = f"the first explains twice the next, {sampler}"
    told = [one for one in searched if one.first]
    right = count(one.first == "lr" for one in told)
    yield Figure("importance", where, right, len(told), least=0.95, part=part)
    yield Figure("importance: something is said", where, len(told), len(searched), part=part)
    held = [held for one in told for held in one.held]
    name = "importance: the interval holds it"
    yield Figure(name, where, count(held), len(held), least=0.9, part=part, each=len(_NAMES))


def first(seed: int, *, sampler: str) -> _Said:
    """What is said. By itself lr explains twice what the next does, or more."""
    rng = np.random.default_rng([seed, 7])
    second = float(rng.uniform(0.2, 0.7))  # a variance goes with the square of a weight
    weights = {"lr": 1.0, "weight_decay": second, "beta": second * float(rng.uniform(0, 1))}
    return _said(seed, weights, rng, sampler)


def of_equals(seed: int) -> _Said:
    """The same where nobody can be right, because two explain as much as each other."""
    return _said(seed, {"lr": 1.0, "weight_decay": 1.0}, np.random.default_rng([seed, 8]), "coarse_to_fine")


def _said(seed: int, weights: dict[str, float], rng: np.random.Generator, sampler: str) -> _Said:
    # All have their best place as far from the middle, so that the weights alone decide what each explains.
    places = {name: 0.5 + 0.2 * float(rng.choice([-1, 1])) for name in _NAMES}
    shape = (float, saturating)[seed % 2]
    truth = Truth(_NAMES, weights, places, _NOISES[seed % 3], shape)
    run = searched(
        truth.space, trained(truth), seed, trials=_TRIALS[seed // 3 % 3], search={"sampler": sampler}
    )
    shares = importance(run)
    if not shares:
        return _Said("", ())
    true = _true_shares(run, truth)
    return _Said(shares[0].name, [one.low <= true[one.name] <= one.high for one in shares])


def _true_shares(run: Run, truth: Truth) -> dict[str, float]:
    """Of the variance of the true losses, of which those beyond the trials' median count by their logarithm."""
    space, metric = run.space, run.metric
    spread = snapped(space, points(range(_POINTS), len(space), np.full(len(space), 0.5)))
    true = np.array([metric.loss(truth.value(config)) for config in space.decode(spread)])
    read = _read(run, metric)
    excess = (true - read.min()) / (np.median(read) - read.min())
    seen = np.where(excess > 1, 1 + 0.5 * np.log(np.maximum(excess, 1)), excess)
    return dict(zip(space.names, effects_alone(seen[None], spread, space)[0].tolist(), strict=True))


def _read(run: Run, metric: Metric) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([metric.loss(standing.value(metric)) for standing in run.ranked])
