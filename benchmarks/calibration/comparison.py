"""Which of two searches has found better: how often "better" and "tied" are right, and how often they are said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean

import numpy as np

from hpsearch.analysis.comparison import Judged, judged, of_values
from hpsearch.analysis.gates import Asked, Baseline, gates
from hpsearch.analysis.noise import known_noise
from hpsearch.config import Spec, spec_of
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder

from .functions import Truth, cube, drawn, place
from .simulated import Figure, Sample, count

_SCORE = Metric("score", "maximize")
_NOISES, _TRIALS = (0.005, 0.02), (12, 24, 60)
_SEEDS = {"1 seed and 3 seeds": (1, 3), "3 seeds": (3, 3), "9 seeds": (9, 9)}
#: Searches in a group, of which kinds these are, by their trials, and how many tell the mean of a kind.
_GROUP, _GROUPED, _MANY = 8, (12, 16, 24), 4000


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was said, and by how much the first is truly ahead."""

    judged: Judged
    truth: float

    @property
    def sides(self) -> bool:
        return self.judged.said in ("better", "worse")

    @property
    def right(self) -> bool:
        """Whether the better is better, or a tie of such as differ by less than matters."""
        if self.judged.said == "tied":
            return abs(self.truth) < (self.judged.matters or 0)
        return (self.truth > 0) == (self.judged.said == "better") and self.truth != 0


def figures(searches: Sample) -> Iterator[Figure]:
    """Those of single searches, and of groups of eight."""
    for where, seeds in _SEEDS.items():
        yield from _figures(f"bests, {where}", searches.of(_pair, seeds=seeds), 0.93)
        yield from _of_equals(f"equal bests, {where}", searches.of(_equals, seeds=seeds))
        shut = searches.of(_shut_of_equals, seeds=seeds)
        yield Figure("a gate is shut to an equal", f"equal bests, {where}", count(shut), len(shut), most=0.07)
    groups = list(_groups(replace(searches, searches=2 * len(searches))))
    yield from _figures("groups of 8", [answer for answer in groups if answer.truth], 0.93)
    yield from _of_equals("groups of 8 of one kind", [answer for answer in groups if not answer.truth])


def _figures(where: str, answers: Sequence[_Answer], least: float) -> Iterator[Figure]:
    sides = [answer for answer in answers if answer.sides]
    ties = [answer for answer in answers if answer.judged.said == "tied"]
    yield Figure("better is right", where, count(a.right for a in sides), len(sides), least=least)
    yield Figure("tied is right", where, count(a.right for a in ties), len(ties), least=0.88)
    yield Figure("better or tied is said", where, len(sides) + len(ties), len(answers))


def _of_equals(where: str, answers: Sequence[_Answer]) -> Iterator[Figure]:
    sides = count(answer.sides for answer in answers)
    yield Figure("better is said of equals", where, sides, len(answers), most=0.07)
    yield Figure(
        "tied is said of equals", where, count(a.judged.said == "tied" for a in answers), len(answers)
    )


def _shut_of_equals(seed: int, seeds: tuple[int, int]) -> bool:
    """Whether `--baseline --tolerance noise` is shut to a search of what is the same everywhere."""
    run, old = _two_equals(seed, seeds)
    best = old.ranked[0].value(_SCORE)
    held = Baseline("old", "score", "maximize", best, seeds[1], "", known_noise(old))
    (gate,) = gates(run, Asked(baseline=held))
    return not gate.passed


def _pair(seed: int, seeds: tuple[int, int]) -> _Answer:
    """Two searches of one function, by different numbers of trials at random."""
    _, dimensions, truth = drawn(seed // 6)
    noise = _NOISES[seed % 2]
    trials = _TRIALS[seed // 2 % 3], _TRIALS[seed // 6 % 3]
    runs = [_search(truth, dimensions, noise, 2 * seed + i, trials[i], seeds[i]) for i in (0, 1)]
    values = [truth(place(run.ranked[0].trial.config)) for run in runs]
    return _Answer(judged(runs[:1], runs[1:]), values[0] - values[1])


def _equals(seed: int, seeds: tuple[int, int]) -> _Answer:
    """Two searches of what is the same everywhere: all that they differ by is luck."""
    runs = _two_equals(seed, seeds)
    return _Answer(judged(runs[:1], runs[1:]), 0.0)


def _two_equals(seed: int, seeds: tuple[int, int]) -> list[Run]:
    trials = _TRIALS[seed % 3], _TRIALS[seed // 3 % 3]
    return [_search(lambda _: 0.5, 2, 0.01, 2 * seed + i, trials[i], seeds[i]) for i in (0, 1)]


def _search(truth: Truth, dimensions: int, noise: float, number: int, trials: int, seeds: int) -> Run:
    """A search at random as it would have been recorded: the best three trained with so many seeds."""
    rng = np.random.default_rng([number, trials, seeds])
    places = rng.random((trials, dimensions))
    true = np.array([truth(point) for point in places])
    read = true + noise * rng.standard_normal(trials)
    results = [Result(trial, 1, "done", {"score": value}) for trial, value in enumerate(read.tolist())]
    for trial in np.argsort(-read)[:3].tolist() if seeds > 1 else ():
        again = true[trial] + noise * rng.standard_normal(seeds - 1)
        results += [
            Result(trial, 1, "done", {"score": value}, replicate=replicate)
            for replicate, value in enumerate(again.tolist(), start=1)
        ]
    configs = [{f"x{i}": value for i, value in enumerate(point)} for point in places.tolist()]
    known = {number: Trial(number, 0, config, number) for number, config in enumerate(configs)}
    return Run(_spec(dimensions), RunFolder(Path("none")), known, results, "complete")


@cache
def _spec(dimensions: int) -> Spec:
    return spec_of(
        {
            "name": "truth",
            "objective": {"kind": "python", "function": "json:loads"},
            "space": cube(dimensions),
            "search": {"metric": "score", "goal": "maximize"},
        }
    )


def _groups(searches: Sample) -> Iterator[_Answer]:
    """Two groups of searches by 12, 16 or 24 trials, none of which is in another; means of many are the truth."""
    known = {trials: fmean(_best(number, trials) for number in range(_MANY)) for trials in _GROUPED}
    yield from searches.of(_two_groups, known=known)


def _two_groups(seed: int, known: Mapping[int, float]) -> _Answer:
    kinds = _GROUPED[seed % 3], _GROUPED[seed // 3 % 3]
    ours, theirs = (
        [_best(_MANY + 2 * _GROUP * seed + _GROUP * side + i, kind) for i in range(_GROUP)]
        for side, kind in enumerate(kinds)
    )
    return _Answer(of_values(ours, theirs, _SCORE), known[kinds[0]] - known[kinds[1]])


def _best(number: int, trials: int) -> float:
    """What a search by so many trials at random shows as its best, with three seeds."""
    _, dimensions, truth = drawn(2)
    run = _search(truth, dimensions, 0.01, number, trials, 3)
    return run.ranked[0].value(run.metric)
