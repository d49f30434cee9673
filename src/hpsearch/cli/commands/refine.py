"""`hpsearch refine RUN`: search around the best."""

from __future__ import annotations

from typing import Annotated

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("refine", place=60)
def command(
    run: options.Run,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            metavar="N",
            parser=options.COUNT,
            help="How many of the best the new ranges hold; five, unless fewer are done.",
        ),
    ] = None,
    widen: Annotated[
        bool, typer.Option("--widen/--no-widen", help="Move the end outwards that the best value presses on.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the new ranges and the new file, and run nothing.")
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
    seed: options.Seed = None,
    quiet: options.Quiet = False,
    json: options.Json = False,
) -> None:
    """Search around the best of a run, learning from its results."""
    from hpsearch.actions.ci import Reports
    from hpsearch.actions.refine import flight_left_open, refinement, told
    from hpsearch.actions.trust import refuse_foreign
    from hpsearch.cli.checks import Checks, asked
    from hpsearch.cli.console import note, out
    from hpsearch.cli.search import conduct
    from hpsearch.config import dump_yaml
    from hpsearch.engine.run import Run
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
        parent = Run.read(RunFolder.existing(runs_dir, run), given, curves=False)
        flight = flight_left_open(parent.folder, given)
        refined = refinement(parent, top=top, widen=widen, flight_of_trials=flight)
        checks.name = refined.spec.name
        note(told(refined.changes), quiet=quiet)
        if dry_run:
            out(dump_yaml(refined.spec))
            return
        refuse_foreign(parent.spec, parent.folder, trust=trust, tell=lambda text: note(text, quiet=quiet))
        parents = [parent.folder.path]
        conduct(refined.spec, refined.folder, "new", checks, quiet=quiet, json=json, parents=parents)
