"""What the search itself costs: durable trials a second beside Optuna's, and 100,000 trials in one run.

    pip install 'hpsearch[benchmark]' joblib 'ray[tune]'
    python benchmarks/overhead.py [--part speed] [--trials 1000] [--rounds 3]
    python benchmarks/overhead.py [--part load] [--part halving] [--size 100000] [--folder DIR]

**speed**: a Python function that does nothing, four parameters, maximized; every result is on the disk before it
counts, as each program ships. Optuna: its random sampler, one process, JournalStorage on a file, and SQLite.
hpsearch: `sampler: random` on every executor that is registered (two workers, but for `serial`), and its default
sampler. Beside them what does not wait for the disk: Optuna in memory, joblib, which only calls the function, and
Ray Tune, which keeps its state from time to time. What is not installed is named. The contenders take turns within
a round, so that a noisy moment hits all of them, each with a fresh folder of the same disk; figures are the medians
of the rounds. Rates are over the whole call, for our workers and joblib's once they are there. One `fdatasync` of a
record is timed beside them: it bounds everybody who waits for one.

**load**: one real run of `--size` trials with `sampler: random`: the rates of its first and last thousand, the
memory that the process took beyond its start, files and verdicts included; then `show --top 20` as a whole process,
and how long a resumed run takes until its next round begins.

**halving**: the default sampler, coarse to fine in epochs, from 1 to 1,000 and from `--size` - 1,000 to `--size`
trials. What lies between is written by the program's own writer, with configurations drawn at random, for a real
run would take a while to get there; and result files are not refreshed meanwhile, which a run of hours does for at
most a thirtieth of its time.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = (
    "1"  # before NumPy is there, as hpsearch does
)

import argparse
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from hpsearch import __version__
from hpsearch.actions import housekeeping
from hpsearch.actions import run as action
from hpsearch.actions.opening import Mode
from hpsearch.actions.planning import make_plan
from hpsearch.config import Spec, build_space, digest, dump_yaml, load_spec
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Job, Result
from hpsearch.engine.history import History
from hpsearch.executors import EXECUTORS
from hpsearch.objectives.kind import gather
from hpsearch.runs import Journal, RunFolder
from hpsearch.runs.writing import header, result_record, round_record
from hpsearch.samplers import SAMPLERS

SPACE = {
    "lr": {"scale": "log", "low": 1e-4, "high": 1},
    "weight_decay": {"scale": "log", "low": 1e-8, "high": 1e-2},
    "momentum": {"scale": "one_minus_log", "low": 0.9, "high": 0.999},
    "units": {"scale": "log", "type": "int", "low": 16, "high": 256},
}
#: How many trials the rates at the two ends are taken over.
WINDOW = 1000


def nothing(lr: float, weight_decay: float, momentum: float, units: int) -> float:  # noqa: ARG001
    """The objective: as good as no work."""
    return -((lr - 0.1) ** 2)


def learning(lr: float, weight_decay: float, units: int, epochs: int, **_: float) -> dict[str, float]:
    """Metrics like those of a network: better with epochs, and best at some lr and weight decay."""
    off = (math.log10(lr) + 2) ** 2 + 0.1 * (math.log10(weight_decay) + 5) ** 2 + 0.01 * abs(units - 64) / 64
    accuracy = 1 - 0.5 * math.exp(-epochs / 5) - 0.05 * off
    return {"val_acc": accuracy, "val_loss": 1 - accuracy, "train_loss": 0.9 - accuracy}


def a_spec(folder: Path, name: str, trials: int, function: str = "nothing", **search: Any) -> Spec:
    """A search of one of the functions above."""
    path = folder / "config.yaml"
    objective = {"kind": "python", "function": f"{Path(__file__).resolve()}:{function}"}
    search = {"trials": trials, **search}
    path.write_text(json.dumps({"name": name, "objective": objective, "space": SPACE, "search": search}))
    return load_spec(path, ["dispatch.executor=serial"])


class Clock:
    """An observer that notes when the first round began, and when each thousandth result came."""

    def __init__(self) -> None:
        self.count = 0
        self.begun = self.first = self.last = 0.0
        self.marks: list[float] = []

    def round_begins(self, _number: int, _jobs: Sequence[Job], _history: History) -> None:
        if not self.begun:
            self.begun = time.perf_counter()
            self.marks.append(self.begun)

    def training_begins(self, _jobs: Sequence[Job], _workers: int) -> None:
        """It is the results that count."""

    def training_waits(self, _jobs: Sequence[Job]) -> None:
        """Likewise."""

    def results_came(self, results: Sequence[Result], _history: History) -> None:
        if not results:
            return
        self.last = time.perf_counter()
        self.first = self.first or self.last
        self.count += len(results)
        if self.count // WINDOW >= len(self.marks):
            self.marks.append(self.last)

    @property
    def rates(self) -> list[float]:
        """Results a second of each thousand."""
        return [WINDOW / (after - before) for before, after in pairwise(self.marks)]


def run(spec: Spec, folder: Path, mode: Mode = "new") -> Clock:
    clock = Clock()
    action.run(spec, RunFolder.named(folder, spec.name), mode, clock, lambda _: None)
    return clock


# -- speed -------------------------------------------------------------------------------------------------


def ours(folder: Path, trials: int, executor: str = "serial", sampler: str = "random") -> float:
    spec = a_spec(folder, "speed", trials, sampler=sampler)
    workers = executor != "serial"
    if workers:
        spec = load_spec(folder / "config.yaml", [f"dispatch.executor={executor}", "dispatch.workers=2"])
    begun = time.perf_counter()
    clock = run(spec, folder)
    whole = trials / (time.perf_counter() - begun)
    return (trials - 1) / (clock.last - clock.first) if workers else whole


def optuna(folder: Path, trials: int, storage: str) -> float:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    def objective(trial: optuna.Trial) -> float:
        return nothing(
            trial.suggest_float("lr", 1e-4, 1, log=True),
            trial.suggest_float("weight_decay", 1e-8, 1e-2, log=True),
            trial.suggest_float("momentum", 0.9, 0.999),
            trial.suggest_int("units", 16, 256, log=True),
        )

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    kept: Any = None
    if storage == "sqlite":
        kept = f"sqlite:///{folder}/study.db"
    elif storage == "journal":
        kept = JournalStorage(JournalFileBackend(str(folder / "journal.log")))
    sampler = optuna.samplers.RandomSampler(seed=0)
    study = optuna.create_study(storage=kept, sampler=sampler, direction="maximize")
    begun = time.perf_counter()
    study.optimize(objective, n_trials=trials)
    return trials / (time.perf_counter() - begun)


def syncs(folder: Path, count: int) -> float:
    """Records of 300 bytes written and synced, a second."""
    with (folder / "file").open("ab", buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(count):
            file.write(b"x" * 300)
            getattr(os, "fdatasync", os.fsync)(file.fileno())
        return count / (time.perf_counter() - begun)


def joblib(_folder: Path, trials: int) -> float:
    from joblib import Parallel, delayed

    configs = np.random.default_rng(0).random((trials, len(SPACE))).tolist()
    with Parallel(n_jobs=2) as parallel:
        parallel(delayed(nothing)(*config) for config in configs[:2])  # its workers are there
        begun = time.perf_counter()
        parallel(delayed(nothing)(*config) for config in configs)
        return trials / (time.perf_counter() - begun)


def ray(folder: Path, trials: int) -> float:
    import ray
    from ray import tune

    if not ray.is_initialized():
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    space = {name: tune.uniform(0.1, 0.9) for name in SPACE}
    tuner = tune.Tuner(
        lambda config: {"score": nothing(**config)},
        param_space=space,
        tune_config=tune.TuneConfig(metric="score", mode="max", num_samples=trials),
        run_config=tune.RunConfig(storage_path=str(folder), verbose=0),
    )
    begun = time.perf_counter()
    tuner.fit()
    return trials / (time.perf_counter() - begun)


CONTENDERS: dict[str, Callable[[Path, int], float]] = {
    "one write and sync": syncs,
    **{f"hpsearch, random, {name}": partial(ours, executor=name) for name in EXECUTORS},
    "hpsearch, coarse_to_fine, serial": lambda folder, trials: ours(folder, trials, sampler="coarse_to_fine"),
    "Optuna, random, JournalStorage": lambda folder, trials: optuna(folder, trials, "journal"),
    "Optuna, random, SQLite": lambda folder, trials: optuna(folder, trials, "sqlite"),
    "Optuna, random, in memory": lambda folder, trials: optuna(folder, trials, "memory"),
    "joblib, 2 workers": joblib,
    "Ray Tune, random, 2 CPUs": ray,
}


def speed(place: Path, trials: int, rounds: int) -> None:
    rates: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for number in range(rounds):
        for name, contender in CONTENDERS.items():
            with folder_in(place) as folder:
                try:
                    rates[name].append(contender(folder, trials))
                except (ImportError, InputError) as error:
                    print(f"{name}: not installed ({error})", file=sys.stderr)
                    continue
            print(f"round {number + 1}, {name}: {rates[name][-1]:.0f} a second", file=sys.stderr)
    middle = {name: statistics.median(found) if found else math.nan for name, found in rates.items()}
    journal, sqlite = middle["Optuna, random, JournalStorage"], middle["Optuna, random, SQLite"]
    print(f"{'trials that do nothing':34s} {'a second':>9s} {'Journal':>9s} {'SQLite':>9s}")
    for name, rate in middle.items():
        compared = f"{rate:9.0f} {rate / journal:8.1f}x {rate / sqlite:8.1f}x"
        print(f"{name:34s} {'not installed' if math.isnan(rate) else compared}")


# -- load --------------------------------------------------------------------------------------------------


def load(place: Path, size: int) -> None:
    with folder_in(place) as folder:
        found = child("run", folder, size)
        report(f"first {WINDOW}", f"{found['first']:.0f} trials a second")
        report(
            f"last {WINDOW} of {size}",
            f"{found['last']:.0f} ({found['last'] / found['first']:.0%} of the first)",
        )
        report("all thousands, median", f"{found['median']:.0f}")
        report("memory beyond the start", f"{found['memory']:.0f} MB")
        report("writing results and verdicts", f"{found['after']:.1f} s")
        report("journal", f"{found['bytes'] / 1e6:.0f} MB")
        shown = [shown_in(folder) for _ in range(3)]
        report(
            "show --top 20, whole process",
            f"{min(shown):.2f} s (of 3: {', '.join(f'{s:.2f}' for s in shown)})",
        )
        opened = [child("resume", folder, size + 8 * (n + 1)) for n in range(3)]
        seconds = [one["opening"] for one in opened]
        report("opening for resume", f"{min(seconds):.2f} s (of 3: {', '.join(f'{s:.2f}' for s in seconds)})")
        report("memory of a resumed run", f"{opened[0]['memory']:.0f} MB")


def figures(spec: Spec, folder: Path, *, resume: bool = False) -> dict[str, float]:
    """Those of one run in this process."""
    start, begun = peak(), time.perf_counter()
    clock = run(spec, folder, "resume" if resume else "new")
    rates = clock.rates or [math.nan]
    return {
        "first": rates[0],
        "last": rates[-1],
        "median": statistics.median(rates),
        "opening": clock.begun - begun,
        "after": time.perf_counter() - clock.last,
        "memory": peak() - start,
        "bytes": (folder / "load/journal.jsonl").stat().st_size,
    }


def shown_in(folder: Path) -> float:
    command = [sys.executable, "-m", "hpsearch", "show", "load", "--top", "20", "--runs-dir", str(folder)]
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


# -- halving -----------------------------------------------------------------------------------------------


def halving(place: Path, size: int) -> None:
    with folder_in(place) as folder:
        first = child("halving", folder, WINDOW)
    with folder_in(place) as folder:
        recorded(folder, coarse_to_fine(folder, size), size - 2 * WINDOW)
        last = child("halving-resume", folder, size)
    report(f"coarse to fine, {WINDOW} results", f"{first['first']:.0f} a second")
    report(
        f"... the last {WINDOW} of {size} trials", f"{last['last']:.0f} ({last['last'] / first['first']:.0%})"
    )
    report("opening for resume", f"{last['opening']:.2f} s")
    report("memory of the resumed run", f"{last['memory']:.0f} MB")
    report("writing results and verdicts", f"{last['after']:.1f} s")


def recorded(folder: Path, spec: Spec, trials: int) -> None:
    """A run of so many trials, as the program would have recorded it, but for who chose the configurations."""
    run = RunFolder.named(folder, spec.name)
    run.checkpoints.mkdir(parents=True)
    run.write("config.yaml", dump_yaml(spec))
    history = History(build_space(spec), spec.search.ranks_by)
    plan = make_plan(spec)
    sampler = SAMPLERS["random"].from_settings({}, trials)
    plan = type(plan)(
        **{name: getattr(plan, name) for name in plan.__struct_fields__}
        | {"sampler": sampler, "trials": trials}
    )
    records = [header(version=__version__, spec=digest(spec), data=gather(spec).fingerprint)]
    with Journal(run.journal) as journal:
        journal.open()
        while len(history.trials) < trials and (jobs := plan.next_round(history)):
            records.append(round_record(history.rounds, jobs))
            history.add_round(jobs)
            for job in jobs:
                metrics = learning(**job.trial.config, epochs=job.epochs)  # type: ignore[arg-type]
                result = Result(job.trial.number, job.epochs, "done", metrics, seconds=0.001)
                records.append(result_record(result))
                history.add(result)
            if len(records) > WINDOW:
                journal.append(records)
                records.clear()
        journal.append(records)


# -- what they share ---------------------------------------------------------------------------------------


@contextmanager
def folder_in(place: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def peak() -> float:
    """Megabytes of memory that this process has taken, at most, so far (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1e3


def child(kind: str, folder: Path, size: int) -> dict[str, float]:
    """What a fresh process finds, so that no memory is taken already."""
    command = [sys.executable, __file__, "--child", kind, "--folder", str(folder), "--size", str(size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(what: str, figure: str) -> None:
    print(f"{what:34s} {figure}", flush=True)


def at_random(folder: Path, size: int) -> Spec:
    return a_spec(folder, "load", size, sampler="random")


def coarse_to_fine(folder: Path, size: int) -> Spec:
    housekeeping.WRITE_EVERY = math.inf
    return a_spec(folder, "load", size, "learning", sampler="coarse_to_fine", metric="val_acc")


CHILDREN: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "run": lambda folder, size: figures(at_random(folder, size), folder),
    "resume": lambda folder, size: figures(at_random(folder, size), folder, resume=True),
    "halving": lambda folder, size: figures(coarse_to_fine(folder, size), folder),
    "halving-resume": lambda folder, size: figures(coarse_to_fine(folder, size), folder, resume=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="What the search itself costs.")
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()), help="on the disk to measure"
    )
    parser.add_argument("--part", choices=["speed", "load", "halving"], action="append")
    parser.add_argument("--child", choices=list(CHILDREN), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(CHILDREN[given.child](given.folder, given.size)))
        return
    parts = given.part or ["speed", "load", "halving"]
    if "speed" in parts:
        speed(given.folder, given.trials, given.rounds)
    if "load" in parts:
        load(given.folder, given.size)
    if "halving" in parts:
        halving(given.folder, given.size)


if __name__ == "__main__":
    main()
