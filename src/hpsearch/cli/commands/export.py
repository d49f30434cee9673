"""`hpsearch export RUN --to FORMAT`: what a run found, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli import completion, options
from hpsearch.cli.commands import COMMANDS
from hpsearch.cli.commands.evaluate import Best, Refit, Trial, count_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpsearch.core.trial import Standing
    from hpsearch.runs import RunFolder

MODEL = "model"


def _formats() -> str:
    """The formats and what they are, for the help: asked for when the options are made, and not before."""
    from hpsearch.reporting.export import FORMATS

    says = {
        MODEL: "the trained network with its preprocessing",
        **{name: form.says for name, form in FORMATS.built_in.items()},
        **{name: f"added by {package}" for name, package in FORMATS.added.items()},
    }
    return "; ".join(f"{name}: {what}" for name, what in says.items()) + "."


@COMMANDS.register("export", place=100)
def command(
    run: options.Run,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            autocompletion=completion.formats,
            help=_formats(),
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to; default: named after the run."),
    ] = None,
    overwrite: options.Overwrite = False,
    trial: Trial = None,
    refit: Refit = False,
    best: Best = None,
    runs_dir: options.RunsDir = options.RUNS,
) -> None:
    """Write what a run found to a file: its trials for other programs, or its model for `hpsearch predict`."""
    from hpsearch.cli.console import note
    from hpsearch.core.errors import InputError, did_you_mean
    from hpsearch.runs import RunFolder

    if to not in (known := completion.formats()):
        raise InputError(f"--to {to}: is no format{did_you_mean(to, known) or ';'} known: {', '.join(known)}")
    folder = RunFolder.existing(runs_dir, run)
    if to == MODEL:
        _model(folder, output, overwrite=overwrite, trial=trial, refit=refit, best=count_of(best, trial))
        return
    if trial is not None or refit or best is not None:
        raise InputError(f"--to {to}: holds every trial; --trial, --best and --refit are for --to model")
    from hpsearch.actions.export import export

    path, use = export(folder, to, output, overwrite=overwrite)
    note(f"written: {path}; {use}")


def _model(
    folder: RunFolder,
    output: Path | None,
    *,
    overwrite: bool,
    trial: int | None,
    refit: bool,
    best: int | None,
) -> None:
    """Write the model, and say which it is."""
    from hpsearch.actions.model import make_model
    from hpsearch.cli.console import note
    from hpsearch.objectives.network.model_file import save_model
    from hpsearch.storage.atomic import placing, refuse_existing

    path = output or Path(f"{folder.path.name}.npz")
    refuse_existing(path, overwrite=overwrite)  # before the training
    made = make_model(folder, trial=trial, refit=refit, best=best)
    for remark in made.notes:
        note(remark)
    with placing(path, overwrite=overwrite) as place:
        save_model(made.model, place)
    note(f"written: {path}, the {_which(made.standings, made.of_each)}; use it: hpsearch predict {path} DATA")


def _which(standings: Sequence[Standing], of_each: str) -> str:
    """`model of trial 8`, or `mean of the models of trials 8 and 3 (3 seeds and 5 folds of each, 40 % linear)`."""
    numbers = [str(standing.trial.number) for standing in standings]
    if len(numbers) == 1 and not of_each:
        return f"model of trial {numbers[0]}"
    trials = f"trials {', '.join(numbers[:-1])} and {numbers[-1]}" if numbers[1:] else f"trial {numbers[0]}"
    return f"mean of the models of {trials}{f' ({of_each})' if of_each else ''}"
