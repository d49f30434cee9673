"""How soon a search has found something good: regret against wall-clock time, with many workers.

    python benchmarks/wall_clock.py --workers 8 32 --seeds 5

Time is simulated: an epoch takes a time that a trial's configuration decides, within a factor of ten, and a worker
begins with the next training when it has ended one. So are the tasks of `search_quality.py` searched by the
product's own plan, with rounds of several sizes and overlaps (8x3: of eight, three others of which may still run
when one begins; 4xauto: of four, with `overlap: auto`), beside three other methods: ASHA (Li et al., 2020);
Hyperband (Li et al., 2018), whose next bracket begins when a worker is free; and Optuna's TPE (Bergstra et al.,
2011) with full trainings, told that what runs is poor. On tasks without learning curves all trainings are full.

The table has the geometric mean of the regrets (100 %: a typical random configuration) at several times, counted in
full trainings of mean length for each worker, and the share of the time in which workers were busy.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from typing import Any, Protocol

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.search_quality import BENCH, ENDLESS, parameter
from hpsearch.config.schema import Search
from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Job, Result, Trial
from hpsearch.engine.history import History
from hpsearch.engine.overlap import history_of
from hpsearch.engine.plan import Halving, Plan
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Space

#: Times at which searches are compared, in full trainings of mean length for each worker.
TIMES = (1, 2, 4, 8)
#: The slowest epoch takes so many times as long as the fastest.
VARIES = 10.0
ETA = 3


class Searcher(Protocol):
    """Asks for trainings, and is told how they ended."""

    def ask(self) -> Job | None:
        """What a worker that is free does next; None while there is nothing for it."""

    def tell(self, job: Job, loss: float, seconds: float) -> None:
        """How a training ended, and what it took."""


@dataclass
class Ours:
    """The product's plan, with rounds of `size` of which `overlap` others may run when one begins.

    `gradual`: fewer of them at first, as with `overlap: auto`.
    """

    space: Space
    epochs: Sequence[int]
    seed: int
    size: int
    overlap: int
    gradual: bool = False
    budget: str = "epochs"

    def __post_init__(self) -> None:
        sampler = SAMPLERS["coarse_to_fine"].from_settings({"fit": True}, ENDLESS)
        halving = Halving(ETA, self.epochs[0]) if len(self.epochs) > 1 else None
        self.plan = Plan(
            self.space,
            sampler,
            Streams(self.seed),
            ENDLESS,
            self.size,
            self.epochs[-1],
            halving,
            overlap=self.overlap,
            by_seconds=self.budget == "seconds",
        )
        metric = Metric("loss", "minimize")
        self.history: History = history_of(self.space, metric, self.overlap, gradual=self.gradual)
        self._due: list[Job] = []

    def ask(self) -> Job | None:
        """The next of the rounds that have begun; a round begins when its turn comes."""
        while jobs := self.history.ask(self.plan.next_round):
            self.history.add_round(jobs)
            self._due += jobs
        return self._due.pop(0) if self._due else None

    def tell(self, job: Job, loss: float, seconds: float) -> None:
        """Record it."""
        self.history.add(Result(job.trial.number, job.epochs, "done", {"loss": loss}, seconds=seconds))


@dataclass
class Rungs:
    """Random configurations, promoted rung by rung: what ASHA and Hyperband share."""

    space: Space
    epochs: Sequence[int]
    seed: int
    trials: int = 0

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng([self.seed, 7])

    def new(self, rung: int) -> Job:
        """A new trial that begins at a rung."""
        (config,) = self.space.decode(self.rng.random((1, len(self.space))))
        self.trials += 1
        return Job(Trial(self.trials - 1, 0, config, 0), self.epochs[rung])


@dataclass
class Asha(Rungs):
    """A trial goes on as soon as it is in the best third of its rung; else a new one begins."""

    results: dict[int, list[tuple[float, int]]] = field(default_factory=dict)
    asked: set[tuple[int, int]] = field(default_factory=set)
    known: dict[int, Trial] = field(default_factory=dict)

    def ask(self) -> Job | None:
        """The highest promotion that is due, or a new trial."""
        for rung in range(len(self.epochs) - 2, -1, -1):
            best = sorted(self.results.get(rung, []))
            for _, number in best[: len(best) // ETA]:
                if (number, rung + 1) not in self.asked:
                    self.asked.add((number, rung + 1))
                    return Job(self.known[number], self.epochs[rung + 1], self.epochs[rung])
        job = self.new(0)
        self.known[job.trial.number] = job.trial
        return job

    def tell(self, job: Job, loss: float, _seconds: float) -> None:
        """Record it."""
        self.results.setdefault(self.epochs.index(job.epochs), []).append((loss, job.trial.number))


@dataclass
class _Bracket:
    """One successive halving: of `left` trainings at `rung`, the best third go on when all have ended."""

    rung: int
    due: list[Job]
    running: int = 0
    ended: list[tuple[float, int]] = field(default_factory=list)
    trials: dict[int, Trial] = field(default_factory=dict)


@dataclass
class Hyperband(Rungs):
    """Brackets from the most halving to none, again and again; a worker that none has work for begins the next."""

    brackets: list[_Bracket] = field(default_factory=list)
    of: dict[int, _Bracket] = field(default_factory=dict)
    begun: int = 0

    def ask(self) -> Job | None:
        """Of the oldest bracket that has something to do."""
        for bracket in self.brackets:
            if bracket.due:
                bracket.running += 1
                return bracket.due.pop(0)
        self.brackets.append(self._bracket())
        return self.ask()

    def _bracket(self) -> _Bracket:
        most = len(self.epochs) - 1
        halvings = most - self.begun % (most + 1)
        self.begun += 1
        count = math.ceil((most + 1) / (halvings + 1) * ETA**halvings)
        bracket = _Bracket(most - halvings, [self.new(most - halvings) for _ in range(count)])
        bracket.trials = {job.trial.number: job.trial for job in bracket.due}
        self.of.update(dict.fromkeys(bracket.trials, bracket))
        return bracket

    def tell(self, job: Job, loss: float, _seconds: float) -> None:
        """Record it; the last of a rung decides who goes on."""
        bracket = self.of[job.trial.number]
        bracket.running -= 1
        bracket.ended.append((loss, job.trial.number))
        if bracket.due or bracket.running:
            return
        best = sorted(bracket.ended)[: len(bracket.ended) // ETA]
        bracket.ended, at = [], self.epochs[bracket.rung]
        bracket.rung += 1
        if not best or bracket.rung == len(self.epochs):
            self.brackets.remove(bracket)
            return
        bracket.due = [Job(bracket.trials[number], self.epochs[bracket.rung], at) for _, number in best]


@dataclass
class Tpe:
    """Optuna's, with full trainings, told that what runs is poor."""

    space: Space
    epochs: Sequence[int]
    seed: int

    def __post_init__(self) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(seed=self.seed, multivariate=True, constant_liar=True)
        self.study = optuna.create_study(sampler=sampler)
        self.trials: dict[int, Any] = {}

    def ask(self) -> Job | None:
        """What it suggests."""
        from hpsearch.space import Choice

        trial = self.study.ask()
        unit = np.full((1, len(self.space)), 0.5)
        for column, one in enumerate(self.space.parameters):
            if isinstance(one, Choice) and one.kind == "categorical":
                place = trial.suggest_categorical(one.name, list(range(one.size)))
                unit[0, column] = (place + 0.5) / one.size
            else:
                unit[0, column] = trial.suggest_float(one.name, 0, 1)
        self.trials[trial.number] = trial
        (config,) = self.space.decode(unit)
        return Job(Trial(trial.number, 0, config, 0), self.epochs[-1])

    def tell(self, job: Job, loss: float, _seconds: float) -> None:
        """Record it."""
        self.study.tell(self.trials.pop(job.trial.number), loss)


def pace(config: Config) -> float:
    """Seconds an epoch of a configuration takes: from 1 to `VARIES`, evenly in their logarithm."""
    digest = hashlib.sha256(repr(sorted(config.items())).encode()).digest()
    return float(VARIES ** (int.from_bytes(digest[:6]) / 2**48))


def by_chance(job: Job) -> float:
    """The seconds of a training whose epochs take what `pace` says."""
    return pace(job.trial.config) * (job.epochs - job.start)


def played(
    searcher: Searcher,
    problem: Any,
    workers: int,
    full: float,
    times: Sequence[float],
    clock: Callable[[Job], float] = by_chance,
) -> tuple[list[float], float]:
    """The true losses of the best by what was observed, at each of `times`; and the busy share.

    Args:
        full: the seconds of a full training of mean length.
        clock: the seconds of a training.
    """
    epochs, trials = problem.fidelities, {}
    running: list[tuple[float, int, Job, float]] = []
    now, begun, busy, observed, true = 0.0, 0, 0.0, math.inf, math.nan
    ends, found = [full * time for time in times], list[float]()
    while True:
        while len(running) < workers and (job := searcher.ask()):
            took = clock(job)
            busy += max(0.0, min(took, ends[-1] - now))
            heappush(running, (now + took, begun, job, took))
            begun += 1
        now, _, job, took = heappop(running)
        while len(found) < len(ends) and now > ends[len(found)]:
            found.append(true)
        if len(found) == len(ends):
            return found, busy / (workers * ends[-1])
        number = job.trial.number
        if number not in trials:
            trials[number] = problem.new_trial(job.trial.config)
        rung = epochs.index(job.epochs)
        loss = float(problem.train(trials[number], rung))
        if loss < observed:
            observed, true = loss, float(trials[number]._true_curve[rung])  # noqa: SLF001 - what is not told to searchers
        searcher.tell(job, loss, took)


def searchers(
    space: Space, epochs: Sequence[int], seed: int, wanted: Sequence[str]
) -> Iterator[tuple[str, Searcher]]:
    """Those that are wanted, by name; ours is SIZExOVERLAP, as 8x0 or 4xauto."""
    others: dict[str, Callable[..., Searcher]] = {"asha": Asha, "hyperband": Hyperband, "tpe": Tpe}
    for name in wanted:
        if name in others:
            yield name, others[name](space, epochs, seed)
        else:
            size, overlap = name.split("x")
            gradual = overlap == "auto"
            given = Search(round_size=int(size), overlap="auto" if gradual else int(overlap), goal="minimize")
            yield name, Ours(space, epochs, seed, int(size), given.rounds_over, gradual)


def measured(
    task: Any, seed: int, workers: int, wanted: Sequence[str], times: Sequence[float]
) -> Iterator[dict[str, Any]]:
    """How each searcher does on a task."""
    import protocol

    space = Space([parameter(name, given) for name, given in task.space.items()])
    full = task.fidelities[-1] * (VARIES - 1) / math.log(VARIES)
    for name, searcher in searchers(space, task.fidelities, seed, wanted):
        problem = protocol.Problem(task, seed, math.inf)
        losses, busy = played(searcher, problem, workers, full, times)
        curve = protocol.log_regret(
            np.array([task.random_median if math.isnan(x) else x for x in losses]), task
        )
        yield {
            "task": task.name,
            "seed": seed,
            "workers": workers,
            "searcher": name,
            "regret": curve.tolist(),
            "busy": busy,
        }


def table(records: Sequence[dict[str, Any]], times: Sequence[float]) -> Iterator[str]:
    """A line for each searcher and number of workers."""
    yield (
        f"{'workers':>7}  {'searcher':<10}" + "".join(f"{f'@{time:g}':>8}" for time in times) + f"{'busy':>8}"
    )
    groups = sorted({(record["workers"], record["searcher"]) for record in records})
    for workers, name in groups:
        own = [one for one in records if (one["workers"], one["searcher"]) == (workers, name)]
        means = 100 * 10 ** np.mean([one["regret"] for one in own], axis=0)
        busy = np.mean([one["busy"] for one in own])
        yield f"{workers:>7}  {name:<10}" + "".join(f"{mean:>8.2f}" for mean in means) + f"{busy:>8.3f}"


def main() -> None:
    """Play what was asked for, keep it, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bench", type=Path, default=BENCH, help="folder of the tasks")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 8, 32, 64])
    parser.add_argument("--seeds", type=int, default=5, help="how many")
    parser.add_argument("--first-seed", type=int, default=100)
    parser.add_argument("--tasks", nargs="*", help="default: those with learning curves")
    parser.add_argument(
        "--times",
        type=float,
        nargs="*",
        default=TIMES,
        help="in full trainings of mean length for each worker",
    )
    parser.add_argument("--searchers", nargs="*", default=["8x0", "8x1", "8x3", "asha", "hyperband", "tpe"])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/wall_clock.jsonl")
    args = parser.parse_args()
    sys.path.insert(0, str(args.bench))
    from tasks import TASK_NAMES, get_task

    tasks = [get_task(name) for name in args.tasks or TASK_NAMES]
    tasks = [task for task in tasks if args.tasks or len(task.fidelities) > 1]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    records = []
    with args.out.open("a") as file:
        for workers in args.workers:
            for seed in range(args.first_seed, args.first_seed + args.seeds):
                for task in tasks:
                    for record in measured(task, seed, workers, args.searchers, args.times):
                        records.append(record)
                        file.write(json.dumps(record) + "\n")
            file.flush()
    print("\n".join(table(records, args.times)))


if __name__ == "__main__":
    main()
