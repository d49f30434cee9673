"""Runs that are written down rather than searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hpsearch.config import spec_of
from hpsearch.core.trial import Config, Result, Trial
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder

LR: Mapping[str, Any] = {"scale": "log", "low": 1e-6, "high": 1e-2}


def run_of(
    space: Mapping[str, Any], configs: Sequence[Config], results: Sequence[Result], epochs: int = 1
) -> Run:
    """The run `book`, of a function that is maximized, with these trials and results."""
    spec = spec_of(
        {
            "name": "book",
            "objective": {"kind": "python", "function": "train:train", "epochs": epochs},
            "space": dict(space),
            "search": {"metric": "score", "goal": "maximize", "trials": len(configs)},
        }
    )
    trials = {number: Trial(number, 0, config, number) for number, config in enumerate(configs)}
    return Run(spec, RunFolder(Path("runs/book")), trials, results, "complete")


def done(trial: int, score: float, epochs: int = 1, replicate: int = 0) -> Result:
    """A training that ended well."""
    return Result(trial, epochs, "done", {"score": score}, replicate=replicate)
