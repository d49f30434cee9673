"""Conducting a search from the command line: progress while it runs, the ranking when it ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from hpsearch.actions import run as action
from hpsearch.actions.opening import Mode, prepared
from hpsearch.actions.planning import make_plan
from hpsearch.cli.checks import Checks, failure
from hpsearch.cli.console import advise, note, out_json, out_ranking, progress, remark
from hpsearch.cli.pareto import list_front
from hpsearch.config import Spec
from hpsearch.core.errors import ExecutorBroken, InputError, Interrupted, SearchFailed
from hpsearch.core.gate import Gate
from hpsearch.core.places import OUTPUT
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run
from hpsearch.engine.watcher import Watcher
from hpsearch.objectives.folders import folder_name
from hpsearch.reporting import text
from hpsearch.reporting.document import document, gated
from hpsearch.reporting.progress import duration
from hpsearch.runs import RunFolder
from hpsearch.storage.reached import reached

#: How many of the ranking are printed at the end of a run; `show` prints more.
TOP = 10
_ENDINGS = {
    "complete": "",
    "target": "stopped: the target is reached; go on without it: {resume} --set search.target=",
    "time": "stopped: the time limit is reached; continue with: {resume}",
    "failures": "",
}


def conduct(
    spec: Spec,
    folder: RunFolder,
    mode: Mode,
    checks: Checks,
    *,
    quiet: bool,
    json: bool,
    parents: Sequence[Path] = (),
    retry_failed: bool = False,
) -> None:
    """Run the search of `spec` in `folder` and print its ranking.

    Raises:
        Interrupted: by Ctrl-C or SIGTERM; everything acknowledged is recorded.
        ExecutorBroken: there are no workers, or no more.
        SearchFailed: too many trials failed, every one did, or a gate of `checks` was not passed.
        InputError: no such search can be held to what `checks` ask, or a file of theirs cannot be written.
    """
    checks.refuse_before(spec)
    resume = f"hpsearch resume {folder.argument}"
    search, begun = spec.search, time.monotonic()
    try:
        with progress(quiet=quiet or json) as bar:
            spec, workload = prepared(spec, folder, mode)
            plan = make_plan(spec)
            progressed = partial(reached, folder.checkpoints)
            watcher = Watcher(bar.update, plan, search.ranks_by, limit=search.time_limit, reached=progressed)
            tell = lambda message: note(message, quiet=quiet)  # noqa: E731 - a name for a one-line closure
            conducted = action.run(
                spec, folder, mode, watcher, tell, parents, workload, retry_failed=retry_failed
            )
    except KeyboardInterrupt as interrupt:
        so_far = interrupt.found if isinstance(interrupt, action.Stopped) else None
        if so_far and not json:
            _print(so_far)
        found = _interrupted(so_far, checks) if so_far else {}
        goes_on = f"; continue with: {resume}" if folder.recorded else " before anything was trained"
        raise Interrupted(f"interrupted{goes_on}", found=found) from None
    except ExecutorBroken as error:
        goes_on = f"; continue with: {resume}" if folder.recorded else ""
        raise ExecutorBroken(f"{error}{goes_on}") from error
    if not json:
        _print(conducted)
    for verdict in conducted.verdicts:
        advise(verdict, quiet=quiet)
    if ending := _ENDINGS[conducted.ending]:
        note(ending.format(resume=resume), quiet=quiet)
    said = text.summary(conducted.standings) + text.deaths(conducted.deaths)
    remark(f"{said} in {duration(time.monotonic() - begun)}; written:", f"{folder.path}/", quiet=quiet)
    why = _failure(conducted, resume)
    gates = checks.of(conducted, conducted.verdicts, why)
    found = _document(conducted, conducted.verdicts, gates)
    if why:
        raise SearchFailed(why, found=found)
    if shut := failure(conducted, gates, found):
        raise shut
    if json:
        out_json(found)


def _interrupted(run: Run, checks: Checks) -> dict[str, Any]:
    """The document of a search that was interrupted, of which the files are written as far as they can be."""
    gates: Sequence[Gate] = ()
    try:
        gates = checks.of(run, (), "interrupted")
    except InputError as error:
        note(str(error))
    return _document(run, (), gates)


def _document(run: Run, verdicts: Sequence[Verdict], gates: Sequence[Gate]) -> dict[str, Any]:
    return document(run, run.ranked[:TOP], verdicts) | (gated(gates) if gates else {})


def _failure(run: Run, resume: str) -> str:
    """Why the search has come to nothing; empty if it has come to something."""
    if run.given_up:
        return _gave_up(run, resume)
    return _why_all_failed(run) if run.best is None else ""


def _gave_up(run: Run, resume: str) -> str:
    return (
        f"stopped: {run.given_up}. What they printed is in {run.folder.trials}. Mend the cause and "
        f"go on with: {resume} (--retry-failed tries again what failed; --max-failures off never stops)"
    )


def _print(run: Run) -> None:
    if run.best is not None:
        out_ranking(run.standings, run.metric, run.epochs, TOP, run.beside)
        list_front(run, TOP)


def _why_all_failed(run: Run) -> str:
    if not run.standings:
        return "no trial was finished"
    first = run.standings[0]
    number = first.trial.number
    log = run.folder.trials / folder_name(number) / OUTPUT
    printed = f"; what it printed: {log}" if log.is_file() else ""
    return f"all {len(run.standings)} trials failed; trial {number}: {first.status}: {first.reason}{printed}"
