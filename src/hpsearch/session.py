"""One search from its specification to its files: what a command, a test or a notebook calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from hpsearch import __version__
from hpsearch.config import Spec, build_space, changed_keys, dump_yaml, is_legal, load_spec
from hpsearch.errors import InputError, RunFolderError
from hpsearch.executors import EXECUTORS, available_cores
from hpsearch.material import Material, gather
from hpsearch.objectives import Objective
from hpsearch.randomness import Streams
from hpsearch.report import text
from hpsearch.runs import Journal, RunFolder, read
from hpsearch.runs.folder import CONFIG
from hpsearch.runs.journal import trouble
from hpsearch.runs.reading import collector_paused
from hpsearch.runs.records import Inheritance, check_header, header, inherited_record
from hpsearch.samplers import SAMPLERS
from hpsearch.search.checkpoints import states_to_keep
from hpsearch.search.dispatch import Dispatcher
from hpsearch.search.engine import Ending, Limits, Observer, restore, search
from hpsearch.search.history import History
from hpsearch.search.plan import Confirm, Halving, Plan
from hpsearch.search.ranking import rank, sign_of
from hpsearch.search.verdicts import Verdict, verdicts
from hpsearch.space import Space
from hpsearch.trial import Job, Result, Standing

Mode = Literal["new", "resume", "overwrite"]
#: While a search goes on, its result files are written anew at most this often, in seconds.
WRITE_EVERY = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to, or has come to so far.

    Attributes:
        standings: every trial with a result, best first.
        space: what was searched.
        epochs: a full training.
        verdicts: what to do next, once the search has ended.
    """

    folder: RunFolder
    standings: list[Standing]
    metric: str
    goal: str
    space: Space
    epochs: int
    ending: str
    verdicts: tuple[Verdict, ...] = ()

    @property
    def best(self) -> Standing | None:
        """The best trial, if one is done."""
        first = self.standings[0] if self.standings else None
        return first if first and first.rank else None


def read_outcome(folder: RunFolder) -> Outcome:
    """What `folder` holds, also while its search goes on."""
    spec = load_spec(folder.config)
    with collector_paused():
        found = read(folder.journal)
        standings = rank(found.trials.values(), found.results, spec.search.metric, spec.search.goal)
    return _outcome(spec, folder, standings, found.ending)


def _outcome(spec: Spec, folder: RunFolder, standings: list[Standing], ending: str) -> Outcome:
    search = spec.search
    space, epochs = build_space(spec), spec.objective.epochs
    return Outcome(folder, standings, search.metric, search.goal, space, epochs, ending)


def run(
    spec: Spec,
    folder: RunFolder,
    mode: Mode,
    observer: Observer,
    tell: Callable[[str], None],
    inherited: Inheritance | None = None,
    material: Material | None = None,
) -> Outcome:
    """Conduct the search of `spec` in `folder` and write its results.

    Args:
        mode: what to do with a search recorded there: refuse, continue it, or delete it.
        observer: is told how the search goes on.
        tell: is told what a person should know, in words.
        inherited: what a new search begins with; one that is continued has it in its journal.
        material: what it works on, where that does not follow from `spec`.

    Raises:
        InputError: the data cannot be used, or a recorded search cannot be continued with this `spec`.
        RunFolderError: the folder holds a search already, is another process's, or cannot be written.
        KeyboardInterrupt: passed on, after the results so far were written.
    """
    _refuse_recorded(folder, mode)
    material = material or gather(spec)
    for remark in material.notes:
        tell(remark)
    with folder.locked(), Journal(folder.journal) as journal:
        _settle(spec, folder, mode)
        history = _open(spec, folder, journal, material, tell, inherited)
        try:
            ending = _search(spec, folder, journal, history, material, observer, tell)
        except KeyboardInterrupt:
            write_results(spec, folder, history)
            raise
        standings = write_results(spec, folder, history)
    outcome = _outcome(spec, folder, standings, ending)
    return replace(outcome, verdicts=_verdicts(spec, outcome, material.rows))


def _verdicts(spec: Spec, outcome: Outcome, rows: int) -> tuple[Verdict, ...]:
    search, run = spec.search, outcome.folder.argument
    found = verdicts(
        outcome.standings, outcome.space, search.metric, search.goal, rows, run, partial(is_legal, spec)
    )
    return tuple(found)


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
    spec: Spec,
    folder: RunFolder,
    journal: Journal,
    material: Material,
    tell: Callable[[str], None],
    inherited: Inheritance | None,
) -> History:
    """The history that `journal` holds; a journal that is new gets its header."""
    history = History(build_space(spec), metric=spec.search.metric, sign=sign_of(spec.search.goal))
    with collector_paused():
        records = journal.open()
    if journal.notice:
        tell(journal.notice)
    if not records:
        records = _first_records(material, inherited)
        journal.append(records)
    elif check_header(records, str(journal.path))["data"] != material.fingerprint:
        raise InputError(
            f"{folder.path}: the data of objective.dataset is not what this search was begun with; "
            f"restore it, or start again with --overwrite"
        )
    with collector_paused():
        restore(records, history, str(journal.path))
    store(material, folder)
    return history


def _first_records(material: Material, inherited: Inheritance | None) -> list[dict[str, Any]]:
    records = [header(version=__version__, data=material.fingerprint, rows=material.rows)]
    if inherited:
        records.append(inherited_record(inherited))
    return records


def store(material: Material, folder: RunFolder) -> None:
    """Put what workers read where the objective of `folder` finds it.

    Raises:
        RunFolderError: it cannot be written.
    """
    try:
        material.store(folder.checkpoints)
    except OSError as error:
        raise RunFolderError(trouble(folder.checkpoints, error)) from error


def _search(
    spec: Spec,
    folder: RunFolder,
    journal: Journal,
    history: History,
    material: Material,
    observer: Observer,
    tell: Callable[[str], None],
) -> Ending:
    dispatch = spec.dispatch
    objective = material.objective(folder.checkpoints)
    housekeeping = _Housekeeping(
        observer, lambda: write_results(spec, folder, history), objective, spec.objective.epochs
    )
    with EXECUTORS[dispatch.executor](_workers(spec, tell), material.preload) as executor:
        ending = search(
            plan_of(spec),
            history,
            Dispatcher(objective, executor, material.timeout(), dispatch.retries),
            journal,
            housekeeping,
            _limits(spec),
        )
    housekeeping.tidy((), history)
    return ending


def plan_of(spec: Spec) -> Plan:
    """What decides the search of `spec`, round by round."""
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
