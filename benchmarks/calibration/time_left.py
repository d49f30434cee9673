"""`about 2 min left`: searches whose trainings take known times, played on a clock of their own."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import product

from benchmarks.calibration.simulated import Figure, Sample, count
from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result, as_number
from hpsearch.engine.history import History
from hpsearch.engine.plan import Confirm, Halving, Plan
from hpsearch.engine.watcher import Snapshot, Watcher
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Linear, Log, Real, Space

_METRIC = Metric("loss", "minimize")
_SPACE = Space([Real("lr", Log(1e-4, 1)), Real("width", Linear(0, 1)), Real("decay", Linear(0, 1))])
#: The moments at which the estimate is looked at, as shares of the time that the search takes.
MOMENTS = (0.25, 0.5, 0.75)
#: An estimate is near if the truth lies within so much of it, above and below.
NEAR = 0.3
#: And fair within this factor.
FACTOR = 2


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of search: with halving or not, confirmed or not, and how many workers it has."""

    halving: bool
    confirm: bool
    workers: int

    def __str__(self) -> str:
        parts = (
            "halving" if self.halving else "no halving",
            "confirmed" if self.confirm else "not confirmed",
        )
        return f"{', '.join(parts)}, {self.workers} {'worker' if self.workers == 1 else 'workers'}"


CASES = tuple(Case(*case) for case in product((False, True), (False, True), (1, 2, 4, 8)))


@dataclass
class Played:
    """One search, and what was said meanwhile: when, the seconds said to be left, and the trainings foreseen."""

    said: list[tuple[float, float | None, int]] = field(default_factory=list)
    seconds: float = 0.0
    trainings: int = 0

    def ratio(self, moment: float) -> float:
        """The seconds that were left by what was said at a share of the time; nan where nothing was."""
        at = moment * self.seconds
        left = [left for when, left, _ in self.said if when <= at][-1]
        said_at = [when for when, _, _ in self.said if when <= at][-1]
        return math.nan if left is None else (self.seconds - said_at) / left

    def foreseen(self, moment: float) -> float:
        """The trainings foreseen at a share of the time by those that there were."""
        return [all_ for when, _, all_ in self.said if when <= moment * self.seconds][-1] / self.trainings


def played(seed: int, case: Case) -> Played:
    """A search whose trainings cost what their configuration makes them cost, and some more to start them.

    In every other one those that are promoted start again, as code of one's own may.
    """
    draw = random.Random(seed)
    trials = draw.choice((24, 40, 60, 100))
    plan = Plan(
        space=_SPACE,
        sampler=SAMPLERS["coarse_to_fine"].from_settings({"fit": False}, trials),
        streams=Streams(seed),
        trials=trials,
        epochs=27,
        halving=Halving() if case.halving else None,
        confirm=Confirm() if case.confirm else None,
    )
    return _Clock(plan, case.workers, draw).play()


class _Clock:
    """Plays a search; time passes only while trainings are waited for."""

    def __init__(self, plan: Plan, workers: int, draw: random.Random) -> None:
        self._plan, self._workers, self._draw = plan, workers, draw
        self.now = 0.0
        self._history = History(plan.space, _METRIC)
        self._found = Played()
        self._watcher = Watcher(self._note, plan, _METRIC, clock=lambda: self.now)
        self._per_epoch = math.exp(draw.gauss(0, 1))
        self._start = self._per_epoch * draw.choice((0, 0.3, 3))
        self._spread = draw.choice((0.0, 0.3, 0.6))
        self._noise = draw.choice((0.02, 0.3))
        # Whether a training that is promoted goes on, or starts again.
        self._again = draw.choice((False, True))

    def play(self) -> Played:
        """The whole search."""
        history = self._history
        while jobs := self._plan.next_round(history):
            history.add_round(jobs)
            self._watcher.round_begins(history.rounds - 1, jobs, history)
            self._round(sorted(jobs, key=lambda job: job.start - job.epochs))
            self.now += 0.01 * self._per_epoch
        self._found.seconds, self._found.trainings = self.now, len(history.results)
        return self._found

    def _round(self, jobs: list[Job]) -> None:
        running = list[tuple[float, int, Result]]()
        waiting = list(reversed(jobs))
        while waiting or running:
            while waiting and len(running) < self._workers:
                job = waiting.pop()
                self._watcher.training_begins([job], self._workers)
                seconds = self._seconds(job)
                heappush(
                    running,
                    (self.now + seconds, job.trial.number + 1000 * job.replicate, self._result(job, seconds)),
                )
            self.now, _, result = heappop(running)
            self._history.add(result)
            self._watcher.results_came([result], self._history)

    def _seconds(self, job: Job) -> float:
        width = as_number(job.trial.config["width"])
        noise = self._draw.gauss(0, self._spread / 3)
        start = 0 if self._again else job.start
        return self._start + self._per_epoch * (job.epochs - start) * math.exp(
            self._spread * 2 * (width - 0.5) + noise
        )

    def _result(self, job: Job, seconds: float) -> Result:
        config = job.trial.config
        loss = (
            abs(math.log10(as_number(config["lr"])) + 2) / 2
            + abs(as_number(config["width"]) - 0.3)
            + 1 / job.epochs
        )
        metrics = {"loss": loss + self._draw.gauss(0, self._noise)}
        return Result(job.trial.number, job.epochs, "done", metrics, seconds=seconds, replicate=job.replicate)

    def _note(self, snapshot: Snapshot) -> None:
        self._found.said.append((self.now, snapshot.left, snapshot.total.all))


def ratios(searches: Sample, case: Case) -> dict[float, list[float]]:
    """For each moment: the seconds that were left, by what was said; nan where nothing was said."""
    runs = searches.of(played, case=case)
    return {moment: [run.ratio(moment) for run in runs] for moment in MOMENTS}


def figures(searches: Sample) -> Iterator[Figure]:
    """How often the time said to be left was near, of the searches where one was said, and how often one was."""
    found = {case: ratios(searches.other(number), case) for number, case in enumerate(CASES)}
    for moment in MOMENTS:
        every = [ratio for of_case in found.values() for ratio in of_case[moment]]
        yield from _figures(f"at {100 * moment:.0f} % of the time", every)
    for case, moment in product(CASES, MOMENTS):
        yield from _figures(f"at {100 * moment:.0f} % of the time; {case}", found[case][moment], part=True)


def _figures(where: str, ratios: Sequence[float], *, part: bool = False) -> Iterator[Figure]:
    said = [ratio for ratio in ratios if not math.isnan(ratio)]
    yield Figure("a time left is said", where, len(said), len(ratios), part=part)
    near = count(1 - NEAR <= ratio <= 1 + NEAR for ratio in said)
    name = f"the time left is within {100 * NEAR:.0f} %"
    yield Figure(name, where, near, len(said), least=0.8, part=part)
    fair = count(1 / FACTOR <= ratio <= FACTOR for ratio in said)
    name = f"the time left is within a factor of {FACTOR}"
    yield Figure(name, where, fair, len(said), least=0.9, part=part)
