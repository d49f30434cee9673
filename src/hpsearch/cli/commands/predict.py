"""`hpsearch predict MODEL DATA`: the classes of new rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli import options


def command(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="What hpsearch export --to model wrote.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A .csv, .parquet or .npz file.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write there; default: print.")
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Print the table with a last column `prediction`, as CSV."""
    del debug
    from hpsearch.cli.console import note, out
    from hpsearch.errors import InputError
    from hpsearch.prediction import predicted

    text = predicted(model, data)
    if output is None:
        out(text, exact=True)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"{output}: cannot be written: {error.strerror}; give another path with -o"
        ) from error
    note(f"written: {output}")
