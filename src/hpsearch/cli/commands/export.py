"""`hpsearch export RUN --to FORMAT`: what a run found, for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli import options
from hpsearch.cli.commands.evaluate import Refit, Trial


class Format(StrEnum):
    """What a run can be exported to."""

    model = "model"


def command(
    run: options.Run,
    to: Annotated[Format, typer.Option("--to", help="model: the trained network with its preprocessing.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; default: RUN.npz.")
    ] = None,
    trial: Trial = None,
    refit: Refit = False,
    runs_dir: options.RunsDir = options.RUNS,
    debug: options.Debug = False,
) -> None:
    """Write the chosen model to a file, for `hpsearch predict`."""
    del to, debug
    from hpsearch.cli.console import note
    from hpsearch.errors import InputError
    from hpsearch.evaluation import make_model
    from hpsearch.runs import RunFolder

    folder = RunFolder.existing(runs_dir, run)
    path = output or Path(f"{folder.path.name}.npz")
    model, standing, _ = make_model(folder, trial=trial, refit=refit)
    try:
        model.save(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}; give another path with -o") from error
    note(f"written: {path}, the model of trial {standing.trial.number}; use it: hpsearch predict {path} DATA")
