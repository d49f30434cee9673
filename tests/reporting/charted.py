"""Searches whose pages are drawn, and what is read back from a picture."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hpsearch.config.loading import spec_of
from hpsearch.core.trial import Config, Result, Trial
from hpsearch.engine.run import Run
from hpsearch.reporting.page.drawing import Chart, Charts, Mark
from hpsearch.reporting.page.parallel import Parallel
from hpsearch.reporting.page.parts import Section
from hpsearch.runs import RunFolder
from hpsearch.space import Choice, Log, OneMinusLog, Parameter, Real, Space

LR = Real("lr", Log(1e-4, 1))
SPEC: Mapping[str, Any] = {
    "name": "run",
    "objective": {"kind": "python", "function": "json:loads", "epochs": 9},
    "space": {"lr": {"scale": "log", "low": 1e-4, "high": 1}},
}


def searched(
    configs: Sequence[Config],
    results: Sequence[Result],
    space: Sequence[Parameter] = (LR,),
    metric: str = "acc",
    rounds: Sequence[int] = (),
) -> Run:
    """A search that has ended, with trials of these configurations."""
    spec = spec_of({**SPEC, "search": {"metric": metric, "trials": max(1, len(configs))}})
    trials = {
        number: Trial(number, rounds[number] if rounds else 0, config, number)
        for number, config in enumerate(configs)
    }
    run = Run(spec, RunFolder(Path("runs/run")), trials, results, "complete")
    run.space = Space(space)
    return run


def charts(section: Section | None) -> list[Chart]:
    """The pictures of a section."""
    assert section is not None
    return [chart for block in section.blocks if isinstance(block, Charts) for chart in block.charts]


def points(chart: Chart | Parallel, style: str) -> dict[int, tuple[int, int]]:
    """Where each trial lies among the marks that have a style."""
    found: dict[int, tuple[int, int]] = {}
    for mark in chart.marks:
        if style in mark.style.split() and mark.trials:
            places = re.findall(r"M(\d+) (\d+)", mark.path)
            trials = map(int, mark.trials.split())
            found |= {trial: (int(x), int(y)) for trial, (x, y) in zip(trials, places, strict=True)}
    return found


def words(chart: Chart | Parallel) -> dict[str, tuple[int, int]]:
    return {word.text: (word.x, word.y) for word in chart.words}


def marks(chart: Chart, style: str) -> list[Mark]:
    return [mark for mark in chart.marks if style in mark.style.split()]


def many(count: int, **more: Parameter) -> Run:
    """A search of `count` trials over three parameters and `more`, of which some end at each length."""
    space = [LR, Real("beta", OneMinusLog(0.5, 0.999)), Choice("act", ("relu", "tanh")), *more.values()]
    units = [[(number * step) % 1 for step in (0.618, 0.755, 0.57)[: len(space)]] for number in range(count)]
    configs: list[Config] = [
        {
            "lr": float(LR.scale.from_unit(a)),
            "beta": float(OneMinusLog(0.5, 0.999).from_unit(b)),
            "act": ("relu", "tanh")[c > 0.5],
        }
        for a, b, c in units
    ]
    results = [
        Result(number, (1, 3, 9)[number % 3], "done", {"acc": math.sin(3 * a) * (0.5 + b / 2)})
        if number % 17
        else Result(number, 1, "failed", reason="ValueError: no")
        for number, (a, b, _) in enumerate(units)
    ]
    return searched(configs, results, space, rounds=[number // 8 for number in range(count)])
