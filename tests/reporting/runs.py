"""A run with everything that can happen in one, for the tests of the formats."""

from __future__ import annotations

import math
from pathlib import Path

from hpsearch.config.loading import spec_of
from hpsearch.core.trial import Config, Result, Trial
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from hpsearch.space import Choice, Integer, Linear, Log, OneMinusLog, Real, Space

SPACE = Space(
    [
        Real("lr", Log(1e-4, 1)),
        Choice("optimizer", ("sgd", "ádam")),
        Real("beta", OneMinusLog(0.9, 0.999), when={"optimizer": ("ádam",)}),
        Real("dropout", Linear(0, 0.35), step=0.1),
        Integer("width", Log(8, 64)),
        Choice("batch", (16, 32)),
        Choice("ratio", (1, 2.5)),
        Choice("bias", (True, False)),
        Real("epochs", Linear(0, 1)),  # the name of a column
    ]
)
REST: Config = {"dropout": 0.3, "width": 9, "batch": 32, "ratio": 2.5, "bias": True, "epochs": 0.5}
CONFIGS: tuple[Config, ...] = (
    {"lr": 0.1, "optimizer": "ádam", "beta": 0.99, **REST},
    {"lr": 1e-4, "optimizer": "sgd", **REST, "ratio": 1},
    {"lr": 1.0, "optimizer": "sgd", **REST, "dropout": 0.0},
    {"lr": 0.5, "optimizer": "sgd", **REST},
)
RESULTS = (
    Result(0, 1, "done", {"acc": 0.5, "loss": 1.0}, {"acc": [0.5], "loss": [1.0]}, 1.0),
    Result(0, 3, "done", {"acc": 0.7, "loss": 0.5}, {"acc": [0.6, 0.7], "loss": [math.nan, 0.5]}, 2.0),
    Result(0, 3, "done", {"acc": 0.8}, {"acc": [0.4, 0.6, 0.8]}, 3.0, replicate=1),
    Result(0, 3, "done", {"acc": 0.6}, {"acc": [0.4, 0.5, 0.6]}, 3.0, replicate=2),
    Result(1, 1, "done", {"acc": 0.4, "loss": math.inf}, {}, 1.0),
    Result(2, 1, "diverged", {"loss": math.nan}, {"acc": [math.nan]}, 0.5, reason="the loss, exploded"),
    Result(3, 1, "failed", {}, {}, 0.25, reason='ValueError: "no"', output="line 1\nline 2"),
)


SPEC = spec_of(
    {
        "name": "run",
        "objective": {"kind": "command", "command": ["echo", "{lr}", "{epochs}"], "epochs": 3},
        "space": {"lr": {"scale": "log", "low": 1e-4, "high": 1}},
        "search": {"metric": "acc"},
    }
)


def a_run(*, empty: bool = False) -> Run:
    """The run; `empty`: before its first result."""
    trials = [] if empty else [Trial(number, 0, config, number + 7) for number, config in enumerate(CONFIGS)]
    results = [] if empty else list(RESULTS)
    run = Run(SPEC, RunFolder(Path("run")), dict(enumerate(trials)), results, written=1_700_000_000.0)
    run.space = SPACE
    return run
