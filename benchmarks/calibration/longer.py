"""Whether longer training would pay: curves whose future is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from msgspec import structs

from hpsearch.analysis.verdicts.longer import longer

from .simulated import Figure, Sample, count, searched

#: Epochs of a full training, and how much of an epoch's luck lasts to the next.
_EPOCHS, _LASTS = (12, 27, 50, 100), (0.0, 0.5)
_Shape = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class _Said:
    """`pays`: whether it was said. What the true curve gains in two and three times the epochs, in its noise."""

    pays: bool
    twice: float
    thrice: float


def figures(searches: Sample) -> Iterator[Figure]:
    """How often it is right where it is said, and said where it is so."""
    told = searches.of(one)
    said, pays = [curve for curve in told if curve.pays], "longer training would pay"
    for times, name in ((2, "twice"), (3, "thrice")):
        right = count(getattr(curve, name) > 1 for curve in said)
        yield Figure(f"{pays}: is right", f"{times} times the epochs", right, len(said), least=0.9)
    idle = [curve for curve in told if max(curve.twice, curve.thrice) < 0.1]
    yield Figure(pays, "gains < 0.1 noise", count(curve.pays for curve in idle), len(idle), most=0.1)
    much = [curve for curve in told if min(curve.twice, curve.thrice) > 3]
    yield Figure(pays, "gains > 3 noises", count(curve.pays for curve in much), len(much))


def one(seed: int) -> _Said:
    """A search of a function with a curve, better or worse as a whole by its one parameter.

    A function of one's own returns one number; its curves are put beside it as the built-in network's are.
    """
    rng = np.random.default_rng([seed, 3])
    epochs, lasts, seeds = _EPOCHS[seed % 4], _LASTS[seed // 4 % 2], (1, 3)[seed // 8 % 2]
    shape, noise = _shape(seed // 16, epochs, rng), 10 ** rng.uniform(-3.3, -1.5)
    curves: dict[float, list[float]] = {}

    def train(x: float, epochs: int, seed: int = 0) -> float:
        luck, draws, curve = 0.0, np.random.default_rng([int(1e9 * x), seed]), []
        for epoch in range(1, epochs + 1):
            luck = lasts * luck + math.sqrt(1 - lasts**2) * float(draws.standard_normal())
            curve.append(shape(epoch) - 0.3 * (x - 0.4) ** 2 + noise * luck)
        curves[curve[-1]] = curve
        return curve[-1]

    run = searched(
        {"x": {"scale": "linear", "low": 0, "high": 1}},
        train,
        seed,
        trials=9,
        objective={"epochs": epochs},
        search={"confirm": {"top": 3, "seeds": seeds} if seeds > 1 else "off"},
    )
    results = [
        structs.replace(result, curve={"score": curves[result.metrics["score"]]}) for result in run.results
    ]
    pays = longer(replace(run, results=results)) is not None
    twice, thrice = ((shape(times * epochs) - shape(epochs)) / noise for times in (2, 3))
    return _Said(pays, twice, thrice)


def _shape(number: int, epochs: int, rng: np.random.Generator) -> _Shape:
    """One of seven shapes: forms that the program knows, others, one at rest, and one that worsens."""
    span, time = rng.uniform(0.1, 0.6), epochs * rng.uniform(0.05, 1.5)
    power, turn, fall = rng.uniform(0.2, 1.5), epochs * rng.uniform(0.3, 1.3), rng.uniform(0.02, 0.3) / epochs
    shapes: tuple[_Shape, ...] = (
        lambda t: 0.9 - span * t**-power,
        lambda t: 0.9 - span * math.exp(-t / time),
        lambda t: 0.9 - span / (1 + (t / time) ** (0.8 + power)),
        lambda t: 0.9 - span * math.exp(-3 * t),
        lambda t: 0.9 - span * math.exp(-3 * t / time) - fall * max(0.0, t - turn),
        lambda t: 0.4 + span / 6 * math.log1p(t),
        lambda t: 0.9 - span * math.exp(-math.sqrt(t / time)),
    )
    return shapes[number % len(shapes)]
