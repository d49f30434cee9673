"""`--baseline --tolerance noise`: how often the gate is shut to a search that is as good as the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hpsearch.analysis.gates import Asked, Baseline, gates
from hpsearch.analysis.noise import known_noise
from hpsearch.engine.run import Run

from .functions import cube, drawn, place
from .simulated import Figure, Sample, count, searched
from .ties import answering

_ROWS, _TRIALS = (100, 300, 1000), (16, 24, 40)


@dataclass(frozen=True, slots=True)
class _Gate:
    """Whether it is shut, and by how much the best is truly better than that of the baseline."""

    shut: bool
    lead: float


def figures(searches: Sample) -> Iterator[Figure]:
    """Of the same search with other luck, and of one with another seed; either finds another best, mostly.

    A search whose best is truly worse is no equal, and still nobody changed anything: who holds one to a baseline
    wants neither.
    """
    number = 0
    for seeds in (1, 3):
        for who, apart in (("the same again", False), ("another seed", True)):
            where = f"{who}, accuracy on 100 to 1000 rows, {seeds} seed{'s' if seeds > 1 else ''}"
            found = searches.other(number).of(held, seeds=seeds, apart=apart)
            no_worse = [gate.shut for gate in found if gate.lead >= 0]
            yield Figure(
                "a gate is shut to an equal", f"{where}, no worse", count(no_worse), len(no_worse), most=0.07
            )
            worse = [gate.lead < 0 for gate in found if gate.shut]
            most = 0.1 if apart else 0.07
            yield Figure("a gate is shut to the same search", where, len(worse), len(found), most=most)
            yield Figure("what a gate is shut to is worse", where, count(worse), len(worse))
            number += 1


def held(seed: int, *, seeds: int, apart: bool) -> _Gate:
    """The gate of two searches of one function on the same rows; `apart`: with different seeds."""
    old, run = (_search(seed, luck, seeds, apart=apart) for luck in (0, 1))
    best = old.ranked[0].value(old.metric)
    baseline = Baseline("old", old.metric.name, "maximize", best, seeds, "", known_noise(old))
    (gate,) = gates(run, Asked(baseline=baseline))
    _, _, truth = drawn(seed // 9)
    then, now = (truth(place(one.ranked[0].trial.config)) for one in (old, run))
    return _Gate(not gate.passed, now - then)


def _search(seed: int, luck: int, seeds: int, *, apart: bool) -> Run:
    rows = _ROWS[seed % 3]
    _, dimensions, truth = drawn(seed // 9)
    confirm = {"top": 3, "seeds": seeds} if seeds > 1 else "off"
    run = searched(
        cube(dimensions),
        answering(seed, rows, truth, luck),
        seed + (1_000_000 * luck if apart else 0),
        trials=_TRIALS[seed // 3 % 3],
        search={"metric": "val_acc", "confirm": confirm},
    )
    return replace(run, rows=rows)
