"""Which of the best are tied: how often the truly best of those shown is in the group, and how large that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np

from hpsearch.analysis.noise import known_noise
from hpsearch.analysis.verdicts.ties import tied
from hpsearch.engine.run import Run

from .functions import Truth, cube, drawn, noise_of, place
from .simulated import Figure, Sample, count, searched

_NORMAL = NormalDist()
_ROWS, _TRIALS, _NOISES = (100, 300, 1000, 2000), (12, 24, 40, 100), (0.005, 0.02)
#: How much of a row's being answered is luck of the configuration, and of the seed, beside how hard it is.
_OWN, _LUCK = 0.3, 0.5
#: How large the groups may be beside those by distance, and so many samples tell how sure that is.
_LARGEST, _SAMPLES = 1.1, 400


@dataclass(frozen=True, slots=True)
class _Group:
    """The tied of those shown, which is truly best, and how far each is from the first in its noise."""

    tied: Sequence[int]
    best: int
    distances: Sequence[float]

    @property
    def right(self) -> bool:
        """Whether the truly best is in the group."""
        return self.best in self.tied


def figures(searches: Sample) -> Iterator[Figure]:
    """Coverage, and the size beside that of a group by the distance to the first alone; parts by what is known."""
    kinds = {
        "noise of the seed, 3 seeds": noisy,
        "validation rows, 1 seed": on_rows,
        "validation rows, 3 seeds": on_rows_again,
    }
    groups = {
        where: [group for group in searches.other(number).of(one) if group.tied]
        for number, (where, one) in enumerate(kinds.items())
    }
    yield from _figures("all of these", list(groups.values()))
    for where, of_kind in groups.items():
        yield from _figures(where, [of_kind], part=True)


def _figures(where: str, kinds: Sequence[Sequence[_Group]], *, part: bool = False) -> Iterator[Figure]:
    right = [group.right for groups in kinds for group in groups]
    best = "the best is among the tied"
    yield Figure(best, where, count(right), len(right), least=0.93, most=0.97, part=part)
    ours, theirs = _sizes(kinds)
    name = "size of the group, of one by distance that is right as often"
    yield Figure(name, where, ours, theirs, most=_LARGEST, part=part, rare=_resampled(kinds))


def _sizes(kinds: Sequence[Sequence[_Group]]) -> tuple[int, int]:
    """How many the groups hold, and how many one distance from the first would that is right as often in a kind."""
    ours, theirs = 0, 0
    for groups in kinds:
        covered = count(group.right for group in groups)
        needed = sorted(group.distances[group.best] for group in groups)[covered - 1]
        ours += sum(len(group.tied) for group in groups)
        theirs += sum(count(distance <= needed for distance in group.distances) for group in groups)
    return ours, theirs


def _resampled(kinds: Sequence[Sequence[_Group]]) -> float:
    """In how large a share of samples from these the groups are not too large (the bootstrap; Efron, 1979)."""
    rng = np.random.default_rng(0)
    small_enough = 0
    for _ in range(_SAMPLES):
        sample = [[groups[i] for i in rng.integers(len(groups), size=len(groups))] for groups in kinds]
        ours, theirs = _sizes(sample)
        small_enough += ours <= _LARGEST * theirs
    return small_enough / _SAMPLES


def noisy(seed: int) -> _Group:
    """A function whose readings are its value and the luck of the seed; the best three with three seeds."""
    noise = _NOISES[seed % 2]
    _, dimensions, truth = drawn(seed // 8)

    def train(seed: int = 0, **config: float) -> float:
        return truth(place(config)) + noise * float(noise_of(seed, config).standard_normal())

    run = searched(
        cube(dimensions),
        train,
        seed,
        trials=_TRIALS[seed // 2 % 4],
        search={"confirm": {"top": 3, "seeds": 3}},
    )
    return _group(run, truth)


def on_rows(seed: int) -> _Group:
    """Accuracies on rows that all trials share, some hard and some easy."""
    return _on_rows(seed, {"confirm": "off"})


def on_rows_again(seed: int) -> _Group:
    """The same, the best three trained with three seeds."""
    return _on_rows(seed, {"confirm": {"top": 3, "seeds": 3}})


def _on_rows(seed: int, search: dict[str, Any]) -> _Group:
    rows = _ROWS[seed % 4]
    _, dimensions, truth = drawn(seed // 16)
    train = answering(seed, rows, truth)
    run = searched(
        cube(dimensions), train, seed, trials=_TRIALS[seed // 4 % 4], search={"metric": "val_acc", **search}
    )
    return _group(replace(run, rows=rows), truth)


def answering(task: int, rows: int, truth: Truth, *lucky: int) -> Callable[..., dict[str, float]]:
    """A training that answers as many of so many rows as `truth` says; which are hard follows from the `task`.

    Args:
        lucky: numbers that the luck of a training follows from, beside its configuration and seed.
    """
    hard = np.random.default_rng([task, 2]).standard_normal(rows)
    wide = math.sqrt(1 + _OWN**2 + _LUCK**2)

    def train(seed: int = 0, **config: float) -> dict[str, float]:
        ability = wide * _NORMAL.inv_cdf(min(max(truth(place(config)), 0.01), 0.99))
        own = _OWN * noise_of("own", config).standard_normal(rows)
        luck = _LUCK * noise_of(seed, config, *lucky).standard_normal(rows)
        return {"val_acc": float((ability + own + luck > hard).mean())}

    return train


def _group(run: Run, truth: Truth) -> _Group:
    known = known_noise(run)
    noise = math.sqrt(known.variance) if known else 1.0
    shown = run.ranked[:10]
    values = [truth(place(standing.trial.config)) for standing in shown]
    first = shown[0].value(run.metric)
    far = [(first - standing.value(run.metric)) / noise for standing in shown]
    return _Group(tied(run), int(np.argmax(values)), far)
