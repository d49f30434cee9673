"""One search from its specification to its files: what a command, a test or a notebook calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hpsearch.actions import sessions
from hpsearch.actions.executing import executor_of, refuse_absent
from hpsearch.actions.files import Files, finish
from hpsearch.actions.housekeeping import Housekeeping, write_ranking, write_results
from hpsearch.actions.known import keep_told
from hpsearch.actions.learning import learned
from hpsearch.actions.opening import Mode, open_history, prepared, refuse_recorded
from hpsearch.actions.planning import budget_told, limits_of, make_plan, workers_told
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.config import Spec
from hpsearch.core.collector import collect_as_usual
from hpsearch.core.errors import ExecutorBroken, InputError, RunFolderError
from hpsearch.core.trial import Job
from hpsearch.core.words import trials_named
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.history import History
from hpsearch.engine.loop import Beginning, Ending, Observer, search
from hpsearch.engine.plan import Plan
from hpsearch.engine.run import Run
from hpsearch.executors import EXECUTORS
from hpsearch.objectives.base import Objective, Serving, Workload
from hpsearch.runs import Journal, RunFolder
from hpsearch.runs.journal import trouble
from hpsearch.runs.writing import died_record
from hpsearch.storage.mounts import remote_type
from hpsearch.storage.requests import Requests
from hpsearch.storage.temporary import sweep

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
    parents: Sequence[Path] = (),
    workload: Workload | None = None,
    *,
    retry_failed: bool = False,
) -> Run:
    """Conduct the search of `spec` in `folder` and write its results.

    Args:
        mode: what to do with a search recorded there: refuse, continue it, or delete it.
        observer: is told how the search goes on.
        tell: is told what a person should know, in words.
        parents: folders of runs that a new search learns from, beside those that `spec` names; one that is
            continued has in its journal what it learned.
        workload: what it works on, where that does not follow from `spec`.
        retry_failed: try again what failed in a search that is continued.

    Raises:
        InputError: the data cannot be used, or not as this `spec` asks, or a recorded search cannot be
            continued with it; or there is no cluster that can be asked as it says.
        ExecutorBroken: there are no workers; of a new search of which nothing was begun nothing is left.
        RunFolderError: the folder holds a search already, is another process's, or cannot be written.
        Stopped: by a KeyboardInterrupt, after the results so far were written, if that is quick.
        KeyboardInterrupt: before anything of a new search was begun; nothing of it is left.
    """
    refuse_absent(spec)
    spec, workload = prepared(spec, folder, mode, workload)
    plan = make_plan(spec)
    for remark in (*workload.notes, *budget_told(spec), *_of_the_place(folder)):
        tell(remark)
    begins = mode != "resume" or not folder.recorded
    lessons = learned(spec, workload, folder, parents, tell) if begins else []
    with folder.locked(), _swept(folder), Journal(folder.journal) as journal:
        refuse_recorded(folder, mode)
        if mode == "overwrite":
            folder.clear()
        new = not folder.recorded
        history, code = open_history(spec, folder, journal, workload, tell, lessons)
        if retry_failed and (count := history.retry()):
            journal.append([{"kind": "retry"}])
            tell(f"tried again, because they had failed: {count} of the trainings")
        try:
            with _begun(folder if new else None, history):
                ending = _search(spec, plan, folder, journal, history, workload, observer, tell)
        except KeyboardInterrupt:
            if not folder.recorded:  # nothing was begun
                raise
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
        keep_told(found)
    if ending == "complete" and len(history.trials) < plan.trials:
        tell(f"all {len(history.trials)} configurations of the space were tried: it holds no more")
    if ending == "failures":
        found.given_up = history.failures.too_many(spec.search.max_failures)
    return found


def _of_the_place(folder: RunFolder) -> Iterator[str]:
    if kind := remote_type(folder.path):
        yield (
            f"note: {folder.path} is on a network file system ({kind}): whether its lock and its syncs hold is a "
            f"matter of the mount; --runs-dir takes a folder on a local disk"
        )


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
        reused=history.reused,
        learned=[learned for learned in history.learned if learned.source],
    )


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
    housekeeping = Housekeeping(
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

    collect_as_usual()
    beginning = Beginning.of(plan, history, limits_of(spec))
    if beginning.anything:
        made = executor_of(spec, workers_told(spec, workload.slots, tell), workload, folder.checkpoints, tell)
    else:  # no worker is started, or asked for, that would have nothing to do
        made = EXECUTORS["serial"](1)
    with _served(objective, folder) as served, made as executor:
        ending = search(
            plan,
            history,
            Dispatcher(
                served,
                executor,
                workload.timeout(),
                dispatch.retries,
                tuple(metric.name for metric in spec.search.metrics),
                len(spec.search.ranking),
                housekeeping.training_begins,
                lost,
                dispatch.max_trials_per_worker,
                Requests(folder.checkpoints),
                dispatch.retry_on or (),
                retried,
                waits=housekeeping.training_waits,
            ),
            journal,
            housekeeping,
            limits_of(spec),
            beginning,
        )
    housekeeping.tidy((), history)
    return ending


@contextmanager
def _begun(new: RunFolder | None, history: History) -> Iterator[None]:
    """Nothing is left in a `new` folder where no round could be begun, so that nothing has to be continued."""
    taken_over = history.rounds
    try:
        yield
    except (ExecutorBroken, InputError, KeyboardInterrupt):
        if new is not None and history.rounds == taken_over:
            new.clear()
        raise


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
