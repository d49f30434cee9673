"""What `search.budget: seconds` gains where trainings take longer with some values than with others.

    python benchmarks/seconds.py --seeds 8

Time is simulated, as in `wall_clock.py`: the tasks of `search_quality.py` are searched by the product's own plan,
with a budget of epochs and with one of seconds, on clocks that differ in what an epoch takes:

- slow 1, slow 2: tenfold more at one end of a parameter than at the other, such as hidden units or batch size;
- alike: the same with all values, where there is nothing to gain;
- chance: within a factor of ten, which no parameter tells.

Beside that each training takes longer or shorter by chance, and one of twenty three times as long. The table has
the geometric mean of the regrets (100 %: a typical random configuration) at several times, in full trainings of
mean length for each worker; `paired` is what seconds change, in log10 of the regret, by searches with equal seeds.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.search_quality import BENCH, difference, parameter
from benchmarks.wall_clock import VARIES, Ours, pace, played
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job
from hpsearch.space import Space

#: By the beginning of a task's name, the parameters that its two slow clocks rise with, or fall (-).
SLOW = {
    "mlp_": ("hidden_units", "-batch_size"),
    "lc_": ("max_units", "-batch_size"),
    "fcnet_": ("units_1", "-batch_size"),
    "hpobench_": ("width", "-batch_size"),
    "hartmann6": ("x1", "x6"),
    "branin": ("x1", "-x1"),
}
CLOCKS = ("slow 1", "slow 2", "alike", "chance")
BUDGETS = ("epochs", "seconds")
#: When searches are compared, without and with levels of epochs; in full trainings of mean length for each worker.
TIMES = ((5, 10, 20, 40, 80), (1, 2, 4, 8, 16))
NOISE = 0.1
#: One of so many trainings takes so many times as long.
SELDOM, LONGER = 20, 3.0
Clock = Callable[[Job], float]


def clock_of(name: str, task: Any, space: Space, seed: int) -> Clock:
    """The seconds of a training, by a clock of `CLOCKS`."""
    streams = Streams(seed)
    (slow,) = (given for start, given in SLOW.items() if task.name.startswith(start))

    def epoch(job: Job) -> float:
        config = job.trial.config
        if name == "alike":
            return 1.0
        if name == "chance":
            return pace(config)
        sought = slow[int(name[-1]) - 1]
        place = float(space.encode([config])[0, list(task.space).index(sought.removeprefix("-"))])
        return float(VARIES ** (1 - place if sought.startswith("-") else place))

    def seconds(job: Job) -> float:
        draw = streams.generator("clock", job.trial.number, int(job.epochs))
        noise = math.exp(NOISE * draw.standard_normal()) * (LONGER if draw.random() < 1 / SELDOM else 1)
        return epoch(job) * (job.epochs - job.start) * noise

    return seconds


def mean_length(task: Any, name: str) -> float:
    """The mean seconds of a full training of a random configuration, but for chance."""
    epoch = 1.0 if name == "alike" else (VARIES - 1) / math.log(VARIES)
    return float(task.fidelities[-1]) * epoch


def times_of(task: Any) -> Sequence[float]:
    """The times at which searches of a task are compared."""
    return TIMES[len(task.fidelities) > 1]


def searched(task: Any, seed: int, name: str, budget: str, args: argparse.Namespace) -> dict[str, Any]:
    """How a search of a task does with a budget, by the clock of that name."""
    import protocol

    space = Space([parameter(called, given) for called, given in task.space.items()])
    searcher = Ours(space, task.fidelities, seed, args.round_size, args.overlap, budget=budget)
    times, full = times_of(task), mean_length(task, name)
    clock, problem = clock_of(name, task, space, seed), protocol.Problem(task, seed, math.inf)
    losses, _ = played(searcher, problem, args.workers, full, times, clock)
    known = np.array([task.random_median if math.isnan(loss) else loss for loss in losses])
    regret = protocol.log_regret(known, task).tolist()
    return {"task": task.name, "seed": seed, "clock": name, "budget": budget, "regret": regret}


def table(records: Sequence[dict[str, Any]], tasks: Sequence[Any]) -> Iterator[str]:
    """A line for each clock and budget, and one for what pairs differ by; tasks with and without levels apart."""
    for levels, times in enumerate(TIMES):
        names = [task.name for task in tasks if times_of(task) is times]
        own = [one for one in records if one["task"] in names]
        if own:
            yield f"{('no halving', 'halving')[levels]:<14}{'budget':<10}" + "".join(
                f"{f'@{at}':>16}" for at in times
            )
        for clock in dict.fromkeys(one["clock"] for one in own):
            found = {budget: _regrets(own, clock, budget, names) for budget in BUDGETS}
            for budget, of_tasks in found.items():
                means = 100 * 10 ** np.mean([seeds.mean(axis=0) for seeds in of_tasks], axis=0)
                yield f"{clock:<14}{budget:<10}" + "".join(f"{mean:>16.2f}" for mean in means)
            mean, error = difference([now - then for then, now in zip(*found.values(), strict=True)])
            cells = (f"{f'{by:+.3f} +- {off:.3f}':>16}" for by, off in zip(mean, error, strict=True))
            yield f"{clock:<14}{'paired':<10}" + "".join(cells)


def _regrets(
    records: Sequence[dict[str, Any]], clock: str, budget: str, tasks: Sequence[str]
) -> list[np.ndarray]:
    """By task, log10 of the regrets (seeds, times)."""
    own = [one for one in records if (one["clock"], one["budget"]) == (clock, budget)]
    return [np.array([one["regret"] for one in own if one["task"] == task]) for task in tasks]


def main() -> None:
    """Play what was asked for, keep it, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bench", type=Path, default=BENCH, help="folder of the tasks")
    parser.add_argument("--seeds", type=int, default=8, help="how many")
    parser.add_argument(
        "--first-seed", type=int, default=700, help="the method was chosen on seeds 500 to 507"
    )
    parser.add_argument("--tasks", nargs="*", help="default: all")
    parser.add_argument("--clocks", nargs="*", default=CLOCKS, choices=CLOCKS)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--round-size", type=int, default=8)
    parser.add_argument("--overlap", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/seconds.jsonl")
    args = parser.parse_args()
    sys.path.insert(0, str(args.bench))
    from tasks import TASK_NAMES, get_task

    tasks = [get_task(name) for name in args.tasks or TASK_NAMES]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    records = []
    with args.out.open("a") as file:
        for seed in range(args.first_seed, args.first_seed + args.seeds):
            for task, clock, budget in product(tasks, args.clocks, BUDGETS):
                records.append(searched(task, seed, clock, budget, args))
                file.write(json.dumps(records[-1]) + "\n")
            file.flush()
    print("\n".join(table(records, tasks)))


if __name__ == "__main__":
    main()
