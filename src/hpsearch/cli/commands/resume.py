"""`hpsearch resume RUN`: continue a recorded search."""

from __future__ import annotations

from typing import Annotated

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("resume", place=50)
def command(
    run: options.Run,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", help="Try again what failed, crashed or was too slow."),
    ] = False,
    fail_under: options.FailUnder = None,
    runs_dir: options.RunsDir = options.RUNS,
    sets: options.Set = None,
    trials: options.Trials = None,
    time_limit: options.TimeLimit = None,
    max_failures: options.MaxFailures = None,
    workers: options.Workers = None,
    executor: options.Executor = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
) -> None:
    """Continue a recorded search where it stopped, or with more trials."""
    from hpsearch.cli.search import conduct
    from hpsearch.config import load_continued
    from hpsearch.runs import RunFolder

    folder = RunFolder.existing(runs_dir, run)
    given = options.overrides(
        sets,
        workers=workers,
        executor=executor,
        trials=trials,
        time_limit=time_limit,
        max_failures=max_failures,
    )
    spec = load_continued(folder.config, given)
    conduct(spec, folder, "resume", fail_under=fail_under, quiet=quiet, json=json, retry_failed=retry_failed)
