"""Whether the metric gets worse with more epochs: searches whose curves rise, fall, turn, or are noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from msgspec import structs

from hpsearch.analysis.verdicts.worsening import worsening
from hpsearch.core.trial import Result
from hpsearch.engine.run import Run

from .functions import cube, drawn, noise_of, place
from .simulated import Figure, Sample, count, searched

_EPOCHS = 27
#: How much of an epoch's luck lasts to the next, and the noise of a reading on a range of 0.9.
_LASTS, _NOISES = (0.0, 0.5, 0.9), (0.003, 0.02, 0.1)
_TRIALS = (20, 40, 60, 120)
_Shape = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class _Said:
    """Whether it was said, and whether the search had halving; `told` where curves told of every epoch."""

    said: bool
    halving: bool
    told: bool


def figures(searches: Sample) -> Iterator[Figure]:
    """How often it is said where it is not so, and where it is."""
    for name, drift, most in (
        ("noise", _flat, 0.05),
        ("improves to its end", _improving, 0.05),
        ("improves, then rests", _resting, 0.05),
        ("worsens from the first epoch on", partial(_worsening, 0.0), 1.0),
        ("worsens from a third of it on", partial(_worsening, 1 / 3), 1.0),
    ):
        answers = searches.of(one, drift=drift)
        if most < 1:
            yield Figure(
                "was best at epoch", name, count(one.said for one in answers), len(answers), most=most
            )
        for halving, told in ((True, True), (True, False), (False, True)):
            of_kind = [one.said for one in answers if (one.halving, one.told) == (halving, told)]
            how = f"{'halving' if halving else 'no halving'}, {'curves' if told else 'rungs'}"
            yield Figure(
                "was best at epoch", f"{name}, {how}", count(of_kind), len(of_kind), most=most, part=True
            )


def one(seed: int, *, drift: Callable[[np.random.Generator], _Shape]) -> _Said:
    """A search of one of the functions, moved by a drift over the epochs, and noisy."""
    rng = np.random.default_rng([seed, 5])
    _, dimensions, truth = drawn(seed)
    noise, lasts, trials = (float(rng.choice(values)) for values in (_NOISES, _LASTS, _TRIALS))
    halving, told, shape = seed % 3 != 2, seed % 3 != 1, drift(rng)

    def curve(config: Mapping[str, float], seed: int) -> list[float]:
        luck, draws, values = 0.0, noise_of(sorted(config.items()), seed), []
        value = truth(place(config))
        for epoch in range(1, _EPOCHS + 1):
            luck = lasts * luck + math.sqrt(1 - (lasts**2 if epoch > 1 else 0)) * float(
                draws.standard_normal()
            )
            values.append(value + shape(epoch) + noise * luck)
        return values

    def train(epochs: int, seed: int = 0, **config: float) -> float:
        seeds[tuple(config.items()), epochs, curve(config, seed)[epochs - 1]] = seed
        return curve(config, seed)[epochs - 1]

    seeds: dict[tuple[tuple[tuple[str, float], ...], float, float], int] = {}
    run = searched(
        cube(dimensions),
        train,
        seed,
        trials=int(trials),
        objective={"epochs": _EPOCHS},
        search={"fit": "off", "confirm": {"top": 3, "seeds": 3} if rng.random() < 0.5 else "off"}
        | ({} if halving else {"halving": "off"}),
    )

    def with_curve(result: Result) -> Result:
        config = run.trials[result.trial].config
        whole = curve(config, seeds[tuple(config.items()), result.epochs, result.metrics["score"]])  # type: ignore[arg-type]
        return structs.replace(result, curve={"score": whole[_start(run, result) : int(result.epochs)]})

    if told:
        run = replace(run, results=[with_curve(result) for result in run.results])
    verdict = worsening(run)
    return _Said(verdict is not None and "was best" in verdict.text, halving, told)


def _start(run: Run, result: Result) -> int:
    """After how many epochs its training began."""
    if result.replicate:
        return 0
    return max(
        (int(one.epochs) for one in run.searched(result.trial) if one.epochs < result.epochs), default=0
    )


def _flat(rng: np.random.Generator) -> _Shape:
    del rng
    return lambda _: 0.0


def _improving(rng: np.random.Generator) -> _Shape:
    each = rng.uniform(0.01, 0.5) / _EPOCHS
    return lambda epoch: each * epoch


def _resting(rng: np.random.Generator) -> _Shape:
    span, time = rng.uniform(0.05, 0.5), rng.uniform(0.5, 5)
    return lambda epoch: -span * math.exp(-epoch / time)


def _worsening(turn: float, rng: np.random.Generator) -> _Shape:
    fall = rng.uniform(0.1, 0.6) / _EPOCHS
    rise = rng.uniform(0.1, 0.4)
    return lambda epoch: (
        rise * min(1.0, epoch / (turn * _EPOCHS + 1)) - fall * max(0.0, epoch - turn * _EPOCHS)
    )
