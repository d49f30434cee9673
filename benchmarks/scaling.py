"""How much faster a search is with more workers, and how busy these are.

    python benchmarks/scaling.py [--workers 1 2 4 8 16] [--trials 60] [--set search.overlap=auto ...]

Whole searches, as `hpsearch run` makes them: processes, journal and checkpoints are real. Functions take 0.2 to 2
seconds for a full training, evenly in the logarithm, without halving and with four rungs. They only wait, so that
they stand for the trainings of more workers than the machine has cores. The networks on digits do train, with as
many workers as there are cores at most.

Speed-up is against the first number of workers; busy is the share of the workers' time, from the first training to
the last result, that trainings took.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.wall_clock import pace
from hpsearch.actions import run as action
from hpsearch.config import dump_yaml, load_spec, spec_of
from hpsearch.core.trial import Job, Result
from hpsearch.engine.history import History
from hpsearch.executors.base import available_cores
from hpsearch.runs import RunFolder

#: Seconds that the quickest full training takes; the slowest takes ten times that.
QUICKEST = 0.2
EPOCHS = 27
RATES = {"lr": {"scale": "log", "low": 1e-4, "high": 1}, "decay": {"scale": "log", "low": 1e-8, "high": 1e-2}}


def waiting(lr: float, decay: float) -> float:
    """A training that takes its time and no core."""
    time.sleep(QUICKEST * pace({"lr": lr, "decay": decay}))
    return -abs(lr - 0.01)


def waiting_on(lr: float, decay: float, epochs: int, checkpoint: str) -> float:
    """The same in epochs, going on where it was."""
    reached = Path(checkpoint) / "epochs"
    before = int(reached.read_text()) if reached.exists() else 0
    time.sleep(QUICKEST * pace({"lr": lr, "decay": decay}) * (epochs - before) / EPOCHS)
    reached.write_text(str(epochs))
    return -abs(lr - 0.01) - 1 / epochs


def searches(trials: int) -> dict[str, dict[str, Any]]:
    """What is searched, by name."""

    def of(function: str, **search: Any) -> dict[str, Any]:
        code = {"kind": "python", "function": f"{Path(__file__).resolve()}:{function}"}
        search = {"trials": trials, "metric": "score", "goal": "maximize", **search}
        return {"objective": code, "space": RATES, "search": search}

    digits = {"kind": "mlp", "dataset": "digits", "epochs": EPOCHS, "hidden": [64, 64]}
    networks = {"lr": RATES["lr"], "weight_decay": RATES["decay"]}
    return {
        "functions": of("waiting"),
        "functions, halving": of("waiting_on"),
        "digits": {"objective": digits, "space": networks, "search": {"trials": trials, "confirm": "off"}},
    }


class Stopwatch:
    """An observer that notes from when to when trainings went on, and how long they took in all."""

    def __init__(self) -> None:
        self.begun = self.ended = self.trained = 0.0

    def round_begins(self, _number: int, _jobs: Sequence[Job], _history: History) -> None:
        """It is the trainings that count."""

    def training_begins(self, _jobs: Sequence[Job], _workers: int) -> None:
        self.begun = self.begun or time.perf_counter()

    def training_waits(self, _jobs: Sequence[Job]) -> None:
        """All workers stay."""

    def results_came(self, results: Sequence[Result], _history: History) -> None:
        if results:
            self.ended = time.perf_counter()
            self.trained += sum(result.seconds for result in results)


def measured(search: dict[str, Any], workers: int, overrides: Sequence[str]) -> tuple[float, float]:
    """The seconds that a search takes with so many workers, and the share of these that they train."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(dump_yaml(spec_of({"name": "scaling", **search})))
        spec = load_spec(path, ["dispatch.executor=local", f"dispatch.workers={workers}", *overrides])
        watch = Stopwatch()
        action.run(spec, RunFolder.named(Path(folder), spec.name), "new", watch, lambda _: None)
    took = watch.ended - watch.begun
    return took, watch.trained / (workers * took)


def main() -> None:
    """Run what was asked for, and print a line for each search and number of workers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4, 8, 16])
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--searches", nargs="*", choices=list(searches(1)), default=list(searches(1)))
    parser.add_argument("--set", nargs="*", default=[], dest="overrides", help="settings, as of hpsearch run")
    args = parser.parse_args()
    print(f"{'search':<20}{'workers':>8}{'seconds':>9}{'speed-up':>10}{'busy':>7}")
    for name in args.searches:
        first = 0.0
        for workers in args.workers:
            if name == "digits" and workers > available_cores():
                continue
            took, busy = measured(searches(args.trials)[name], workers, args.overrides)
            first = first or took
            print(f"{name:<20}{workers:>8}{took:>9.1f}{first / took:>10.2f}{busy:>7.3f}", flush=True)


if __name__ == "__main__":
    main()
