"""Conducting a search from the command line: progress while it runs, the ranking when it ends."""

from __future__ import annotations

import time
from functools import partial

from hpsearch.actions import run as session
from hpsearch.cli.console import advise, note, out_json, out_ranking, progress
from hpsearch.config import Spec
from hpsearch.core.errors import Interrupted, SearchFailed
from hpsearch.core.places import OUTPUT
from hpsearch.core.trial import Standing
from hpsearch.engine.run import Run
from hpsearch.engine.watcher import Watcher
from hpsearch.objectives.folders import folder_name
from hpsearch.report import text
from hpsearch.report.document import document
from hpsearch.report.progress import duration
from hpsearch.runs import RunFolder
from hpsearch.runs.records import Inheritance
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
    mode: session.Mode,
    *,
    fail_under: float | None,
    quiet: bool,
    json: bool,
    inherited: Inheritance | None = None,
    retry_failed: bool = False,
) -> None:
    """Run the search of `spec` in `folder` and print its ranking.

    Raises:
        Interrupted: by Ctrl-C or SIGTERM; everything acknowledged is recorded.
        SearchFailed: too many trials failed, every one did, or the best is worse than `fail_under`.
    """
    resume = f"hpsearch resume {folder.argument}"
    search, begun = spec.search, time.monotonic()
    try:
        with progress(quiet=quiet or json) as bar:
            plan = session.make_plan(spec)
            progressed = partial(reached, folder.checkpoints)
            watcher = Watcher(bar.update, plan, search.ranks_by, limit=search.time_limit, reached=progressed)
            tell = lambda message: note(message, quiet=quiet)  # noqa: E731 - a name for a one-line closure
            conducted = session.run(spec, folder, mode, watcher, tell, inherited, retry_failed=retry_failed)
    except KeyboardInterrupt as interrupt:
        so_far = interrupt.found if isinstance(interrupt, session.Stopped) else None
        if so_far and not json:
            _print(so_far)
        found = document(so_far, so_far.ranked[:TOP], ()) if so_far and json else {}
        raise Interrupted(f"interrupted; continue with: {resume}", found=found) from None
    if not json:
        _print(conducted)
    for verdict in conducted.verdicts:
        advise(verdict, quiet=quiet)
    if ending := _ENDINGS[conducted.ending]:
        note(ending.format(resume=resume), quiet=quiet)
    said = text.summary(conducted.standings) + text.deaths(conducted.deaths)
    note(f"{said} in {duration(time.monotonic() - begun)}; written: {folder.path}/", quiet=quiet)
    found = document(conducted, conducted.ranked[:TOP], conducted.verdicts) if json else {}
    if failure := _failure(conducted, resume, fail_under):
        raise SearchFailed(failure, found=found)
    if json:
        out_json(found)


def _failure(run: Run, resume: str, fail_under: float | None) -> str:
    """Why the search has not done what was asked of it; empty if it has."""
    if run.given_up:
        return _gave_up(run, resume)
    return _why_all_failed(run) if run.best is None else _too_low(run, run.best, fail_under)


def _gave_up(run: Run, resume: str) -> str:
    return (
        f"stopped: {run.given_up}. What they printed is in {run.folder.trials}. Mend the cause and "
        f"go on with: {resume} (--retry-failed tries again what failed; --max-failures off never stops)"
    )


def _print(run: Run) -> None:
    if run.best is not None:
        out_ranking(run.standings, run.metric, run.epochs, TOP)


def _too_low(run: Run, best: Standing, fail_under: float | None) -> str:
    """That the best is not as good as `fail_under`; empty if it is, or nothing is asked."""
    metric, again, reached = run.metric, best.confirmed, best.value(run.metric)
    if fail_under is None or not metric.is_better(fail_under, than=reached):
        return ""
    what = f"mean {metric} of {again.seeds} seeds" if again else str(metric)
    side = "below" if metric.goal == "maximize" else "above"
    return f"{what} {metric.shown(reached)} is {side} --fail-under {fail_under:g}"


def _why_all_failed(run: Run) -> str:
    if not run.standings:
        return "no trial was finished"
    first = run.standings[0]
    number = first.trial.number
    log = run.folder.trials / folder_name(number) / OUTPUT
    printed = f"; what it printed: {log}" if log.is_file() else ""
    return f"all {len(run.standings)} trials failed; trial {number}: {first.status}: {first.reason}{printed}"
