"""`hpsearch show RUN`: the ranking of a recorded run."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli import completion, options
from hpsearch.cli.commands import COMMANDS

if TYPE_CHECKING:
    from hpsearch.core.trial import Value
    from hpsearch.engine.run import Run


#: What a narrow terminal does without, the first ones first.
SPARE = ("round", "status", "train_loss", "val_loss", "spread", "seeds", "trials", "epochs", "trial")


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
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="PARAM",
            help="The best trial for each value or part of one parameter.",
            autocompletion=completion.parameters,
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow a search that goes on elsewhere, then show its ranking.")
    ] = False,
    runs_dir: options.RunsDir = options.RUNS,
    json: options.Json = False,
) -> None:
    """Show the ranking of a run, also while it goes on."""
    from hpsearch.cli.console import note, out, out_json, out_table
    from hpsearch.engine.run import Run
    from hpsearch.report import text
    from hpsearch.runs import RunFolder

    folder = RunFolder.existing(runs_dir, run)
    if watch:
        from hpsearch.cli.watching import follow

        follow(folder, quiet=json)
    recorded = Run.read(folder, curves=False)
    best = recorded.ranked[:top]
    header, rows = text.table(best, recorded.space.names) if by is None else _isolated(recorded, by)
    match Format.json if json else format:
        case Format.text if by is None:
            out(text.ranking(best, recorded.metric, recorded.epochs))
        case Format.json if by is None:
            out_json([text.as_data(standing) for standing in best])
        case Format.json:
            out_json([dict(zip(header, row, strict=True)) for row in rows])
        case Format.csv:
            out(text.as_csv(header, rows), exact=True)
        case Format.markdown:
            out(text.markdown(header, rows))
        case _:
            out_table(header, rows, SPARE)
    if by is not None and (weights := _importance(recorded)):
        note(weights)
    if failed := text.failures(recorded.standings):
        note(failed)


def _importance(run: Run) -> str:
    """How much each parameter matters by itself, on one line; empty where too few trials tell."""
    from hpsearch.analysis.importance import importance
    from hpsearch.core.words import spoken

    shares = importance(run.standings, run.space, run.metric)
    said = ", ".join(f"{spoken(name)} {100 * share:.0f} %" for name, share in shares.items())
    return f"importance (share of what a smooth fit to the trials explains): {said}" if said else ""


def _isolated(run: Run, name: str) -> tuple[list[str], list[list[Value | None]]]:
    """Header and rows of the best trial for each value of one parameter."""
    from hpsearch.analysis.isolation import isolate
    from hpsearch.core.errors import InputError, did_you_mean

    names = run.space.names
    if name not in names:
        hint = did_you_mean(name, names) or f"; it searched {', '.join(names)}"
        raise InputError(f"--by {name}: is no parameter of {run.folder.path}{hint}")
    buckets = isolate(run.standings, run.space.parameters[names.index(name)])
    others = [other for other in names if other != name]
    rows: list[list[Value | None]] = []
    for bucket in buckets:
        row: list[Value | None] = [bucket.label, bucket.trials]
        if bucket.best is None:
            row += [None] * (3 + len(others))
        else:
            trial = bucket.best.trial
            row += [bucket.best.reading(run.metric), bucket.best.epochs, trial.number]
            row += [trial.config.get(other) for other in others]
        rows.append(row)
    return [name, "trials", f"best {run.metric.name}", "epochs", "trial", *others], rows
