"""The command line: its commands, and how an error of one becomes a message and a status."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from hpsearch.cli import completion, options
from hpsearch.cli.commands import COMMANDS
from hpsearch.cli.console import note, out, out_json
from hpsearch.core.blame import blamed
from hpsearch.core.errors import HpsearchError
from hpsearch.core.surroundings import hindrance
from hpsearch.core.version import __version__

#: Where a call keeps whether it is to answer in JSON.
_JSON = "hpsearch.json"
_PLAIN: Mapping[str, Any] = {
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,  # plain help and one-line errors; importing rich would double the time of --help
}


def debuggable(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with one option more, the last: `--debug` shows where an error came from."""

    @wraps(command)
    def debugged(*, debug: bool, **given: Any) -> None:
        with _traced(wanted=debug):
            command(**given)

    # The command line library reads the options off the signature.
    signature = inspect.signature(command, eval_str=True)
    for parameter in signature.parameters.values():
        _refuse_odd(parameter)
    option = inspect.Parameter(
        "debug", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=options.Debug
    )
    taken = [*signature.parameters.values(), option]
    debugged.__signature__ = signature.replace(parameters=taken)  # type: ignore[attr-defined]
    return debugged


@contextmanager
def _traced(*, wanted: bool) -> Iterator[None]:
    """Show where an error came from, if that is wanted."""
    try:
        yield
    except Exception:
        if wanted:
            traceback.print_exc()
        raise


def _refuse_odd(parameter: inspect.Parameter) -> None:
    if parameter.name == "debug":
        raise ValueError("its parameter 'debug' is called as an option is that every command has")
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise ValueError(f"its parameter {str(parameter)!r} stands for any number; each must have a name")


def made(name: str) -> Any:
    """The command `name`, which may be another package's, with its options.

    Raises:
        PluginBroken: that package's cannot be imported, is called as another is, or has parameters that no
            command line gives.
    """
    alone = typer.Typer(add_completion=False, **_PLAIN)
    command = COMMANDS[name]
    with COMMANDS.blaming(name):
        alone.command(name)(debuggable(command))
        return typer.main.get_command(alone)


class Commands(TyperGroup):
    """All commands by their names and what they do; the options of one are known once it is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, command in COMMANDS.built_in.items():
            said = inspect.getdoc(command) or ""
            # Given as the short one it is wrapped; else it would be cut to the width of the terminal.
            self.add_command(TyperCommand(name, help=said, short_help=said.partition("\n\n")[0]))
        for name, package in COMMANDS.added.items():
            self.add_command(TyperCommand(name, help=f"Added by {package}."))

    def invoke(self, ctx: Any) -> Any:
        """Call the command; with `--json` what it raises is told on standard output as well."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            _hint(error)
            if ctx.meta.get(_JSON):
                _tell(error)
            raise

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called, and the rest of the line."""
        ctx.meta[_JSON] = "--json" in args
        if args[0] in self.commands:
            with _traced(wanted="--debug" in args):
                self.add_command(made(args[0]))
        return super().resolve_command(ctx, args)


def _hint(error: Any) -> None:
    """Where an option is unknown that is a key of the YAML, say how a command that takes it is told of it."""
    context, name = getattr(error, "ctx", None), getattr(error, "option_name", None)
    if name is None or not hasattr(error, "possibilities") or not context:
        return
    taken = [option for parameter in context.command.params for option in parameter.opts]
    if "--set" not in taken:
        return
    from hpsearch.config.homes import settable

    if key := settable(name.lstrip("-").replace("-", "_")):
        error.message += f"; did you mean --set {key}=VALUE?"
        error.possibilities = []


app = typer.Typer(
    name="hpsearch",
    help="Hyperparameter search from one YAML file and one command.",
    no_args_is_help=True,
    cls=Commands,
    **_PLAIN,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
        app(prog_name=completion.program())
    except SystemExit as end:  # the command line library ends every command so, --help and wrong usage too
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:
        return _refused(error)
    return 0


def _refused(error: Exception) -> int:
    message, status = _told(error)
    note(message)
    _annotate(error, message)
    return status


def _annotate(error: Exception, message: str) -> None:
    """Where a runner of GitHub reads along, have it shown beside the lines that it is about."""
    from hpsearch.core.errors import Problem
    from hpsearch.reporting.ci.annotations import annotated, on_github

    if on_github():
        problems = getattr(error, "problems", ()) or (Problem("", None, "", message),)
        for line in annotated(problems):
            note(line)


def _told(error: Any) -> tuple[str, int]:
    """What is said of an error, and the exit status it means."""
    if hasattr(
        error, "format_message"
    ):  # of the command line library, whose errors have no public name in common
        return error.format_message(), error.exit_code
    error = hindrance(error) or blamed(error) or error
    if isinstance(error, HpsearchError):
        return str(error), error.exit_status
    return f"hpsearch failed unexpectedly: {type(error).__name__}: {error} (--debug shows where)", 1


def _tell(error: Exception) -> None:
    from hpsearch.reporting.document import refused

    out_json(refused(error, *_told(error)))
