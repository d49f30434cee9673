"""`hpsearch list`: the recorded runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS

if TYPE_CHECKING:
    from hpsearch.core.trial import Standing
    from hpsearch.runs import RunFolder


@COMMANDS.register("list", place=120)
def command(runs_dir: options.RunsDir = options.RUNS, json: options.Json = False) -> None:
    """List the recorded runs: what became of them, how many trials, the best, and what they refine."""
    from hpsearch.cli.console import note, out_json, out_table
    from hpsearch.runs import recorded

    rows = [_row(folder.path) for folder in recorded(runs_dir)]
    if json:
        out_json(rows)
    elif rows:
        header = list(rows[0])
        out_table(header, [[row[name] for name in header] for row in rows])
    else:
        note(f"no runs in {runs_dir}/; start one with: hpsearch run CONFIG")


def _row(path: Path) -> dict[str, str | int | float | None]:
    """One run; one that cannot be read says why instead of hiding the others."""
    from hpsearch.core.errors import HpsearchError
    from hpsearch.runs import RunFolder

    try:
        return {"run": path.name, **_told(RunFolder(path))}
    except Exception as error:
        known = isinstance(error, HpsearchError)
        state = str(error) if known else f"cannot be read: {type(error).__name__}: {error}"
        return {
            "run": path.name,
            "state": state,
            "trials": None,
            "metric": None,
            "best": None,
            "parent": None,
        }


def _told(folder: RunFolder) -> dict[str, str | int | float | None]:
    """What is listed of a run that can be read."""
    from hpsearch.actions.known import Known
    from hpsearch.config import load_recorded
    from hpsearch.engine.run import Run, state_of

    folder.refuse_closed()
    if summary := Known(folder).recalled():
        spec, ending, trials = load_recorded(folder.config), summary.ending, summary.data["trials"]
        best: Standing | None = summary.best[0]
    else:
        run = Run.read(folder, curves=False)
        spec, ending, trials, best = run.spec, run.ending, len(run.standings), run.best
    metric = spec.search.ranks_by
    return {
        "state": ending or state_of(folder, ending),
        "trials": trials,
        "metric": metric.name,
        "best": None if best is None else best.reading(metric),
        "parent": spec.parent,
    }
