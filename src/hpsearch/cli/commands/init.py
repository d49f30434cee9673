"""`hpsearch init [DATA or COMMAND]`: a first configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("init", place=0)
def command(
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA|COMMAND]",
            help="A .csv, .tsv, .parquet or .npz file, FILE:FUNCTION, or a command in quotes; default: the digits.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="COLUMN", help="What to predict; default: the last column."),
    ] = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to; never over an existing file.")
    ] = Path("config.yaml"),
) -> None:
    """Write a commented configuration to start from."""
    from hpsearch.actions.init import starting_config
    from hpsearch.cli.console import note
    from hpsearch.core.errors import InputError

    taken = InputError(f"{output}: exists, and is never written over; give another name with -o")
    if output.exists() or output.is_symlink():
        raise taken
    text = starting_config(subject, target, output)
    try:
        with output.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise InputError(
            f"{output}: cannot be written: {error.strerror}; give another path with -o"
        ) from error
    first = "say which way its metric is better (goal:)" if "\n  goal:  " in text else "look it over"
    note(f"written: {output}; {first}, then: hpsearch run {output} --dry-run, hpsearch run {output}")
