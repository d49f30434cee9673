"""One run of a program before its first search, in a folder of its own and for so long at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path, PurePath

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.actions.init.seen import Metric, Recording, pattern_of, seen_metric, written_in
from hpsearch.actions.planning import make_plan
from hpsearch.config import Spec, build_space, load_spec
from hpsearch.core.places import FILES
from hpsearch.core.trial import Job, Result
from hpsearch.engine.history import History
from hpsearch.objectives.command.reading.streams import Listener
from hpsearch.objectives.command.runner import CommandObjective
from hpsearch.objectives.folders import trial_folder
from hpsearch.objectives.kind import gather
from hpsearch.objectives.workdir import Workdir
from hpsearch.runs.folder import CHECKPOINTS
from hpsearch.storage.reached import Progress
from hpsearch.storage.temporary import temporary_folder

#: Another run is begun where so many times what the first took is left.
_ROOM = 1.5


class Trying(Struct, frozen=True):
    """How a program may be tried: for how many seconds in all, and who hears what it prints."""

    limit: float
    heard: Callable[[bytes], object]


class Seen(Struct, frozen=True):
    """What a run showed.

    Attributes:
        metric: what to rank by; None where nothing is known to be a metric.
        file: the pattern of the file that it stands in.
        counted_by: the parameter that says for how many epochs it trains.
        writes: the files that it wrote.
        seeded: whether it told another value with another seed.
        said: what else is to be known, in sentences.
        wrong: why it did not run to its end; empty if it did.
    """

    metric: Metric | None = None
    file: str = ""
    counted_by: str = ""
    writes: tuple[PurePath, ...] = ()
    seeded: bool = False
    said: tuple[str, ...] = ()
    wrong: str = ""


def tried(draft: Callable[[Path], str], trying: Trying) -> Seen:
    """Run the first trial of a configuration, and again with another seed and in the same folder if there is time.

    Args:
        draft: the configuration for a file.
        trying: how.

    Raises:
        InputError: the configuration is none.
    """
    end = time.monotonic() + trying.limit
    with temporary_folder() as place:
        config = place / "config.yaml"
        config.write_text(draft(config), "utf-8")
        bench = _Bench(load_spec(config), place, trying.heard, end)
        first = bench.run(bench.job())
        seen = _first(first)
        if seen.wrong or seen.metric is None or bench.left() < _ROOM * first.result.seconds:
            return seen
        seen = _with_another(seen, bench.run(bench.job(other=True)), bench.spec)
        if seen.metric and seen.metric.file and bench.left() > _ROOM * first.result.seconds:
            again = bench.run(_goes_on(first.job))
            seen = replace(seen, file=pattern_of(seen.metric.file, _written_then(again, first, seen.metric)))
        return seen


class _Ended(Struct, frozen=True):
    """A run that has ended: what it said, and what it wrote where."""

    job: Job
    result: Result
    recording: Recording
    folder: Path
    writes: tuple[PurePath, ...]

    def metric(self) -> Metric | None:
        """What it shows to rank by."""
        return seen_metric(self.recording, self.folder, self.writes, ended=self.result.status == "done")


@dataclass(frozen=True)
class _Overheard(CommandObjective):
    """The command, whose output is kept instead of read."""

    recording: Recording = field(default_factory=lambda: Recording("", lambda _: None))

    def _listener(self, job: Job, progress: Progress) -> Listener:  # noqa: ARG002 - as it is called
        return self.recording


class _Bench(Struct, frozen=True):
    """Where the command of a configuration is run, each trial in a folder of its own."""

    spec: Spec
    place: Path
    heard: Callable[[bytes], object]
    end: float

    def left(self) -> float:
        """Seconds until all must have ended."""
        return max(0.0, self.end - time.monotonic())

    def job(self, *, other: bool = False) -> Job:
        """The first job of the search that could count to more than 1; or the same with another seed."""
        jobs = make_plan(self.spec).next_round(History(build_space(self.spec), self.spec.search.ranks_by))
        job = next(filter(_counts, jobs), jobs[0])
        if not other:
            return job
        trial = replace(job.trial, number=job.trial.number + 1, seed=job.trial.seed + 1)
        return replace(job, trial=trial)

    def run(self, job: Job) -> _Ended:
        """Run a job to its end, or until the time is up."""
        checkpoints = self.place / CHECKPOINTS
        checkpoints.mkdir(exist_ok=True)
        made = gather(self.spec).objective(checkpoints)
        assert isinstance(made, CommandObjective)
        recording = Recording(self.spec.search.ranks_by.name, self.heard)
        own = {one.name: getattr(made, one.name) for one in fields(made)}
        own |= {"recording": recording, "timeout": self.left(), "workdir": Workdir(made.folder.absolute())}
        result, _ = _Overheard(**own).attempt(job)
        folder = trial_folder(checkpoints, job) / FILES
        return _Ended(job, result, recording, folder, tuple(written_in(folder, made.folder)))


def _counts(job: Job) -> bool:
    return not any(type(value) is int and value < 2 for value in job.trial.config.values())


def _first(ended: _Ended) -> Seen:
    metric = ended.metric()
    wrong = "" if ended.result.status == "done" else ended.result.reason
    file = pattern_of(metric.file) if metric else ""
    counted = _counted_by(ended.job, metric.epochs) if metric and not wrong else ""
    return Seen(metric, file, counted, ended.writes, wrong=wrong)


def _counted_by(job: Job, epochs: int) -> str:
    """The only parameter that is a whole number and what is counted, of several."""
    config = job.trial.config
    names = [name for name, value in config.items() if type(value) is int and value == epochs > 1]
    return names[0] if len(names) == 1 < len(config) else ""


def _with_another(seen: Seen, other: _Ended, spec: Spec) -> Seen:
    """With what a run of the same values and another seed tells."""
    before, now = seen.metric, other.metric()
    if before is None or now is None or before.name != now.name or before.value == now.value:
        return seen
    both = f"{before.name} was {before.value:.6g}, and {now.value:.6g}"
    if any("{seed}" in argument for argument in getattr(spec.objective, "command", ())):
        return replace(seen, seeded=True, said=(*seen.said, f"{both} with another seed."))
    return replace(
        seen, said=(*seen.said, f"{both} in a second run alike; search.confirm measures such luck.")
    )


def _goes_on(job: Job) -> Job:
    return replace(job, start=job.epochs, epochs=2 * job.epochs)


def _written_then(again: _Ended, first: _Ended, metric: Metric) -> str:
    """Where a second training in the same folder wrote a file like the one of the first."""
    new = [
        path for path in again.writes if path not in first.writes and path.name == PurePath(metric.file).name
    ]
    return str(new[0]) if len(new) == 1 else ""
