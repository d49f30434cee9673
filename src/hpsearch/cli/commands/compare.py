"""`hpsearch compare RUN RUN...`: searches side by side, and which has found better."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli import completion, options
from hpsearch.cli.commands import COMMANDS


class Format(StrEnum):
    """How a comparison is printed."""

    text = "text"
    markdown = "markdown"
    json = "json"


@COMMANDS.register("compare", place=75)
def command(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN RUN...",
            help="Runs, or groups of runs with other seeds: A1,A2,A3 or NAME=A1,A2,A3.",
            autocompletion=completion.runs,
        ),
    ],
    level: Annotated[
        float | None,
        typer.Option(
            "--level",
            metavar="VALUE",
            parser=options.REAL,
            help="Count the epochs up to this value; the worst of all bests if not given.",
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - named after the option
        Format,
        typer.Option(
            "--format",
            metavar=f"[{'|'.join(Format)}]",
            parser=options.one_of(Format),
            autocompletion=lambda: list(Format),
            help="How it is printed.",
        ),
    ] = Format.text,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as one page of HTML, with charts.")
    ] = None,
    overwrite: options.Overwrite = False,
    runs_dir: options.RunsDir = options.RUNS,
    json: options.Json = False,
) -> None:
    """Compare searches: what differs in them, what they spent, and which has found better."""
    from hpsearch.actions.compare import compared, write_page
    from hpsearch.actions.groups import groups
    from hpsearch.cli.console import note, out, out_json, width
    from hpsearch.core.errors import InputError
    from hpsearch.reporting.comparison import as_data, as_markdown, as_text
    from hpsearch.storage.atomic import refuse_existing

    if level is not None and not math.isfinite(level):
        raise InputError(f"--level {level}: must be a number to compare with")
    if html is not None:
        refuse_existing(html, overwrite=overwrite)
    sides = groups(runs_dir, runs)
    found = compared(sides, level)
    if html is not None:
        write_page(sides, found, html, overwrite=overwrite)
    form = Format.json if json else format
    if form is Format.json:
        out_json(as_data(found))
    elif form is Format.markdown:
        out(as_markdown(found))
    else:
        out(as_text(found, width()))
    if html is not None:
        note(f"written: {html}; open it in a browser")
