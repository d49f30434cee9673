"""The command line: its commands, and how an error of one becomes a message and a status."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from hpsearch.cli import options
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
from hpsearch.core.version import __version__

COMMANDS: dict[str, Callable[..., None]] = {
    "init": init.command,
    "check": check.command,
    "doctor": doctor.command,
    "train": train.command,
    "run": run_command.command,
    "resume": resume.command,
    "refine": refine.command,
    "show": show.command,
    "reproduce": reproduce.command,
    "evaluate": evaluate.command,
    "export": export.command,
    "predict": predict.command,
    "list": list_runs.command,
    "schema": schema.command,
}

app = typer.Typer(
    name="hpsearch",
    help="Hyperparameter search from one YAML file and one command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help and one-line errors; importing rich would double the time of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)


def debuggable(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with one option more, the last: `--debug` shows where an error came from."""

    @wraps(command)
    def debugged(*, debug: bool, **given: Any) -> None:
        try:
            command(**given)
        except Exception:
            if debug:
                traceback.print_exc()
            raise

    # The command line library reads the options off the signature.
    signature = inspect.signature(command, eval_str=True)
    option = inspect.Parameter(
        "debug", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=options.Debug
    )
    taken = [*signature.parameters.values(), option]
    debugged.__signature__ = signature.replace(parameters=taken)  # type: ignore[attr-defined]
    return debugged


for _name, _command in COMMANDS.items():
    app.command(_name)(debuggable(_command))


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
        return _refused(error)
    return 0


def _refused(error: Exception) -> int:
    if isinstance(error, HpsearchError):
        note(str(error))
        return error.exit_status
    note(f"hpsearch failed unexpectedly: {type(error).__name__}: {error} (--debug shows where)")
    return 1
