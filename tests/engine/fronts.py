"""Runs of more than one metric, for the tests of fronts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hpsearch.config.loading import spec_of
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder

#: Trial -> its metrics after so many epochs, or with another seed.
Told = Sequence[Mapping[str, float]]


def a_run(told: Told, *more: Result, epochs: int = 1, lengths: Sequence[int] = ()) -> Run:
    """A search of a function by val_acc, with a trial for each mapping of metrics, x a tenth of its number.

    Args:
        more: further results of these trials.
        epochs: of a full training.
        lengths: for how many each was trained; in full if not given.
    """
    spec = spec_of(
        {
            "name": "run",
            "objective": {"kind": "python", "function": "json:loads", "epochs": epochs},
            "space": {"x": {"scale": "linear", "low": 0, "high": 10}, "kind": {"choices": ["a", "b"]}},
            "search": {"metric": "val_acc", "trials": len(told)},
        }
    )
    trials = {
        number: Trial(number, 0, {"x": number / 10, "kind": "a"}, number) for number in range(len(told))
    }
    results = [
        Result(number, lengths[number] if lengths else epochs, "done", metrics, seconds=number + 1.0)
        for number, metrics in enumerate(told)
    ]
    return Run(spec, RunFolder(Path("runs/run")), trials, [*results, *more], "complete")
