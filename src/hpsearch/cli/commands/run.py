"""`hpsearch run CONFIG`: the search."""

from __future__ import annotations

from typing import Annotated

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("run", place=40)
def command(
    config: options.Config,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the recorded search.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Delete the recorded search, start again.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the first trials and try one; record nothing.")
    ] = False,
    enqueue: options.Enqueue = None,
    learn_from: options.LearnFrom = None,
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
    seed: options.Seed = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
) -> None:
    """Search: sample configurations, train them in parallel, rank them."""
    from hpsearch.actions.ci import Reports
    from hpsearch.actions.opening import Mode
    from hpsearch.cli.checks import Checks, asked
    from hpsearch.cli.console import note, remark
    from hpsearch.cli.search import conduct
    from hpsearch.config import lint, load_spec
    from hpsearch.core.errors import InputError
    from hpsearch.runs import RunFolder

    checks = Checks(str(config), Reports.asked(junit, summary, metrics))
    with checks.telling():
        checks.asked = asked(
            runs_dir,
            fail_under=fail_under,
            require=require,
            max_failed=max_failed,
            held_to=baseline,
            tolerance=tolerance,
        )
        if resume and overwrite:
            raise InputError(
                "--resume and --overwrite: one continues the run, the other deletes it; give one of them"
            )
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
            seed=seed,
        )
        learned = [RunFolder.meant(runs_dir, run).path for run in learn_from or ()]
        spec = load_spec(config, given, enqueue or (), learned)
        for warning in lint(spec):
            remark(f"warning: {warning}", quiet=quiet)
        if dry_run:
            from hpsearch.cli.dry_run import show

            show(spec, json=json)
            return
        if spec.objective.free:
            from hpsearch.cli.pareto import ranks_by

            note(
                f"ranks by {ranks_by(spec.search)}",
                quiet=quiet,
            )
        mode: Mode = "resume" if resume else "overwrite" if overwrite else "new"
        conduct(spec, RunFolder.named(runs_dir, spec.name), mode, checks, quiet=quiet, json=json)
