"""Whether more trials would pay: what is said after n trials, and what 2 n trials really gain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .functions import cube, drawn, noise_of, place
from .simulated import Figure, Sample, count, searched

_NOISES, _TRIALS = (0.005, 0.02, 0.0), (24, 40, 80)
#: What counts as noise where there is none: about the least gain that the program calls one.
_LEAST = 0.002
_WHOSE = {"best": "best tried", "first": "one that ranks first"}


@dataclass(frozen=True, slots=True)
class _Said:
    """`pays`: what was said, None for nothing. Gains in units of the noise: of the best tried, of Best-1."""

    noise: float
    pays: bool | None
    best: float
    first: float


def figures(searches: Sample) -> Iterator[Figure]:
    """The two bounds, for the truly best of those tried; as parts for each noise, and for what ranks first."""
    told = replace(searches, searches=len(_NOISES) * len(searches)).of(one)
    yield from _figures("best", "any noise", told)
    yield from _figures("first", "any noise", told, part=True)
    for noise in _NOISES:
        of_noise = [said for said in told if said.noise == noise]
        for whose in ("best", "first"):
            yield from _figures(whose, f"noise {noise}", of_noise, part=True)


def _figures(whose: str, noise: str, told: Sequence[_Said], *, part: bool = False) -> Iterator[Figure]:
    pays, where = "more trials would pay", f"{noise}, the {_WHOSE[whose]} gains"
    idle = [said for said in told if getattr(said, whose) < 0.1]
    yes = count(said.pays is True for said in idle)
    yield Figure(pays, f"{where} < 0.1 noise", yes, len(idle), most=0.1, part=part)
    worth = [said for said in told if getattr(said, whose) > 1]
    yes = count(said.pays is True for said in worth)
    yield Figure(pays, f"{where} > noise", yes, len(worth), least=0.8, part=part)
    hardly = [said for said in told if said.pays is False]
    right = count(getattr(said, whose) < 1 for said in hardly)
    yield Figure("they would hardly pay", f"{where} < noise", right, len(hardly), least=0.9, part=part)


def one(seed: int) -> _Said:
    """A search of n trials, and the same one gone on to 2 n, with as much in flight as it was begun with."""
    noise, trials = _NOISES[seed % 3], _TRIALS[seed // 3 % 3]
    _, dimensions, truth = drawn(seed // 9)

    def train(**config: float) -> float:
        return truth(place(config)) + noise * float(noise_of(seed, config).standard_normal())

    space, alone = cube(dimensions), {"overlap": 0}
    runs = [searched(space, train, seed, trials=n, search=alone) for n in (trials, 2 * trials)]
    best = [max(truth(place(trial.config)) for trial in run.trials.values()) for run in runs]
    first = [truth(place(run.ranked[0].trial.config)) for run in runs]
    said = [verdict.text for verdict in runs[0].verdicts if verdict.about == "budget"]
    pays = said[0].startswith("more trials would pay") if said else None
    unit = noise or _LEAST
    return _Said(noise, pays, (best[1] - best[0]) / unit, (first[1] - first[0]) / unit)
