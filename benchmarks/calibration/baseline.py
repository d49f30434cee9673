"""`--baseline --tolerance noise`: how often the gate is shut to a search that is as good as the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hpsearch.analysis.gates import Asked, Baseline, gates
from hpsearch.analysis.noise import known_noise
from hpsearch.engine.run import Run

from .functions import cube, drawn
from .simulated import Figure, Sample, count, searched
from .ties import answering

_ROWS, _TRIALS = (100, 300, 1000), (16, 24, 40)


def figures(searches: Sample) -> Iterator[Figure]:
    """Of the same search with other luck, and of one with another seed, which finds another best as well."""
    for seeds in (1, 3):
        trained = f"accuracy on 100 to 1000 rows, {seeds} seed{'s' if seeds > 1 else ''}"
        again = searches.of(shut, seeds=seeds, apart=False)
        statement = "a gate is shut to an equal"
        yield Figure(statement, f"the same again, {trained}", count(again), len(searches), most=0.07)
        apart = searches.of(shut, seeds=seeds, apart=True)
        yield Figure(statement, f"with another seed, {trained}", count(apart), len(searches), most=0.1)


def shut(seed: int, *, seeds: int, apart: bool) -> bool:
    """Whether it is, of two searches of one function on the same rows; `apart`: with different seeds."""
    old, run = (_search(seed, luck, seeds, apart=apart) for luck in (0, 1))
    best = old.ranked[0].value(old.metric)
    noise = known_noise(old)
    held = Baseline("old", old.metric.name, "maximize", best, seeds, "", noise)
    (gate,) = gates(run, Asked(baseline=held))
    return not gate.passed


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
