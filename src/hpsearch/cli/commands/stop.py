"""`hpsearch stop RUN TRIAL`: end one running trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS

if TYPE_CHECKING:
    from hpsearch.core.metric import Metric
    from hpsearch.core.trial import Result

#: How long the end of the trial is waited for, in seconds.
WAIT = 10.0


@COMMANDS.register("stop", place=75)
def command(
    run: options.Run,
    trial: options.Trial,
    runs_dir: options.RunsDir = options.RUNS,
) -> None:
    """End one running trial of a search and keep what it has reached; the search goes on."""
    from hpsearch.actions.stop import stop
    from hpsearch.cli.console import note, out
    from hpsearch.config import load_recorded
    from hpsearch.runs import RunFolder

    folder = RunFolder.existing(runs_dir, run)
    result = stop(folder, trial, wait=WAIT)
    if result is None:
        note(
            f"trial {trial}: will be ended; it is recorded when the search comes to it: after the epoch, with the "
            f"trials that train together with it, or when the search is resumed"
        )
    else:
        out(f"trial {trial}: {_told(result, load_recorded(folder.config).search.ranks_by)}")


def _told(result: Result, metric: Metric) -> str:
    if result.status != "stopped":
        return f"ended by itself: {result.status}"
    epochs = f" after {result.kept} of {result.epochs} epochs" if result.kept else ""
    value = result.metrics.get(metric.name)
    return f"stopped{epochs}" + ("" if value is None else f", with {metric} {metric.shown(value)}")
