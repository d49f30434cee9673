"""Own settings that are tried first: how often the best is ahead of them where that is said."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np

from hpsearch.analysis.verdicts.own import own
from hpsearch.engine.run import Run

from .functions import Truth, cube, drawn, noise_of, place
from .simulated import Figure, Sample, count, searched

_NORMAL = NormalDist()
_ROWS, _TRIALS, _NOISES = (300, 1000, 2000), (12, 24, 60), (0.005, 0.02)
_LUCK = 0.5


def figures(searches: Sample) -> Iterator[Figure]:
    """How often the first is truly ahead where that is said, and how often it is said where it is far ahead."""
    for where, one in (("noise of the seed, 3 seeds", noisy), ("validation rows, 1 seed", on_rows)):
        found = [answer for answer in searches.of(one) if answer]
        said = [lead > 0 for ahead, lead in found if ahead]
        far = [ahead for ahead, lead in found if lead > 4]
        yield Figure("the best is ahead where it is said to be", where, count(said), len(said), least=0.95)
        yield Figure("said where it is ahead by 4 times the noise", where, count(far), len(far))


def noisy(seed: int) -> tuple[bool, float] | None:
    """A function whose readings are its value and the luck of the seed; the best three with three seeds."""
    noise = _NOISES[seed % 2]
    _, dimensions, truth = drawn(seed // 6)

    def train(seed: int = 0, **config: float) -> float:
        return truth(place(config)) + noise * float(noise_of(seed, config).standard_normal())

    run = _searched(dimensions, train, seed, truth, search={"confirm": {"top": 3, "seeds": 3}})
    return _answer(run, truth, noise)


def on_rows(seed: int) -> tuple[bool, float] | None:
    """Accuracies on rows that all trials share, some hard and some easy."""
    rows = _ROWS[seed % 3]
    _, dimensions, truth = drawn(seed // 9)
    hard = np.random.default_rng([seed, 2]).standard_normal(rows)
    wide = math.sqrt(1 + _LUCK**2)

    def train(seed: int = 0, **config: float) -> dict[str, float]:
        ability = wide * _NORMAL.inv_cdf(min(max(truth(place(config)), 0.01), 0.99))
        luck = _LUCK * noise_of(seed, config).standard_normal(rows)
        return {"val_acc": float((ability + luck > hard).mean())}

    run = _searched(dimensions, train, seed, truth, search={"metric": "val_acc", "confirm": "off"})
    return _answer(replace(run, rows=rows), truth, math.sqrt(0.1 / rows))


def _searched(
    dimensions: int, train: Callable[..., Any], seed: int, truth: Truth, search: Mapping[str, Any]
) -> Run:
    """A search with one own configuration: the best of 1, 10 or 100 at random, so that some are nearly the best."""
    space = cube(dimensions)
    draws = np.random.default_rng([seed, 3]).random((10 ** (seed % 3), dimensions))
    configs = [dict(zip(space, row.tolist(), strict=True)) for row in draws]
    best = max(configs, key=lambda config: truth(place(config)))
    return searched(space, train, seed, trials=_TRIALS[seed // 2 % 3], search={**search, "enqueue": [best]})


def _answer(run: Run, truth: Truth, noise: float) -> tuple[bool, float] | None:
    """Whether the best is said to be ahead, and by how many times the noise it is; None where nothing is said."""
    verdict = own(run)
    if verdict is None or ";" not in verdict.text:
        return None
    first, mine = run.ranked[0].trial, run.trials[0]
    lead = truth(place(first.config)) - truth(place(mine.config))
    return "ahead" in verdict.text, lead / noise
