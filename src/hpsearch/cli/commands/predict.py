"""`hpsearch predict MODEL DATA`: what an exported model says of new rows, classes or numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("predict", place=110)
def command(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="What hpsearch export --to model wrote.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A table (.csv, .xlsx, ...) or .npz file.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write there; default: print.")
    ] = None,
    overwrite: options.Overwrite = False,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Add a column p(CLASS) for each class.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse rows that cannot be read; else they have no prediction.")
    ] = False,
) -> None:
    """Print the table with a last column `prediction`, as CSV."""
    from hpsearch.actions.predict import predicted
    from hpsearch.cli.console import note, out
    from hpsearch.core.errors import InputError
    from hpsearch.storage.atomic import placing, refuse_existing
    from hpsearch.storage.endings import NPZ, PARQUET, ending

    if output is not None:
        if ending(output) in (PARQUET, NPZ):
            raise InputError(f"{output}: would hold CSV; name it {output.with_suffix('.csv')}")
        refuse_existing(output, overwrite=overwrite)
    text = predicted(
        model, data, probabilities=probabilities, strict=strict, tell=lambda said: note(f"note: {said}")
    )
    if output is None:
        out(text, exact=True)
        return
    with placing(output, overwrite=overwrite) as made:
        made.write_text(text, encoding="utf-8", newline="\n")
    note(f"written: {output}")
