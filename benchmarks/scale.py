"""A million trials in one run: what each costs, what they take, and how soon their record is read.

    python benchmarks/scale.py [--trials 10000,100000,1000000] [--part search] [--part model] [--folder DIR]

**search**: a whole run of the product (plan, sampler `random`, dispatcher, journal with its syncs, result files,
ranking, verdicts) over 1,000 virtual workers: a training takes as long as its configuration says by a clock that is
only counted, and its score follows from its values. What a trial costs is this process's own time in the search,
from its first round to its last result: of all of them, and of the last `WINDOW`. The result files, which are
written anew at most a thirtieth of the time, and all that follows the last result, stand in lines of their own.

All times are those of the processor, of this process or of the command that is started, and none is of a clock on
the wall. That alone does not keep other work out, with which caches, memory and a core's other thread are shared:
windows of one search took between 156 and 285 microseconds a trial, in no order. So a fixed piece of work, the
yardstick, is done `LOOKS` times a window, at no trial's cost. A trial is told in its measure too, by what both
took within the same seconds; it is that which must be flat, and a busy machine decides nothing.

Memory is what the process took beyond its start, at most, files and verdicts included; then the same folder is
resumed until its next round begins, and read by each command as a whole process: as the search has left it, which
`show` and `list` see by its digest, and where nothing was told of it before.

**model**: the default sampler, coarse to fine in epochs too, with the file's default rounds: what each of the
last `PROPOSED` trials costs, at the least of `TIMES` times. What is known is recorded before by the program's own
writer, with configurations drawn at random, for its own choice of a million would take hours.

Three figures have goals: a trial costs as many yardsticks, within 20 %, from the fewest to the most; a journal of a
million is opened in 6 s; `show` of it takes 4 s as a whole process.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = (
    "1"  # before NumPy is there, as hpsearch does
)

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from heapq import heappop, heappush
from operator import itemgetter
from pathlib import Path
from statistics import fmean
from types import TracebackType
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.overhead import SPACE, folder_in, learning, peak, recorded
from hpsearch.actions import run as action
from hpsearch.actions.housekeeping import Housekeeping, write_results
from hpsearch.actions.opening import Mode
from hpsearch.config import Spec, load_spec
from hpsearch.core.trial import Job, Result, as_number
from hpsearch.engine.history import History
from hpsearch.engine.loop import Observer
from hpsearch.executors.base import EXECUTORS
from hpsearch.objectives.base import JobByJob, Objective, Workload
from hpsearch.runs import RunFolder
from hpsearch.runs.journal import replay
from hpsearch.runs.records import Reader

NAME, WORKERS = "scale", 1000
#: Trainings that end within so many seconds are answered together, about ten: what ends while others are recorded.
TOGETHER = 1.0
#: Of a million trials, in seconds.
OPENS, SHOWS = 6.0, 4.0
#: How much more a trial may cost among the most than among the fewest.
FLAT = 1.2
#: The last trials of a search, and how many the model proposes where its cost is measured.
WINDOW, PROPOSED = 5000, 200
#: How often these are proposed: it takes a second, within which other work on the machine may take a part or none.
TIMES = 3
#: How often the yardstick is done in the time of a window, and how much work it is.
LOOKS, WORK = 10, 2000
#: Trials that a search leaves to its resuming: there may be a million in all.
LEFT = 8
#: The figures that must be flat.
MEASURED = "... of these, thousandths of a yardstick"
PROPOSING = f"coarse_to_fine: one of the last {PROPOSED}, yardsticks"
#: Where the user's cache is while all this is measured, in the folder of the search; and an empty one.
CACHE, EMPTY = "cache", "empty"
#: What is read as if nothing had been told of it before.
ANEW = " anew"
#: Commands that read a run, as a user types them.
READS = {
    "show": ["show", NAME],
    "show --json": ["show", NAME, "--json"],
    f"show{ANEW}": ["show", NAME],
    "list": ["list"],
    f"list{ANEW}": ["list"],
    "export --to csv": ["export", NAME, "--to", "csv", "-o", "trials.csv"],
    "report": ["report", NAME],
}


# -- a cluster that is only counted ------------------------------------------------------------------------


class Ended(Future[Any]):
    """What a virtual worker does; that its end is looked at lets the clock go on to the next one."""

    def __init__(self, clock: VirtualCluster) -> None:
        super().__init__()
        self._looked: Callable[[], object] | None = clock.go_on

    def exception(self, timeout: float | None = None) -> BaseException | None:
        looked, self._looked = self._looked, None
        if looked:
            looked()
        return super().exception(timeout)


@EXECUTORS.register("virtual")
class VirtualCluster:
    """So many workers that train by a clock which is only counted: whoever ends first is answered first."""

    def __init__(self, workers: int, preload: Sequence[str] = ()) -> None:
        del preload
        self.workers = workers
        self.now = 0.0
        self._begun = 0
        self._open = 0
        self._running: list[tuple[float, int, Ended, Callable[[], Any]]] = []

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        """Have a worker begin now."""
        del timeout
        future = Ended(self)
        (stack,) = args
        takes = sum(seconds(job) for job in stack)
        heappush(self._running, (self.now + takes, self._begun, future, lambda: task(*args)))
        self._begun += 1
        if not self._open:
            self.go_on(0)
        return future

    def go_on(self, looked: int = 1) -> None:
        """Those that are next end, if all that ended before them have been looked at."""
        self._open -= looked
        if self._open or not self._running:
            return
        self.now = self._running[0][0]
        while self._running and self._running[0][0] <= self.now + TOGETHER:
            _, _, future, answer = heappop(self._running)
            self._open += 1
            future.set_result(answer())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def seconds(job: Job) -> float:
    """How long a training takes: the larger a network, the longer an epoch."""
    return (job.epochs - job.start) * as_number(job.trial.config["units"])


class Simulated(JobByJob):
    """Scores that follow from the values and the epochs."""

    def attempt(self, job: Job) -> tuple[Result, str]:
        metrics = learning(**job.trial.config, epochs=job.epochs)  # type: ignore[arg-type]
        return Result(job.trial.number, job.epochs, "done", metrics, replicate=job.replicate), ""


class Load(Workload):
    """No data."""

    def objective(self, checkpoints: Path) -> Objective:
        del checkpoints
        return Simulated()


# -- a search ----------------------------------------------------------------------------------------------


def a_spec(folder: Path, trials: int, **search: Any) -> Spec:
    """A search of the simulated network."""
    path = folder / "config.yaml"
    given = {
        "name": NAME,
        "objective": {"kind": "python", "function": f"{Path(__file__).with_name('overhead.py')}:learning"},
        "space": SPACE,
        "search": {"trials": trials, "metric": "val_acc", "halving": {"min_epochs": 1}, **search},
        "dispatch": {"executor": "virtual", "workers": WORKERS},
    }
    path.write_text(json.dumps(given))
    return load_spec(path)


def yardstick() -> float:
    """Seconds of the processor for a fixed piece of work such as trials are: small objects, made, kept and read."""
    begun = time.process_time()
    kept = {(number, 0, 1): json.dumps({"trial": number, "value": number / 7}) for number in range(WORK)}
    assert sum(json.loads(text)["trial"] for text in kept.values()) == WORK * (WORK - 1) // 2
    return time.process_time() - begun


class Clock:
    """An observer that notes this process's own time at the first round and at each result.

    Attributes:
        writing: what result files took.
        measuring: what the yardstick took, each time; from `since` on within the last window.
    """

    def __init__(self, of: int, window: int) -> None:
        self.of, self.window = of, window
        self.opened = self.begun = self.middle = self.last = 0.0
        self.writing = 0.0
        self.measuring: list[float] = []
        self.since = self._due = 0

    def round_begins(self, _number: int, _jobs: Sequence[Job], _history: History) -> None:
        self.opened = self.opened or time.process_time()
        self.begun = self.begun or self.now

    def training_begins(self, _jobs: Sequence[Job], _workers: int) -> None:
        """It is the results that count."""

    def training_waits(self, _jobs: Sequence[Job]) -> None:
        """Likewise."""

    def results_came(self, _results: Sequence[Result], history: History) -> None:
        if len(history.trials) >= self.of - self.window and not self.middle:
            self.since, self.middle = len(self.measuring), self.now
        if len(history.results) >= self._due:
            self._due = len(history.results) + self.window // LOOKS
            self.measuring.append(yardstick())
        self.last = self.now

    @property
    def now(self) -> float:
        """What this process has taken of the processor but for result files and the yardstick."""
        return time.process_time() - self.writing - sum(self.measuring)

    def files(self, write: Callable[..., None]) -> Callable[..., None]:
        """`write`, and how long it takes, with what it calls of this kind itself."""

        def timed(*args: Any, **kwargs: Any) -> None:
            before, begun = self.writing, time.process_time()
            write(*args, **kwargs)
            self.writing = before + time.process_time() - begun

        return timed

    def housekeeping(self, observer: Observer, write: Callable[[], None], *others: Any) -> Housekeeping:
        """As it is made, but for its files: what there is to write is put together for them alone."""
        return Housekeeping(observer, self.files(write), *others)


def run(spec: Spec, folder: Path, mode: Mode = "new", window: int = WINDOW) -> dict[str, float]:
    """What a run costs, and what its last `window` trials do."""
    before, begun, clock = peak(), time.process_time(), Clock(spec.search.trials, window)
    action.write_results = clock.files(write_results)  # type: ignore[attr-defined]
    action.Housekeeping = clock.housekeeping  # type: ignore[assignment,attr-defined]
    action.run(spec, RunFolder.named(folder, spec.name), mode, clock, lambda _: None, workload=Load())
    searched, lately = clock.last - clock.begun, clock.last - (clock.middle or clock.begun)
    last = 1e6 * lately / min(window, spec.search.trials)
    return {
        "opened": clock.opened - begun,
        "trial": 1e6 * searched / spec.search.trials,
        "last": last,
        "measured": last / 1e6 / fmean(clock.measuring[clock.since :] or [yardstick()]),
        "files": clock.writing,
        "after": clock.now + clock.writing - clock.last,
        "memory": peak() - before,
    }


def random_search(folder: Path, trials: int) -> dict[str, float]:
    return run(a_spec(folder, trials - LEFT, sampler="random", round_size=WORKERS, overlap=1), folder)


def resumed(folder: Path, trials: int) -> dict[str, float]:
    """Until the next round begins."""
    spec = a_spec(folder, trials, sampler="random", round_size=WORKERS, overlap=1)
    return run(spec, folder, "resume")


def model(folder: Path, trials: int) -> dict[str, float]:
    """The last trials of so many, proposed by the default sampler; at the least of several times."""
    first = folder / "first"
    first.mkdir()
    recorded(first, a_spec(first, trials - PROPOSED), trials - PROPOSED)
    times = (_modelled(first, folder / str(again), trials) for again in range(TIMES))
    return min(times, key=itemgetter("measured"))


def _modelled(first: Path, folder: Path, trials: int) -> dict[str, float]:
    shutil.copytree(first, folder)
    found = run(a_spec(folder, trials), folder, "resume", PROPOSED)
    shutil.rmtree(folder)
    return found


def opened(folder: Path, _: int) -> dict[str, float]:
    """Every record of the journal, read and checked."""
    before, begun = peak(), time.process_time()
    path = RunFolder.named(folder, NAME).journal
    replay(path, Reader(str(path)))
    return {"seconds": time.process_time() - begun, "memory": peak() - before, "bytes": path.stat().st_size}


# -- in processes of their own -----------------------------------------------------------------------------

CHILDREN: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "search": random_search,
    "resume": resumed,
    "model": model,
    "open": opened,
}


def child(kind: str, folder: Path, trials: int) -> dict[str, float]:
    """What a fresh process finds, so that no memory is taken already."""
    command = [sys.executable, __file__, "--child", kind, "--folder", str(folder), "--trials", str(trials)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=with_cache(folder / CACHE))
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def with_cache(folder: Path) -> dict[str, str]:
    """The environment of a user whose cache is there."""
    return {**os.environ, "XDG_CACHE_HOME": str(folder)}


def reading(folder: Path, words: Sequence[str], *, anew: bool) -> float:
    """Seconds of a command as a whole process, its start included."""
    command = [sys.executable, "-m", "hpsearch", *words, "--runs-dir", str(folder)]
    quiet, cache = subprocess.DEVNULL, with_cache(folder / (EMPTY if anew else CACHE))
    shutil.rmtree(folder / EMPTY, ignore_errors=True)
    before = os.times()
    subprocess.run(command, check=True, stdout=quiet, stderr=quiet, cwd=folder, env=cache)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def searches(place: Path, trials: int) -> Iterator[tuple[str, float]]:
    """Each figure of one search, and of reading it."""
    with folder_in(place) as folder:
        found = child("search", folder, trials)
        yield "a trial, microseconds", found["trial"]
        yield f"... of the last {WINDOW}", found["last"]
        yield MEASURED, 1e3 * found["measured"]
        yield "result files meanwhile and after, s", found["files"]
        yield "all after the last result, s", found["after"]
        yield "memory of the run, MB", found["memory"]
        yield "... a trial, kB", 1e3 * found["memory"] / trials
        journal = child("open", folder, trials)
        yield "journal, MB", journal["bytes"] / 1e6
        yield "opening the journal, s", journal["seconds"]
        yield "... memory, MB", journal["memory"]
        for name, words in READS.items():
            yield f"{name}, s", reading(folder, words, anew=name.endswith(ANEW))
        yield "resume until its next round, s", child("resume", folder, trials)["opened"]


def models(place: Path, trials: int) -> Iterator[tuple[str, float]]:
    """What the default sampler costs."""
    with folder_in(place) as folder:
        found = child("model", folder, trials)
        yield f"coarse_to_fine: one of the last {PROPOSED}, ms", found["last"] / 1e3
        yield PROPOSING, found["measured"]


def judged(name: str, figures: Sequence[float], sizes: Sequence[int]) -> str:
    """Whether a figure that has a goal meets it."""
    most = {"opening the journal, s": OPENS, "show, s": SHOWS}.get(name)
    if name in (MEASURED, PROPOSING):
        grown = figures[-1] / figures[0]
        return f"{grown:.2f}x of {FLAT}x: {'pass' if grown <= FLAT else 'short'}"
    if most is not None and sizes[-1] == 1_000_000:
        return f"of {most:g}: {'pass' if figures[-1] <= most else 'short'}"
    return ""


PARTS = {"search": searches, "model": models}


def main() -> None:
    parser = argparse.ArgumentParser(description="What a million trials cost.")
    parser.add_argument("--trials", default="10000,100000,1000000", help="how many, between commas")
    parser.add_argument("--part", choices=list(PARTS), action="append")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="on which disk")
    parser.add_argument("--child", choices=list(CHILDREN), help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = [int(size) for size in given.trials.split(",")]
    if given.child:
        print(json.dumps(CHILDREN[given.child](given.folder, sizes[0])))
        return
    print(f"{'trials':48s}" + "".join(f"{size:>11,}" for size in sizes))
    for part in given.part or PARTS:
        columns: list[list[tuple[str, float]]] = []
        for size in sizes:
            columns.append([])
            for name, figure in PARTS[part](given.folder, size):
                columns[-1].append((name, figure))
                print(f"{size:,}: {name}: {figure:.4g}", file=sys.stderr)
        for row in zip(*columns, strict=True):
            name, figures = row[0][0], [figure for _, figure in row]
            told = "".join(f"{figure:>11,.4g}" for figure in figures)
            print(f"{name:48s}{told}  {judged(name, figures, sizes)}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
