"""One search from its specification to its files: what a command, a test or a notebook calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Literal

from hpsearch.actions import sessions
from hpsearch.actions.files import Files, finish
from hpsearch.actions.remaining import remaining
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.config import (
    Spec,
    build_space,
    changed_keys,
    digest,
    dump_yaml,
    former_digest,
    load_recorded,
    recordable,
    recorded_objective,
)
from hpsearch.config.enqueue import enqueued
from hpsearch.config.slots import idle_told, slots_of, trials_at_once, workers_there
from hpsearch.core.errors import InputError, RunFolderError
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result
from hpsearch.core.version import __version__
from hpsearch.core.words import trials_named
from hpsearch.engine.checkpoints import states_to_keep
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.history import History
from hpsearch.engine.loop import Ending, Limits, Observer, restore, search
from hpsearch.engine.overlap import history_of
from hpsearch.engine.plan import Confirm, Halving, Plan
from hpsearch.engine.run import Run
from hpsearch.executors import EXECUTORS, available_cores
from hpsearch.executors.cards import cards
from hpsearch.executors.slots import Slots
from hpsearch.objectives.base import Objective, Serving, Workload
from hpsearch.objectives.kind import gather
from hpsearch.reporting import tables, text
from hpsearch.runs import Journal, RunFolder
from hpsearch.runs.codes import Code
from hpsearch.runs.contents import header_of
from hpsearch.runs.folder import CONFIG
from hpsearch.runs.journal import trouble
from hpsearch.runs.records import Extended, Inheritance, Record
from hpsearch.runs.writing import died_record, extended_record, header, inherited_record
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.queue import queued
from hpsearch.storage.requests import Requests
from hpsearch.storage.temporary import sweep

Mode = Literal["new", "resume", "overwrite"]
#: While a search goes on, its result files are written anew at most this often, in seconds.
WRITE_EVERY = 10.0
#: ... and so seldom that writing takes one part in so many of the time: it takes seconds for 100,000 trials.
WRITE_SHARE = 30.0
#: So many trials are written within the second that who interrupts a search is willing to wait.
WRITTEN_IN_TIME = 20_000


class Stopped(KeyboardInterrupt):
    """A search was interrupted; `found` is what it has found by then."""

    def __init__(self, found: Run) -> None:
        super().__init__()
        self.found = found


def run(
    spec: Spec,
    folder: RunFolder,
    mode: Mode,
    observer: Observer,
    tell: Callable[[str], None],
    inherited: Inheritance | None = None,
    workload: Workload | None = None,
    *,
    retry_failed: bool = False,
) -> Run:
    """Conduct the search of `spec` in `folder` and write its results.

    Args:
        mode: what to do with a search recorded there: refuse, continue it, or delete it.
        observer: is told how the search goes on.
        tell: is told what a person should know, in words.
        inherited: what a new search begins with; one that is continued has it in its journal.
        workload: what it works on, where that does not follow from `spec`.
        retry_failed: try again what failed in a search that is continued.

    Raises:
        InputError: the data cannot be used, or not as this `spec` asks, or a recorded search cannot be
            continued with it.
        RunFolderError: the folder holds a search already, is another process's, or cannot be written.
        Stopped: by a KeyboardInterrupt, after the results so far were written, if that is quick.
    """
    _refuse_recorded(folder, mode)
    if folder.recorded:
        with folder.locked():
            pass  # what stands in the way is said now, and not after the data was prepared
    spec = _as_begun(spec, folder, mode)
    plan, workload = make_plan(spec), workload or gather(spec)
    for remark in workload.notes:
        tell(remark)
    with folder.locked(), _swept(folder), Journal(folder.journal) as journal:
        _refuse_recorded(folder, mode)
        if mode == "overwrite":
            folder.clear()
        new = not folder.recorded
        history, code = _open(spec, folder, journal, workload, tell, inherited)
        if retry_failed and (count := history.retry()):
            journal.append([{"kind": "retry"}])
            tell(f"tried again, because they had failed: {count} of the trainings")
        try:
            ending = _search(spec, plan, folder, journal, history, workload, observer, tell)
        except KeyboardInterrupt:
            found = _so_far(spec, folder, history, workload)
            if len(history.trials) <= WRITTEN_IN_TIME:
                write_results(found, curves=False)
            else:
                tell(
                    f"{folder.path}: results.* and best.yaml lack the last trials; resuming writes them anew"
                )
            raise Stopped(found) from None
        found = _so_far(spec, folder, history, workload)
        write_results(found)  # before what may take longer, and be interrupted
        found.ending = ending
        if ending in ("complete", "target"):
            finish(workload, folder, found.best)
        sessions.tell_edits(code, workload, tell)
        found.codes = sessions.codes(folder.journal, code, new=new)
        found.verdicts = verdicts_of(found)
        write_ranking(found)
    if ending == "complete" and len(history.trials) < plan.trials:
        tell(f"all {len(history.trials)} configurations of the space were tried: it holds no more")
    if ending == "failures":
        found.given_up = history.failures.too_many(spec.search.max_failures)
    return found


def _so_far(spec: Spec, folder: RunFolder, history: History, workload: Workload) -> Run:
    trials, results = dict(enumerate(history.trials)), list(history.results.values())
    return Run(
        spec,
        folder,
        trials,
        results,
        data=workload.fingerprint,
        rows=workload.rows,
        chance=workload.chance,
        commonest=workload.commonest,
        deaths=history.deaths,
        inherited=history.inherited,
    )


def _refuse_recorded(folder: RunFolder, mode: Mode) -> None:
    if mode == "new" and folder.recorded:
        raise RunFolderError(
            f"{folder.path}: holds a recorded search; continue it with --resume, delete it and start again "
            f"with --overwrite, or give this one another name with --set name=..."
        )


def _open(
    spec: Spec,
    folder: RunFolder,
    journal: Journal,
    workload: Workload,
    tell: Callable[[str], None],
    inherited: Inheritance | None,
) -> tuple[History, Code]:
    """The history that `journal` holds, and the code there is; a journal that is new gets its first records."""
    history = history_of(build_space(spec), spec.search.ranks_by, spec.search.overlap)
    records = journal.open()
    if journal.notice:
        tell(journal.notice)
    begun = None
    if records:
        begun = _begun_with(records, folder, spec)
        _check_same(spec, folder, records, workload, begun)
        restore(records, history, str(journal.path))
        if any(job.epochs > spec.objective.epochs for job in history.pending()):
            raise RunFolderError(
                f"{journal.path}: asks for more epochs than objective.epochs; it was changed"
            )
        spec = _continued(spec, folder, history, tell)
        if digest(spec) != digest(spec, trials=begun) and not _extended(records):
            journal.append([extended_record(begun)])
    for found in spec.source.moved:
        tell(f"note: {found}")
    folder.write(CONFIG, dump_yaml(recordable(spec, folder.path)))
    if not records:
        first = [
            header(
                version=__version__,
                spec=digest(spec),
                data=workload.fingerprint,
                rows=workload.rows,
                chance=workload.chance,
                commonest=workload.commonest,
            )
        ]
        if inherited:
            first.append(inherited_record(inherited))
            history.inherit(inherited.configs, inherited.values)
        journal.append(first)
    code = sessions.begin(journal, records, digest(spec, trials=begun), workload, tell)
    store(workload, folder)
    return history, code


def _as_begun(spec: Spec, folder: RunFolder, mode: Mode) -> Spec:
    """The spec, as the search that it continues was begun, of what it leaves to this version."""
    if mode != "resume" or not (folder.recorded and folder.config.is_file()):
        return spec
    begun = spec.objective.as_begun(load_recorded(folder.config).objective)
    return spec.model_copy(update={"objective": begun})


def _begun_with(records: Sequence[Record], folder: RunFolder, spec: Spec) -> int:
    """The trials that a recorded search was asked for when it began, as far as its fingerprint holds them."""
    if extended := _extended(records):
        return extended.begun
    return (load_recorded(folder.config) if folder.config.is_file() else spec).search.trials


def _extended(records: Sequence[Record]) -> Extended | None:
    return next((record for record in records if isinstance(record, Extended)), None)


def _check_same(
    spec: Spec, folder: RunFolder, records: Sequence[Record], workload: Workload, begun: int
) -> None:
    """Raise InputError unless `spec` and its data are what the recorded search was begun with."""
    journal = str(folder.journal)
    head = header_of(records, journal)
    other = "Use --overwrite, or another name with --set name=..."
    if folder.config.is_file() and (changed := changed_keys(load_recorded(folder.config), spec)):
        raise InputError(
            f"{folder.config}: the recorded search has another {', '.join(changed)}; its results cannot be "
            f"continued with this one. {other}"
        )
    known = sessions.recorded_digest(records, journal)
    former = former_digest(spec, recorded_objective(folder.config), trials=begun)
    if known not in (digest(spec, trials=begun), former):
        raise InputError(
            f"{folder.config}: was changed since the search began; its results cannot be continued. {other}"
        )
    if part := workload.changed(head.data):
        raise InputError(f"{folder.path}: {part} is not what this search was begun with; restore it. {other}")


def _continued(spec: Spec, folder: RunFolder, history: History, tell: Callable[[str], None]) -> Spec:
    """What config.yaml says of a search that goes on: as many trials as there are, and the old time limit."""
    tried, search = len(history.trials), spec.search
    if tried > search.trials:
        tell(f"{tried} trials were tried before, more than the {search.trials} asked for; none is added")
    limit = load_recorded(folder.config).search.time_limit if folder.config.is_file() else search.time_limit
    update = {"trials": max(tried, search.trials), "time_limit": limit}
    return spec.model_copy(update={"search": search.model_copy(update=update)})


def store(workload: Workload, folder: RunFolder) -> None:
    """Put what workers read where the objective of `folder` finds it.

    Raises:
        RunFolderError: it cannot be written.
    """
    try:
        workload.store(folder.checkpoints)
    except OSError as error:
        raise RunFolderError(trouble(folder.checkpoints, error)) from error


def _search(
    spec: Spec,
    plan: Plan,
    folder: RunFolder,
    journal: Journal,
    history: History,
    workload: Workload,
    observer: Observer,
    tell: Callable[[str], None],
) -> Ending:
    dispatch = spec.dispatch
    objective = workload.objective(folder.checkpoints)
    housekeeping = _Housekeeping(
        observer,
        lambda: write_results(_so_far(spec, folder, history, workload)),
        objective,
        spec.objective.epochs,
        Files(workload, folder, tell),
    )

    def lost(jobs: Sequence[Job], reason: str) -> None:
        trials = [job.trial.number for job in jobs]
        journal.append([died_record(trials, reason)])
        history.deaths += 1
        tell(f"note: {reason} while it trained {trials_named(trials)}; begun again")

    def retried(jobs: Sequence[Job], text: str) -> None:
        tell(f"note: {trials_named([job.trial.number for job in jobs])} failed with {text!r}; begun again")

    with EXECUTORS.blaming(dispatch.executor):
        made = EXECUTORS[dispatch.executor](_workers(spec, workload.slots, tell), workload.preload)
    with _served(objective, folder) as served, made as executor:
        ending = search(
            plan,
            history,
            Dispatcher(
                served,
                executor,
                workload.timeout(),
                dispatch.retries,
                spec.search.metric,
                housekeeping.training_begins,
                lost,
                dispatch.max_trials_per_worker,
                Requests(folder.checkpoints),
                dispatch.retry_on or (),
                retried,
            ),
            journal,
            housekeeping,
            _limits(spec),
        )
    housekeeping.tidy((), history)
    return ending


@contextmanager
def _served(objective: Objective, folder: RunFolder) -> Iterator[Objective]:
    """The objective with what its jobs need beside their workers."""
    with ExitStack() as stack:
        if isinstance(objective, Serving):
            try:
                objective = stack.enter_context(objective.serving())
            except OSError as error:
                raise RunFolderError(trouble(folder.checkpoints, error)) from error
        yield objective


@contextmanager
def _swept(folder: RunFolder) -> Iterator[None]:
    """Without what trials left that were killed: of an earlier process before, and of this one after."""
    _sweep(folder)
    try:
        yield
    finally:
        _sweep(folder)


def _sweep(folder: RunFolder) -> None:
    folder.sweep()
    sweep()


def make_plan(spec: Spec) -> Plan:
    """How the search of `spec` goes.

    Raises:
        SpecError: its requirements leave nothing to try.
    """
    search = spec.search
    halving, confirm = search.halving, search.confirm
    with SAMPLERS.blaming(search.sampler):
        sampler = SAMPLERS[search.sampler].from_settings(search.model_dump(), search.left_to_sampler)
    space, streams = build_space(spec), Streams(spec.seed)
    plan = Plan(
        space=space,
        sampler=sampler,
        streams=streams,
        trials=search.trials,
        round_size=search.round_size,
        epochs=spec.objective.epochs,
        halving=None if halving is None else Halving(halving.eta, halving.min_epochs),
        confirm=None if confirm is None else Confirm(confirm.top, confirm.seeds, spec.objective.free),
        overlap=search.overlap,
        queue=queued(space, enqueued(spec, space), streams),
    )
    if spec.require:
        remaining(spec, plan)
    return plan


def workers(spec: Spec, slots: Slots | None = None) -> int:
    """How many are asked for on this machine."""
    cores = available_cores()
    if slots is None:
        slots = slots_of(spec.dispatch, cards, cores)[0] if spec.objective.free else Slots()
    return trials_at_once(spec, slots, cores)


def _workers(spec: Spec, slots: Slots, tell: Callable[[str], None]) -> int:
    if said := idle_told(spec, workers_there(spec, slots, available_cores())):
        tell(said)
    return workers(spec, slots)


def _limits(spec: Spec) -> Limits:
    search = spec.search
    metric, target = search.ranks_by, search.target
    deadline = None if search.time_limit is None else time.monotonic() + search.time_limit

    def reached(history: History) -> bool:
        return target is not None and history.lowest() <= metric.loss(target)

    return Limits(reached, deadline, search.max_failures)


class _Housekeeping:
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
    """Write results.txt: the ranking, and the verdicts as far as they are known."""
    run.folder.write("results.txt", text.results(run.standings, run.metric, run.epochs, run.verdicts))


def write_results(run: Run, *, curves: bool = True) -> None:
    """Write results.txt, results.csv, best.yaml and, the longest, curves.csv."""
    folder, metric, best = run.folder, run.metric, run.best
    write_ranking(run)
    folder.write("results.csv", tables.results_csv(run.standings, run.space.recorded))
    if curves:
        folder.write("curves.csv", tables.curves_csv(run.results))
    folder.write("best.yaml", text.best_yaml(best, metric, run.spec.name) if best else "# no trial is done\n")
