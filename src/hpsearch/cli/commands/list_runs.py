"""`hpsearch list`: the recorded runs."""

from __future__ import annotations

from pathlib import Path

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


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
    from hpsearch.engine.run import Run
    from hpsearch.runs import RunFolder

    folder = RunFolder(path)
    try:
        folder.refuse_closed()
        run = Run.read(folder, curves=False)
        best = run.best
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
    return {
        "run": path.name,
        "state": run.ending or run.state,
        "trials": len(run.standings),
        "metric": run.metric.name,
        "best": None if best is None else best.reading(run.metric),
        "parent": run.spec.parent,
    }
