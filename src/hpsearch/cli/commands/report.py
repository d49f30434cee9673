"""`hpsearch report RUN`: a run as one page of HTML, to look at and to send."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("report", place=78)
def command(
    run: options.Run,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where to; default: RUN.html, named after the run."
        ),
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(
            "--png",
            metavar="DIR",
            help="Write the charts as pictures into DIR (-: plots of characters, here); the page only with -o.",
        ),
    ] = None,
    pareto: options.Pareto = None,
    overwrite: options.Overwrite = False,
    runs_dir: options.RunsDir = options.RUNS,
) -> None:
    """Write a run as one page of HTML, with charts: a single file that opens without a network."""
    from hpsearch.actions.report import charts, report, report_charts
    from hpsearch.cli import drawing
    from hpsearch.cli.console import note
    from hpsearch.runs import RunFolder

    folder = RunFolder.existing(runs_dir, run)
    if png == drawing.HERE:
        # Lines that cross cannot be followed where they are made of characters.
        drawing.plot([picture for name, picture in charts(folder, pareto).items() if name != "parallel"])
    elif png is not None:
        paths = report_charts(folder, png, overwrite=overwrite, pareto=pareto)
        note(f"written: {png}: {', '.join(path.name for path in paths)}")
    if png is None or output is not None:
        path = report(folder, output, overwrite=overwrite, pareto=pareto)
        note(f"written: {path}; open it in a browser")
