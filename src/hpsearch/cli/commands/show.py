"""`hpsearch show RUN`: the ranking of a recorded run, what to do next, one trial, or what failed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from hpsearch.cli import completion, options
from hpsearch.cli.commands import COMMANDS


class Format(StrEnum):
    """How a ranking is printed."""

    text = "text"
    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"


@COMMANDS.register("show", place=70)
def command(
    run: options.Run,
    top: Annotated[
        int, typer.Option("--top", metavar="N", parser=options.COUNT, help="How many of the best.")
    ] = 20,
    format: Annotated[  # noqa: A002 - named after the option
        Format,
        typer.Option(
            "--format",
            metavar=f"[{'|'.join(Format)}]",
            parser=options.one_of(Format),
            autocompletion=lambda: list(Format),
            help="text: the lines of results.txt; csv: every column in full precision.",
        ),
    ] = Format.table,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="A,B", help="These columns only, and the number of the trial."),
    ] = None,
    wide: Annotated[
        bool, typer.Option("--wide", help="Leave out no column, however narrow the terminal.")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="PARAM[,PARAM]",
            help="The best trial for each value or part of one parameter, or of two.",
            autocompletion=completion.parameters,
        ),
    ] = None,
    pareto: options.Pareto = None,
    trial: Annotated[
        int | None,
        typer.Option(
            "--trial",
            metavar="N",
            parser=options.NUMBER,
            help="One trial: parameters to paste, curve, replicates, reason and last output.",
        ),
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="The trainings that did not end well, with their reasons.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow a search that goes on elsewhere, then show its ranking.")
    ] = False,
    fail_under: options.FailUnder = None,
    require: options.Require = None,
    max_failed: options.MaxFailed = None,
    baseline: options.Baseline = None,
    tolerance: options.Tolerance = None,
    junit: options.Junit = None,
    summary: options.Summary = None,
    metrics: options.Metrics = None,
    runs_dir: options.RunsDir = options.RUNS,
    json: options.Json = False,
) -> None:
    """Show the ranking of a run and what to do next, also while it goes on."""
    from hpsearch.actions.ci import Reports
    from hpsearch.cli import showing
    from hpsearch.cli.checks import Checks, asked
    from hpsearch.core.errors import InputError
    from hpsearch.engine.run import Run
    from hpsearch.runs import RunFolder

    wanted = {"--by": by, "--pareto": pareto, "--trial": trial, "--failed": failed or None}
    if len(views := [option for option, given in wanted.items() if given is not None]) > 1:
        raise InputError(f"{' and '.join(views)}: are views of their own; give one of them")
    checks = Checks(run, Reports.asked(junit, summary, metrics))
    checks.asked = asked(
        runs_dir,
        fail_under=fail_under,
        require=require,
        max_failed=max_failed,
        held_to=baseline,
        tolerance=tolerance,
    )
    if views and checks.anything:
        raise InputError(f"{views[0]}: shows a part of a run, and gates and their files are of all of it")
    form = Format.json if json else format
    if columns is not None and (trial is not None or form in (Format.text, Format.json)):
        raise InputError("--columns: picks those of a table, csv or markdown; leave it out here")
    folder = RunFolder.existing(runs_dir, run)
    if watch:
        from hpsearch.cli.watching import follow

        follow(folder, quiet=json)
    look = showing.Look(form.value, top, columns, wide)
    if not views and not checks.anything:
        showing.whole(folder, look)
        return
    recorded = Run.read(folder)  # with the curves, of which a verdict speaks
    if trial is not None:
        showing.trial(recorded, trial, look)
    elif failed:
        showing.failed(recorded, look)
    elif by is not None:
        showing.by(recorded, by, look)
    elif pareto is not None:
        showing.pareto(recorded, pareto, look)
    else:
        showing.ranking(recorded, look, checks)
