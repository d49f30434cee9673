"""How good the search is per epoch trained: the product's own samplers and plan on tasks with known answers.

    python benchmarks/search_quality.py --seeds 3 --tasks mlp_digits lc_3945

Whether a change of the search gains or loses is told by the same seeds before and after it: with `--out after.jsonl
--beside before.jsonl` the differences of the pairs are printed too, which vary less than either.

Every (settings, task, seed) is a line of the results file, so an interrupted benchmark goes on where it was.
The tables stand beside the reference results of other methods; at the end each figure that was set as a goal
stands beside what was reached. Regret: 100 % is a typical random configuration, 0 the best known one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})

import numpy as np

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result
from hpsearch.engine.overlap import history_of
from hpsearch.engine.plan import Halving, Plan
from hpsearch.samplers import SAMPLERS
from hpsearch.space import SCALES, Choice, Integer, Parameter, Real, Space

BENCH = Path(__file__).parents[2] / "shared/bench/search"
OUT = Path(__file__).parent / "results/search_quality.jsonl"
#: More trials than any budget pays for: the budget ends the search.
ENDLESS = 10**6
Curve = list[float]


def parameter(name: str, given: dict[str, Any]) -> Parameter:
    """A parameter of a task as one of ours."""
    if "choices" in given:
        return Choice(name, tuple(given["choices"]), ordered=given["ordered"])
    scale = SCALES[given["scale"]](given["low"], given["high"])
    return Integer(name, scale) if given.get("type") == "int" else Real(name, scale)


def search(problem: Any, seed: int, *, settings: dict[str, Any], clock: list[float]) -> None:
    """Search until the budget is spent, which `problem` says by an exception.

    Where rounds overlap, what was begun first ends first: `round_size` times `overlap` + 1 are in flight.
    """
    space = Space([parameter(name, given) for name, given in problem.space.items()])
    epochs = problem.fidelities
    sampler = SAMPLERS[settings["sampler"]].from_settings({"fit": settings["fit"]}, ENDLESS)
    halving = Halving(3, epochs[0]) if settings["halving"] else None
    overlap = settings.get("overlap", 0)
    streams, size = Streams(seed), settings["round_size"]
    plan = Plan(space, sampler, streams, ENDLESS, size, epochs[-1], halving, overlap=overlap)
    history, trials = history_of(space, Metric("loss", "minimize"), overlap), {}
    due: deque[Job] = deque()
    while True:
        begun = time.process_time()
        while jobs := history.ask(plan.next_round):
            history.add_round(jobs)
            due += jobs
            clock[1] += sum(job.start == 0 for job in jobs)
        clock[0] += time.process_time() - begun
        if not due:
            return
        job = due.popleft()
        number = job.trial.number
        if number not in trials:
            trials[number] = problem.new_trial(job.trial.config)
        loss = problem.train(trials[number], epochs.index(job.epochs))
        history.add(Result(number, job.epochs, "done", {"loss": float(loss)}))


def curve_of(task: str, seed: int, *, bench: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """The incumbent curve of one search, and what deciding cost in ms per proposal."""
    protocol = _protocol(bench)
    clock = [0.0, 0.0]
    curve = protocol.run(partial(search, settings=settings, clock=clock), task, seed, settings["budget"])
    ms = 1000 * clock[0] / max(clock[1], 1)
    return {"task": task, "seed": seed, "settings": settings, "curve": curve.tolist(), "ms": ms}


def _protocol(bench: Path) -> Any:
    if str(bench) not in sys.path:
        sys.path.insert(0, str(bench))
    import protocol

    return protocol


def measured(
    tasks: Sequence[str], seeds: range, settings: dict[str, Any], bench: Path, out: Path
) -> Iterator[dict[str, Any]]:
    """Every search that is asked for: from the results file, or run now and added to it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    known = recorded(out, settings) if out.exists() else {}
    wanted = [(task, seed) for task in tasks for seed in seeds]
    yield from (known[key] for key in wanted if key in known)
    missing = [key for key in wanted if key not in known]
    with ProcessPoolExecutor(os.cpu_count()) as pool, out.open("a") as file:
        run = partial(curve_of, bench=bench, settings=settings)
        for record in pool.map(run, *zip(*missing, strict=True)) if missing else ():
            file.write(json.dumps(record) + "\n")
            file.flush()
            yield record


def recorded(file: Path, settings: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    """The searches of a results file that had these settings, by task and seed."""
    records = map(json.loads, file.read_text().splitlines())
    return {(record["task"], record["seed"]): record for record in records if record["settings"] == settings}


def paired(
    records: Sequence[dict[str, Any]], before: dict[tuple[str, int], dict[str, Any]], protocol: Any
) -> dict[str, np.ndarray]:
    """By task, log10 regret less that of the same seed in `before`, (seeds, budget); negative is better."""
    found: dict[str, list[np.ndarray]] = {}
    for record in records:
        task = record["task"]
        if other := before.get((task, record["seed"])):
            now, then = protocol.log_regret(
                np.array([record["curve"], other["curve"]]), protocol.get_task(task)
            )
            found.setdefault(task, []).append(now - then)
    return {task: np.array(differences) for task, differences in found.items()}


def difference(of_tasks: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The mean over tasks of their differences (seeds, budget), and its standard error over seeds: each (budget,).

    The tasks are fixed: what they differ by is no error. A task with one seed has an unknown one (nan).
    """
    mean = np.mean([seeds.mean(axis=0) for seeds in of_tasks], axis=0)
    errors = [
        seeds.var(axis=0, ddof=1) / len(seeds) if len(seeds) > 1 else np.full(seeds.shape[1], np.nan)
        for seeds in of_tasks
    ]
    return mean, np.sqrt(np.sum(errors, axis=0)) / len(of_tasks)


def pairs(differences: dict[str, np.ndarray], budgets: Sequence[int]) -> str:
    """A line for each task and one for all: mean and standard error of log10 regret, after less before."""
    if not differences:
        return "no search of the same task, seed and settings is in both files"
    heads = "".join(f"{f'@{budget}':>16}" for budget in budgets)
    lines = [f"{'log10 regret, paired':<22}{'seeds':>6}{heads}"]
    for name, of_tasks in [
        *((task, [found]) for task, found in differences.items()),
        ("all", [*differences.values()]),
    ]:
        mean, error = difference(of_tasks)
        cells = "".join(f"{mean[b - 1]:>+9.3f} {f'({error[b - 1]:.3f})':>6}" for b in budgets)
        lines.append(f"{name:<22}{min(map(len, of_tasks)):>6}{cells}")
    return "\n".join(lines)


def summaries(records: Sequence[dict[str, Any]], protocol: Any, reference: Any) -> dict[str, Any]:
    """Per task, as the protocol summarises them."""
    tasks = dict.fromkeys(record["task"] for record in records)
    return {
        task: protocol.summarise_task(
            np.array([record["curve"] for record in records if record["task"] == task]),
            protocol.get_task(task),
            reference["goals"].get(task),
        )
        for task in tasks
    }


def regret(summary: dict[str, Any], column: int) -> float:
    """Geometric mean over the tasks, in percent; nan where a task lacks it."""
    means = [task["mean"][column] for task in summary.values()]
    return float("nan") if None in means else float(100 * 10 ** np.mean(means))


def goals(name: str, summary: dict[str, Any], settings: dict[str, Any], protocol: Any, reference: Any) -> str:
    """The figures that were set as goals for these settings, beside what was reached."""
    bounds = {
        (True, True): {10: 6.0, 20: 2.7, 50: 0.5},
        (True, False): {10: 10.0, 20: 5.5, 50: 3.0},
        (False, True): {20: 7.0, 50: 1.0},
    }.get((settings["halving"], settings["fit"]), {})
    lines = [f"{name}: regret of {len(summary)} tasks, goal and reached"]
    for budget, bound in bounds.items():
        reached = regret(summary, protocol.BUDGETS.index(budget))
        lines.append(f"  at {budget:>3}: <= {bound:>4} %   {reached:6.2f} %")
    if settings["halving"]:
        needed = [task["n100"] or float("inf") for task in summary.values()]
        lines.append(f"  random's 100, worst task: <= 10   {max(needed):g}")
        hyperband = protocol.reference_summaries(reference)["optuna-tpe+hb"]
        lost = {b: protocol.pairwise(summary, hyperband, list(summary), b)[1] for b in (10, 20, 50)}
        lines.append(f"  tasks lost to TPE+Hyperband at 10, 20, 50: none   {list(lost.values())}")
    return "\n".join(lines)


def main() -> None:
    """Run what was asked for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bench", type=Path, default=BENCH, help="folder of the tasks")
    parser.add_argument("--seeds", type=int, default=30, help="how many")
    parser.add_argument(
        "--first-seed", type=int, default=0, help="the constants were chosen on seeds 0 to 29"
    )
    parser.add_argument("--tasks", nargs="*", help="default: all that fit the settings")
    parser.add_argument("--budget", type=int, default=50, help="full trainings")
    parser.add_argument("--sampler", default="coarse_to_fine")
    parser.add_argument("--round-size", type=int, default=8)
    parser.add_argument("--overlap", type=int, default=0, help="how many earlier rounds may still run")
    parser.add_argument("--fit", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--halving", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--out", type=Path, default=OUT, help="results file, added to")
    parser.add_argument(
        "--beside", type=Path, help="results file of another version, to compare with in pairs"
    )
    args = parser.parse_args()
    if not (args.bench / "protocol.py").is_file():
        parser.error(f"--bench {args.bench}: no folder of the tasks (it has no protocol.py)")
    if args.beside and not args.beside.is_file():
        parser.error(f"--beside {args.beside}: no such file; the version before writes it with --out")
    protocol = _protocol(args.bench)
    reference = protocol.load_reference()
    curves = [task for task in protocol_tasks(args.bench) if len(protocol.get_task(task).fidelities) > 1]
    tasks = args.tasks or (curves if args.halving else protocol_tasks(args.bench))
    names = ("sampler", "round_size", "fit", "halving", "budget")
    settings = {name: getattr(args, name) for name in names}
    settings |= {"overlap": args.overlap} if args.overlap else {}  # as in files of before there was one
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    records = list(measured(tasks, seeds, settings, args.bench, args.out))
    summary = summaries(records, protocol, reference)
    budgets = [budget for budget in protocol.BUDGETS if budget <= args.budget]
    print(protocol.report("hpsearch", summary, reference, budgets))
    print()
    if args.beside:
        print(pairs(paired(records, recorded(args.beside, settings), protocol), budgets))
        print()
    print(goals("hpsearch", summary, settings, protocol, reference))
    print(f"  deciding: <= 5 ms per proposal   {np.mean([record['ms'] for record in records]):.1f} ms")


def protocol_tasks(bench: Path) -> list[str]:
    """The names of all tasks."""
    _protocol(bench)
    from tasks import TASK_NAMES

    return list(TASK_NAMES)


if __name__ == "__main__":
    main()
