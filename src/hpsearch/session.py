"""One search from its specification to its files: what a command, a test or a notebook calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from hpsearch import __version__
from hpsearch.config import Spec, build_space, changed_keys, dump_yaml, load_spec
from hpsearch.config.feasibility import check_feasible
from hpsearch.datasets import DatasetSpec, Prepared, prepare
from hpsearch.errors import InputError, RunFolderError
from hpsearch.executors import EXECUTORS, available_cores
from hpsearch.objectives import Objective
from hpsearch.objectives.mlp import MLPObjective
from hpsearch.randomness import Streams
from hpsearch.report import text
from hpsearch.runs import Journal, RunFolder, read
from hpsearch.runs.folder import CONFIG
from hpsearch.runs.journal import trouble
from hpsearch.runs.records import check_header, header
from hpsearch.samplers import SAMPLERS
from hpsearch.search.checkpoints import states_to_keep
from hpsearch.search.dispatch import Dispatcher
from hpsearch.search.engine import Ending, Limits, Observer, restore, search
from hpsearch.search.history import History
from hpsearch.search.plan import Confirm, Halving, Plan
from hpsearch.search.ranking import rank, sign_of
from hpsearch.trial import Job, Result, Standing

Mode = Literal["new", "resume", "overwrite"]
#: While a search goes on, its result files are written anew at most this often, in seconds.
WRITE_EVERY = 10.0
#: What workers import before the first task comes.
PRELOAD = ("hpsearch.objectives.mlp",)
_DATA = "data.bin"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to, or has come to so far.

    Attributes:
        standings: every trial with a result, best first.
        names: the parameters of the space, in its order.
        epochs: a full training.

    """

    folder: RunFolder
    standings: list[Standing]
    metric: str
    goal: str
    names: list[str]
    epochs: int
    ending: str

    @property
    def best(self) -> Standing | None:
        """The best trial, if one is done."""
        first = self.standings[0] if self.standings else None
        return first if first and first.rank else None


def read_outcome(folder: RunFolder) -> Outcome:
    """What `folder` holds, also while its search goes on."""
    spec = load_spec(folder.config)
    found = read(folder.journal)
    standings = rank(found.trials.values(), found.results, spec.search.metric, spec.search.goal)
    return _outcome(spec, folder, standings, found.ending)


def _outcome(spec: Spec, folder: RunFolder, standings: list[Standing], ending: str) -> Outcome:
    search = spec.search
    names, epochs = list(spec.space), spec.objective.epochs
    return Outcome(folder, standings, search.metric, search.goal, names, epochs, ending)


def run(
    spec: Spec, folder: RunFolder, mode: Mode, observer: Observer, tell: Callable[[str], None]
) -> Outcome:
    """Conduct the search of `spec` in `folder` and write its results.

    Args:
        mode: what to do with a search recorded there: refuse, continue it, or delete it.
        observer: is told how the search goes on.
        tell: is told what a person should know, in words.

    Raises:
        InputError: the data cannot be used, or not as this `spec` asks, or a recorded search cannot be
            continued with it.
        RunFolderError: the folder holds a search already, is another process's, or cannot be written.
        KeyboardInterrupt: passed on, after the results so far were written.

    """
    _refuse_recorded(folder, mode)
    data = prepared(spec)
    with folder.locked(), Journal(folder.journal) as journal:
        _settle(spec, folder, mode)
        history = _open(spec, folder, journal, data, tell)
        try:
            ending = _search(spec, folder, journal, history, observer, tell)
        except KeyboardInterrupt:
            write_results(spec, folder, history)
            raise
        standings = write_results(spec, folder, history)
    return _outcome(spec, folder, standings, ending)


def prepared(spec: Spec) -> Prepared:
    """The data of `spec`, ready to train on; InputError where it cannot be used, or not as `spec` asks."""
    wanted = spec.objective.dataset
    data = prepare(
        DatasetSpec(wanted.source, wanted.dir, wanted.split, wanted.scaling, wanted.limit, wanted.task),
        spec.seed,
    )
    check_feasible(spec, data)
    return data


def _refuse_recorded(folder: RunFolder, mode: Mode) -> None:
    if mode == "new" and folder.recorded:
        raise RunFolderError(
            f"{folder.path}: holds a recorded search; continue it with --resume, delete it and start again "
            f"with --overwrite, or give this one another name with --set name=..."
        )


def _settle(spec: Spec, folder: RunFolder, mode: Mode) -> None:
    """Make `folder`, which is now ours, fit for `spec`."""
    _refuse_recorded(folder, mode)
    if mode == "overwrite":
        folder.clear()
    elif folder.recorded:
        changed = changed_keys(load_spec(folder.config), spec)
        if changed:
            raise InputError(
                f"{folder.config}: the recorded search has another {', '.join(changed)}; its results cannot be "
                f"continued with this one. Use --overwrite, or another name with --set name=..."
            )
    folder.write(CONFIG, dump_yaml(spec))


def _open(
    spec: Spec, folder: RunFolder, journal: Journal, data: Prepared, tell: Callable[[str], None]
) -> History:
    """The history that `journal` holds; a journal that is new gets its header."""
    history = History(build_space(spec), metric=spec.search.metric, sign=sign_of(spec.search.goal))
    records = journal.open()
    if journal.notice:
        tell(journal.notice)
    if not records:
        journal.append([header(version=__version__, data=data.fingerprint)])
    elif check_header(records, str(journal.path))["data"] != data.fingerprint:
        raise InputError(
            f"{folder.path}: the data of objective.dataset is not what this search was begun with; "
            f"restore it, or start again with --overwrite"
        )
    restore(records, history, str(journal.path))
    path = folder.checkpoints / _DATA
    try:
        data.save(path)
    except OSError as error:
        raise RunFolderError(trouble(path, error)) from error
    return history


def _search(
    spec: Spec,
    folder: RunFolder,
    journal: Journal,
    history: History,
    observer: Observer,
    tell: Callable[[str], None],
) -> Ending:
    dispatch = spec.dispatch
    objective = _objective(spec, folder)
    housekeeping = _Housekeeping(
        observer, lambda: write_results(spec, folder, history), objective, spec.objective.epochs
    )
    with EXECUTORS[dispatch.executor](_workers(spec, tell), PRELOAD) as executor:
        ending = search(
            _plan(spec),
            history,
            Dispatcher(objective, executor, dispatch.timeout, dispatch.retries),
            journal,
            housekeeping,
            _limits(spec),
        )
    housekeeping.tidy((), history)
    return ending


def _plan(spec: Spec) -> Plan:
    search = spec.search
    halving, confirm = search.halving, search.confirm
    return Plan(
        space=build_space(spec),
        sampler=SAMPLERS[search.sampler].from_settings(search.model_dump(), search.trials),
        streams=Streams(spec.seed),
        trials=search.trials,
        round_size=search.round_size,
        epochs=spec.objective.epochs,
        halving=None if halving is None else Halving(halving.eta, halving.min_epochs),
        confirm=None if confirm is None else Confirm(confirm.top, confirm.seeds),
    )


def _workers(spec: Spec, tell: Callable[[str], None]) -> int:
    wanted, most = spec.dispatch.workers, spec.search.round_size
    if wanted == "auto":
        return min(available_cores(), most)
    if wanted > most:
        tell(f"{wanted - most} of {wanted} workers will stay idle: search.round_size is {most}")
    return min(wanted, most)


def _objective(spec: Spec, folder: RunFolder) -> MLPObjective:
    fixed = spec.objective.model_dump(exclude={"kind", "dataset", "epochs"})
    data = folder.checkpoints / _DATA
    return MLPObjective(fixed, data, folder.checkpoints, spec.seed, spec.objective.epochs)


def _limits(spec: Spec) -> Limits:
    search = spec.search
    sign, target = sign_of(search.goal), search.target
    deadline = None if search.time_limit is None else time.monotonic() + search.time_limit

    def reached(history: History) -> bool:
        return target is not None and bool((history.last_losses() <= sign * target).any())

    return Limits(reached, deadline)


class _Housekeeping:
    """An observer that also keeps the result files of a long search fresh, and its saved states few."""

    def __init__(
        self, observer: Observer, write: Callable[[], object], objective: Objective, epochs: int
    ) -> None:
        self._observer = observer
        self._write = write
        self._objective = objective
        self._epochs = epochs
        self._written = time.monotonic()

    def round_begins(self, number: int, jobs: Sequence[Job], history: History) -> None:
        """Pass it on, and tidy up: between rounds no worker is at the states."""
        self.tidy(jobs, history)
        if time.monotonic() - self._written > WRITE_EVERY:
            self._write()
            self._written = time.monotonic()
        self._observer.round_begins(number, jobs, history)

    def results_came(self, results: Sequence[Result], history: History) -> None:
        """Pass it on."""
        self._observer.results_came(results, history)

    def tidy(self, jobs: Sequence[Job], history: History) -> None:
        """Delete the states that are of no more use."""
        self._objective.tidy(states_to_keep(jobs, history, self._epochs))


def write_results(spec: Spec, folder: RunFolder, history: History) -> list[Standing]:
    """Write results.txt, results.csv, best.yaml and curves.csv; returns the ranking in them."""
    metric, results = spec.search.metric, history.results.values()
    standings = rank(history.trials, results, metric, spec.search.goal)
    folder.write("results.txt", text.ranking(standings, metric, spec.objective.epochs))
    folder.write("results.csv", text.results_csv(standings, list(spec.space)))
    folder.write("curves.csv", text.curves_csv(results))
    best = standings[0] if standings and standings[0].rank else None
    folder.write("best.yaml", text.best_yaml(best, metric, spec.name) if best else "# no trial is done\n")
    return standings
