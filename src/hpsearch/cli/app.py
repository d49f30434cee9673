"""The command line: every command, and the only place where an error becomes a message and a status."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from hpsearch import __version__
from hpsearch.cli.commands import (
    check,
    doctor,
    evaluate,
    export,
    init,
    list_runs,
    predict,
    refine,
    reproduce,
    resume,
    schema,
    show,
    train,
)
from hpsearch.cli.commands import run as run_command
from hpsearch.cli.console import note, out
from hpsearch.core.errors import HpsearchError

app = typer.Typer(
    name="hpsearch",
    help="Hyperparameter search from one YAML file and one command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help and one-line errors; importing rich would double the time of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.command)
app.command("check")(check.command)
app.command("doctor")(doctor.command)
app.command("train")(train.command)
app.command("run")(run_command.command)
app.command("resume")(resume.command)
app.command("refine")(refine.command)
app.command("show")(show.command)
app.command("reproduce")(reproduce.command)
app.command("evaluate")(evaluate.command)
app.command("export")(export.command)
app.command("predict")(predict.command)
app.command("list")(list_runs.command)
app.command("schema")(schema.command)


def _version(wanted: bool) -> None:
    if wanted:
        out(f"hpsearch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Hyperparameter search from one YAML file and one command."""


def run() -> int:
    """Run the command line on `sys.argv`; returns the exit status of the process."""
    try:
        app()
    except SystemExit as end:  # the command line library ends every command so, --help and wrong usage too
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:
        return _refused(error, debug="--debug" in sys.argv)
    return 0


def _refused(error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    if isinstance(error, HpsearchError):
        note(str(error))
        return error.exit_status
    note(f"hpsearch failed unexpectedly: {type(error).__name__}: {error} (--debug shows where)")
    return 1
