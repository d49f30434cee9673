"""What learning from an earlier run gains and costs: hints that help, say nothing or contradict, against none.

    python benchmarks/learning.py --seeds 10 --first-seed 300

The tasks are those of search_quality.py with learning curves. The earlier search has 60 trials: of the same
task (`same`), of another one with its space (`other`), with its losses dealt out at random (`useless`), or with
the best and the worst exchanged (`contradicting`). `results` counts those of the same task as results. Printed is
the regret in percent, a geometric mean, after so many full trainings; the earlier search's are not counted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})  # as hpsearch does
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.search_quality import BENCH, ENDLESS, _protocol, parameter
from hpsearch.analysis.levelled import levelled
from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Epochs, Result
from hpsearch.engine.history import History
from hpsearch.engine.plan import Halving, Plan
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Space

#: Each task, and another one with the same space.
OTHERS = {"lc_3945": "lc_7593", "lc_7593": "lc_126026", "lc_126026": "lc_167201", "lc_167201": "lc_3945"}
TASKS = [*OTHERS, "mlp_digits"]
KINDS = ("none", "results", "same", "other", "useless", "contradicting")
TRIALS, SHOWN = 60, (1, 2, 3, 5, 8, 10, 15, 20)
Found = tuple[list[Config], list[dict[Epochs, float]]]


def history_of(problem: Any) -> History:
    """An empty history of a search of the problem."""
    space = Space([parameter(name, given) for name, given in problem.space.items()])
    return History(space, Metric("loss", "minimize"))


def search(problem: Any, history: History, seed: int, trials: int, spent: type[Exception]) -> None:
    """Search until so many trials are done or the budget is."""
    epochs = problem.fidelities
    sampler = SAMPLERS["coarse_to_fine"].from_settings({}, trials)
    plan = Plan(history.space, sampler, Streams(seed), trials, 8, epochs[-1], Halving(3, epochs[0]))
    begun: dict[int, Any] = {}
    while jobs := plan.next_round(history):
        history.add_round(jobs)
        for job in jobs:
            number = job.trial.number
            trial = begun.setdefault(number, problem.new_trial(job.trial.config))
            try:
                loss = problem.train(trial, epochs.index(job.epochs))
            except spent:
                return
            history.add(Result(number, job.epochs, "done", {"loss": float(loss)}))


@cache
def earlier(task: str, seed: int, bench: Path) -> Found:
    """The trials of an earlier search, with a seed of its own, and their losses by epochs."""
    protocol = _protocol(bench)
    problem = protocol.Problem(protocol.get_task(task), 10_000 + seed, ENDLESS)
    history = history_of(problem)
    search(problem, history, 10_000 + seed, TRIALS, protocol.BudgetSpent)
    losses: list[dict[Epochs, float]] = [{} for _ in history.trials]
    for (number, _, epochs), result in sorted(history.results.items()):
        losses[number][epochs] = result.metrics["loss"]
    return [trial.config for trial in history.trials], losses


def learn(kind: str, task: str, seed: int, history: History, bench: Path) -> None:
    """Let `history` know what the kind says of an earlier search."""
    if kind == "none":
        return
    configs, losses = earlier(OTHERS.get(task, task) if kind == "other" else task, seed, bench)
    if kind == "results":
        history.inherit(configs, losses)
        return
    values = np.array(levelled(losses))
    if kind == "useless":
        values = np.random.default_rng(seed).permutation(values)
    if kind == "contradicting":
        values = np.sort(values)[::-1][np.argsort(np.argsort(values))]
    history.hint(configs, values.tolist())


def log_regret(kind: str, task: str, seed: int, bench: Path) -> list[float]:
    """That of one search, after each full training."""
    protocol = _protocol(bench)
    problem = protocol.Problem(protocol.get_task(task), seed, SHOWN[-1])
    history = history_of(problem)
    learn(kind, task, seed, history, bench)
    search(problem, history, seed, ENDLESS, protocol.BudgetSpent)
    return list(protocol.log_regret(problem.incumbent_curve(), protocol.get_task(task)))


def task_of(task: str, seed: int, bench: Path) -> list[list[float]]:
    """Every kind in turn, which share the earlier search."""
    return [log_regret(kind, task, seed, bench) for kind in KINDS]


def table(found: Sequence[list[list[float]]]) -> str:
    """Rows by kind, columns by budget."""
    means = 100 * 10 ** np.nanmean(np.array(found), axis=0)
    lines = [f"{'full trainings':<15}" + "".join(f"{budget:>8}" for budget in SHOWN)]
    for kind, row in zip(KINDS, means, strict=True):
        lines.append(f"{kind:<15}" + "".join(f"{row[budget - 1]:8.2f}" for budget in SHOWN))
    return "\n".join(lines)


def main() -> None:
    """Run every search that was asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bench", type=Path, default=BENCH, help="folder of the tasks")
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument(
        "--first-seed", type=int, default=300, help="no constant was chosen on those from 400 on"
    )
    parser.add_argument("--tasks", nargs="*", default=TASKS)
    args = parser.parse_args()
    wanted = [(task, args.first_seed + seed) for task in args.tasks for seed in range(args.seeds)]
    tasks, seeds = zip(*wanted, strict=True)
    with ProcessPoolExecutor() as pool:
        print(table(list(pool.map(task_of, tasks, seeds, [args.bench] * len(wanted)))))


if __name__ == "__main__":
    main()
