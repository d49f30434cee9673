"""Conducting a search from the command line: progress while it runs, the ranking when it ends."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from hpsearch.actions import run as session
from hpsearch.cli.console import note, out, out_json, progress
from hpsearch.config import Spec
from hpsearch.core.errors import Interrupted, SearchFailed
from hpsearch.engine.run import Run
from hpsearch.engine.watcher import Watcher
from hpsearch.report import text
from hpsearch.report.progress import duration
from hpsearch.runs import RunFolder
from hpsearch.runs.records import Inheritance

#: How many of the ranking are printed at the end of a run; `show` prints more.
TOP = 10
_ENDINGS = {
    "complete": "",
    "target": "stopped: the target is reached",
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
            watcher = Watcher(bar.update, plan, search.ranks_by, limit=search.time_limit)
            tell = lambda message: note(message, quiet=quiet)  # noqa: E731 - a name for a one-line closure
            conducted = session.run(spec, folder, mode, watcher, tell, inherited)
    except KeyboardInterrupt as interrupt:
        if isinstance(interrupt, session.Stopped):
            _print(interrupt.found, json=json)
        raise Interrupted(f"interrupted; continue with: {resume}") from None
    _print(conducted, json=json)
    for verdict in conducted.verdicts:
        note(f"- {verdict}", quiet=quiet)
    if ending := _ENDINGS[conducted.ending]:
        note(ending.format(resume=resume), quiet=quiet)
    note(
        f"{text.summary(conducted.standings)} in {duration(time.monotonic() - begun)}; written: {folder.path}/",
        quiet=quiet,
    )
    if conducted.given_up:
        raise SearchFailed(_gave_up(conducted, resume))
    _judge(conducted, fail_under)


def _gave_up(run: Run, resume: str) -> str:
    return (
        f"stopped: {run.given_up}. What they printed last is in {run.folder.journal}. Mend the cause and "
        f"go on with: {resume} (failed trials stay failed; run --overwrite tries them again; --max-failures off "
        f"never stops)"
    )


def _print(run: Run, *, json: bool) -> None:
    if json:
        out_json(as_data(run))
    elif run.best is not None:
        out(text.ranking(run.standings, run.metric, run.epochs, TOP))


def as_data(run: Run) -> dict[str, Any]:
    """What a run came to, for --json."""
    counts: dict[str, int] = {}
    for standing in run.standings:
        counts[standing.status] = counts.get(standing.status, 0) + 1
    return {
        "run": str(run.folder.path),
        "ending": run.ending,
        "metric": run.metric.name,
        "goal": run.metric.goal,
        "trials": len(run.standings),
        "statuses": counts,
        "verdicts": [asdict(verdict) for verdict in run.verdicts],
        "best": [text.as_data(standing) for standing in run.ranked[:TOP]],
    }


def _judge(run: Run, fail_under: float | None) -> None:
    best = run.best
    if best is None:
        raise SearchFailed(_why_all_failed(run))
    if fail_under is None:
        return
    metric, again = run.metric, best.confirmed
    reached = best.value(metric)
    if metric.is_better(fail_under, than=reached):
        what = f"mean {metric} of {again.seeds} seeds" if again else str(metric)
        side = "below" if metric.goal == "maximize" else "above"
        raise SearchFailed(f"{what} {metric.shown(reached)} is {side} --fail-under {fail_under:g}")


def _why_all_failed(run: Run) -> str:
    if not run.standings:
        return "no trial was finished"
    first = run.standings[0]
    return (
        f"all {len(run.standings)} trials failed; trial {first.trial.number}: {first.status}: {first.reason}"
    )
