"""`hpsearch show RUN`: the ranking of a recorded run."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from hpsearch.cli import options


class Format(StrEnum):
    """How a ranking is printed."""

    text = "text"
    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"


def command(
    run: options.Run,
    top: Annotated[int, typer.Option("--top", min=1, metavar="N", help="How many of the best.")] = 20,
    format: Annotated[  # noqa: A002 - named after the option
        Format,
        typer.Option("--format", help="text: the lines of results.txt; csv: every column in full precision."),
    ] = Format.table,
    runs_dir: options.RunsDir = options.RUNS,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show the ranking of a run, also while it goes on."""
    del debug
    from hpsearch import session
    from hpsearch.cli.console import note, out, out_json, out_table
    from hpsearch.report import text
    from hpsearch.runs import RunFolder

    outcome = session.read_outcome(RunFolder.existing(runs_dir, run))
    best = [standing for standing in outcome.standings if standing.rank is not None][:top]
    header, rows = text.table(best, outcome.names)
    match Format.json if json else format:
        case Format.text:
            out(text.ranking(best, outcome.metric, outcome.epochs))
        case Format.json:
            out_json([text.as_data(standing) for standing in best])
        case Format.csv:
            out(text.as_csv(header, rows))
        case Format.markdown:
            out(text.markdown(header, rows))
        case Format.table:
            out_table(header, rows)
    if failed := text.failures(outcome.standings):
        note(failed)
