"""How much of a Pareto front a search finds that ranks by both of two metrics.

    python benchmarks/pareto.py --seeds 10

Three known functions of two losses are searched by the product's own plan, in rounds of eight: with both losses
ranking, with the first one alone, and at random. The table has the mean over seeds of the hypervolume (Zitzler &
Thiele, 1999) that the trials of each dominate, as a share of that of the true front, with its standard error.

- `zdt1`, `zdt2` (Zitzler, Deb & Thiele, 2000), of 6 parameters: a front that bulges towards the best, and one that
  is hollow, which no weighted sum of losses finds.
- `network`: the error of a network that is made larger, at rates that suit it or not, against its size.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Result, as_number
from hpsearch.engine.dominance import Floats, undominated
from hpsearch.engine.plan import Plan
from hpsearch.engine.several import history_for
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Integer, Linear, Log, Real, Space

BUDGETS = (20, 50, 100)
BOTH = (Metric("first", "minimize"), Metric("second", "minimize"))
ROUND = 8


@dataclass(frozen=True)
class Task:
    """Two losses of a configuration; `worst` is the point that volumes are measured to, `front` the true one."""

    space: Space
    losses: Callable[[Config], tuple[float, float]]
    worst: tuple[float, float]
    front: Floats


def _numbers(config: Config) -> list[float]:
    return [as_number(value) for value in config.values()]


def _zdt(hollow: bool) -> Task:
    def losses(config: Config) -> tuple[float, float]:
        first, *others = _numbers(config)
        reach = 1 + 9 * sum(others) / len(others)
        share = first / reach
        return first, reach * (1 - (share**2 if hollow else math.sqrt(share)))

    ends = np.linspace(0, 1, 2001)
    space = Space([Real(f"x{number}", Linear(0, 1)) for number in range(6)])
    front = np.stack([ends, 1 - (ends**2 if hollow else np.sqrt(ends))], axis=1)
    return Task(space, losses, (1.1, 6.0), front)


def _network() -> Task:
    def losses(config: Config) -> tuple[float, float]:
        rate, width, layers, decay = _numbers(config)
        size = 64 * width + (layers - 1) * width**2 + 10 * width
        off = (math.log10(rate) + 1.5 + 0.3 * math.log10(width)) ** 2 / 8 + (math.log10(decay) + 4) ** 2 / 200
        return 0.02 + 0.5 * size**-0.25 + off, math.log10(size)

    space = Space(
        [
            Real("lr", Log(1e-5, 1)),
            Integer("hidden_units", Log(2, 512)),
            Integer("hidden_layers", Linear(1, 4)),
            Real("weight_decay", Log(1e-8, 1e-1)),
        ]
    )
    sizes = np.array(
        [74 * width + layer * width**2 for width in range(2, 513) for layer in range(4)], dtype=np.float64
    )
    front = np.stack([0.02 + 0.5 * sizes**-0.25, np.log10(sizes)], axis=1)
    return Task(space, losses, (0.4, 6.5), front[undominated(front)])


TASKS: Mapping[str, Task] = {"zdt1": _zdt(hollow=False), "zdt2": _zdt(hollow=True), "network": _network()}


def hypervolume(losses: Floats, worst: tuple[float, float]) -> float:
    """The area that points (n, 2) dominate of that below and left of `worst`.

    >>> hypervolume(np.array([[0.0, 0.5], [0.5, 0.0], [2.0, 2.0]]), (1.0, 1.0))
    0.75
    """
    within = losses[(losses < worst).all(axis=1)]
    if not len(within):
        return 0.0
    front = np.unique(within[undominated(within)], axis=0)
    heights = np.concatenate([[worst[1]], front[:-1, 1]]) - front[:, 1]
    return float(((worst[0] - front[:, 0]) * heights).sum())


def searched(task: Task, sampler: str, ranking: Sequence[Metric], seed: int) -> Floats:
    """The losses (n, 2) of the trials of a search, in their order."""
    streams = Streams(seed)
    made = SAMPLERS[sampler].from_settings({"fit": True}, BUDGETS[-1])
    plan = Plan(task.space, made, streams, BUDGETS[-1], ROUND)
    history = history_for(task.space, ranking, 0, streams)
    while jobs := plan.next_round(history):
        history.add_round(jobs)
        for job in jobs:
            metrics = dict(zip(("first", "second"), task.losses(job.trial.config), strict=True))
            history.add(Result(job.trial.number, 1, "done", metrics))
    return np.array([task.losses(trial.config) for trial in history.trials])


METHODS: Mapping[str, tuple[str, Sequence[Metric]]] = {
    "both rank": ("coarse_to_fine", BOTH),
    "the first ranks": ("coarse_to_fine", BOTH[:1]),
    "random": ("random", BOTH[:1]),
}


def shares(task: Task, method: str, seed: int) -> list[float]:
    """What a search dominates after each budget, as a share of what the true front does."""
    found = searched(task, *METHODS[method], seed)
    whole = hypervolume(task.front, task.worst)
    return [hypervolume(found[:budget], task.worst) / whole for budget in BUDGETS]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    given = parser.parse_args()
    seeds = range(given.first_seed, given.first_seed + given.seeds)
    print(f"{'':24}" + "".join(f"{f'{budget} trials':>18}" for budget in BUDGETS))
    for name, task in TASKS.items():
        for method in METHODS:
            table = np.array([shares(task, method, seed) for seed in seeds])
            errors = table.std(axis=0, ddof=1) / math.sqrt(len(seeds))
            cells = [
                f"{mean:.3f} +- {error:.3f}" for mean, error in zip(table.mean(axis=0), errors, strict=True)
            ]
            print(f"{name:8}{method:16}" + "".join(f"{cell:>18}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
