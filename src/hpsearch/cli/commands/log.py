"""`hpsearch log RUN TRIAL`: what a trial printed."""

from __future__ import annotations

from typing import Annotated

import typer

from hpsearch.cli import completion, options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("log", place=75)
def command(
    run: options.Run,
    trial: Annotated[
        str,
        typer.Argument(
            metavar="TRIAL",
            help="The trial's number, as `show` has it, or best.",
            autocompletion=completion.trials,
        ),
    ],
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on with what it prints, until the search ends.")
    ] = False,
    replicate: Annotated[
        int,
        typer.Option(
            "--replicate",
            metavar="N",
            parser=options.NUMBER,
            help="Of its training with the N-th fresh seed; 0 is the search itself.",
        ),
    ] = 0,
    asked: Annotated[
        bool, typer.Option("--command", help="The command line or the call instead, to paste.")
    ] = False,
    runs_dir: options.RunsDir = options.RUNS,
) -> None:
    """Print what a trial printed: standard output and error, also while it goes on."""
    from hpsearch.actions import log
    from hpsearch.cli.console import note, out
    from hpsearch.cli.passing import Passing
    from hpsearch.engine.run import Run
    from hpsearch.runs import RunFolder

    folder = RunFolder.existing(runs_dir, run)
    recorded = Run.read(folder, curves=False)
    number = log.number_of(recorded, trial)
    if asked:
        out(log.command_of(recorded, number), exact=True)
        return
    passing = Passing()
    if follow:
        log.follow(folder, number, replicate, passing.feed)
    else:
        for part in log.printed(folder, number, replicate):
            passing.feed(part)
    passing.end()
    if not passing.anything:
        source, there = recorded.reused.get(number, ("", 0))
        made = f" here; it was made as trial {there} of {source}" if source else ""
        note(f"trial {number}: printed nothing that is kept{made}")
