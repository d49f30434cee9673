"""The files of a run while it goes on and at its end: results written anew, states of no more use deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from hpsearch.actions.files import Files
from hpsearch.core.trial import Job, Result
from hpsearch.engine.checkpoints import states_to_keep
from hpsearch.engine.front import front_of
from hpsearch.engine.history import History
from hpsearch.engine.loop import Observer
from hpsearch.engine.run import Run
from hpsearch.objectives.base import Objective
from hpsearch.reporting import fronts, tables, text

#: While a search goes on, its result files are written anew at most this often, in seconds.
WRITE_EVERY = 10.0
#: ... and so seldom that writing takes one part in so many of the time: it takes seconds for 100,000 trials.
WRITE_SHARE = 30.0


class Housekeeping:
    """An observer that also keeps the result files of a long search fresh, and its saved states few."""

    def __init__(
        self,
        observer: Observer,
        write: Callable[[], object],
        objective: Objective,
        epochs: int,
        files: Files,
    ) -> None:
        self._observer = observer
        self._write = write
        self._objective = objective
        self._epochs = epochs
        self._files = files
        self._due = time.monotonic() + WRITE_EVERY

    def round_begins(self, number: int, jobs: Sequence[Job], history: History) -> None:
        """Pass it on, and tidy up: workers are at the states of pending jobs alone."""
        self.tidy(history.pending(), history)
        begun = time.monotonic()
        if begun > self._due:
            self._write()
            now = time.monotonic()
            self._due = now + max(WRITE_EVERY, WRITE_SHARE * (now - begun))
        self._observer.round_begins(number, jobs, history)

    def training_begins(self, jobs: Sequence[Job], workers: int) -> None:
        """Pass it on."""
        self._files.begin(jobs)
        self._observer.training_begins(jobs, workers)

    def training_waits(self, jobs: Sequence[Job]) -> None:
        """Pass it on."""
        self._observer.training_waits(jobs)

    def results_came(self, results: Sequence[Result], history: History) -> None:
        """Pass it on."""
        self._files.end(results)
        self._observer.results_came(results, history)

    def tidy(self, jobs: Sequence[Job], history: History) -> None:
        """Delete the states that are of no more use."""
        keep = states_to_keep(jobs, history, self._epochs)
        self._objective.tidy(keep)
        self._files.tidy({number for number, _ in keep})


def write_ranking(run: Run) -> None:
    """Write results.txt: the ranking, the front where there is one, and the verdicts as far as they are known."""
    front = fronts.lines(run, front_of(run))
    told = text.results(run.standings, run.metric, run.epochs, run.verdicts, front, run.beside)
    run.folder.write("results.txt", told)


def write_results(run: Run, *, curves: bool = True) -> None:
    """Write results.txt, results.csv, best.yaml and, the longest, curves.csv."""
    folder, metric, best = run.folder, run.metric, run.best
    write_ranking(run)
    folder.write("results.csv", tables.results_csv(run.standings, run.space.recorded))
    if curves:
        folder.write("curves.csv", tables.curves_csv(run.results))
    folder.write("best.yaml", text.best_yaml(best, metric, run.spec.name) if best else "# no trial is done\n")
