"""Runs that were never conducted, for the tests of what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hpsearch.config.loading import spec_of
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder

#: Trial -> its readings: of the search itself, then with other seeds.
Readings = Sequence[Any]


def a_run(
    readings: Readings,
    places: Sequence[Mapping[str, float]] | None = None,
    *,
    rows: int = 0,
    metric: str = "val_acc",
    epochs: int = 1,
    curves: Mapping[int, Sequence[Sequence[float]]] | None = None,
    chance: Mapping[str, float] | None = None,
    losses: Sequence[float] = (),
    commonest: float = 0.0,
    high: float = 1,
    **search: Any,
) -> Run:
    """A search of a function of one's own, over numbers from 0 to `high` called as those of the first place are.

    Args:
        places: the configuration of each trial; evenly spread in one parameter, x, where they are not given.
        rows: how many the metric was measured on.
        curves: the curve of each reading of a trial.
        chance, losses: the val_loss of knowing nothing, and of each trial.
        commonest: the accuracy of always giving the commonest class.
    """
    places = places or [{"x": high * (n + 0.5) / len(readings)} for n in range(len(readings))]
    spec = spec_of(
        {
            "name": "run",
            "objective": {"kind": "python", "function": "json:loads", "epochs": epochs},
            "space": {name: {"scale": "linear", "low": 0, "high": high} for name in places[0]},
            "search": {"metric": metric, "trials": len(readings), **search},
        }
    )
    results = []
    for number, reading in enumerate(readings):
        values = [reading] if isinstance(reading, float) else reading
        beside = {"val_loss": losses[number]} if losses else {}
        for replicate, value in enumerate(values):
            curve = {metric: curves[number][replicate]} if curves and number in curves else {}
            metrics = {metric: value, **beside}
            results.append(Result(number, epochs, "done", metrics, curve, replicate=replicate))
    trials = {number: Trial(number, 0, config, number) for number, config in enumerate(places)}
    known: Any = {"rows": rows, "chance": chance or {}, "commonest": commonest}
    return Run(spec, RunFolder(Path("runs/run")), trials, results, "complete", **known)
