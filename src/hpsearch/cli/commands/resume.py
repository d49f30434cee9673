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
    trust: options.Trust = False,
    fail_under: options.FailUnder = None,
    require: options.Require = None,
    max_failed: options.MaxFailed = None,
    baseline: options.Baseline = None,
    tolerance: options.Tolerance = None,
    junit: options.Junit = None,
    summary: options.Summary = None,
    metrics: options.Metrics = None,
    runs_dir: options.RunsDir = options.RUNS,
    sets: options.Set = None,
    trials: options.Trials = None,
    time_limit: options.TimeLimit = None,
    max_failures: options.MaxFailures = None,
    workers: options.Workers = None,
    executor: options.Executor = None,
    scheduler: options.Scheduler = None,
    jobqueue: options.Jobqueue = None,
    insecure: options.Insecure = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
) -> None:
    """Continue a recorded search where it stopped, or with more trials."""
    from hpsearch.actions.ci import Reports
    from hpsearch.actions.trust import refuse_foreign
    from hpsearch.cli.checks import Checks, asked
    from hpsearch.cli.console import note
    from hpsearch.cli.search import conduct
    from hpsearch.config import load_continued
    from hpsearch.runs import RunFolder

    checks = Checks(run, Reports.asked(junit, summary, metrics))
    with checks.telling():
        checks.asked = asked(
            runs_dir,
            fail_under=fail_under,
            require=require,
            max_failed=max_failed,
            held_to=baseline,
            tolerance=tolerance,
        )
        folder = RunFolder.existing(runs_dir, run)
        given = options.overrides(
            sets,
            workers=workers,
            executor=executor,
            scheduler=scheduler,
            jobqueue=jobqueue,
            insecure=insecure,
            trials=trials,
            time_limit=time_limit,
            max_failures=max_failures,
        )
        spec = load_continued(folder.config, given)
        refuse_foreign(spec, folder, trust=trust, tell=lambda text: note(text, quiet=quiet))
        conduct(spec, folder, "resume", checks, quiet=quiet, json=json, retry_failed=retry_failed)
