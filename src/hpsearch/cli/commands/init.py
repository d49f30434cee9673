"""`hpsearch init [DATA or COMMAND]`: a first configuration."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS

if TYPE_CHECKING:
    from hpsearch.actions.init.trying import Seen


class Service(StrEnum):
    """Where a pipeline can run."""

    github = "github"
    gitlab = "gitlab"


@COMMANDS.register("init", place=0)
def command(
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA|COMMAND]",
            help="A table (.csv, .xlsx, ...), .npz, FILE:FUNCTION, or a command in quotes; default: the digits.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="COLUMN", help="What to predict; default: the last column."),
    ] = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to; never over an existing file.")
    ] = Path("config.yaml"),
    tried: Annotated[
        bool,
        typer.Option(
            "--try", help="Run the command, in a folder of its own, to see what it prints, writes and counts."
        ),
    ] = False,
    limit: Annotated[
        str, typer.Option("--try-limit", metavar="DURATION", help="How long --try may take in all.")
    ] = "60s",
    ci: Annotated[
        Service | None,
        typer.Option(
            "--ci",
            metavar=f"[{'|'.join(Service)}]",
            parser=options.one_of(Service),
            autocompletion=lambda: list(Service),
            help="Write the file that has the search run on every push too, for FILE as it is if that exists.",
        ),
    ] = None,
) -> None:
    """Write a commented configuration to start from."""
    from hpsearch.actions.init import starting_config
    from hpsearch.actions.init.writing import MOVE, OTHER, refuse_taken, write_new
    from hpsearch.cli.console import note

    if ci is not None:
        from hpsearch.actions.init.ci import SERVICES, write

        refuse_taken(SERVICES[ci].path, MOVE)
        if subject is None and target is None and output.is_file():
            note(write(ci, output))
            return
    refuse_taken(output, OTHER)
    text, seen = _tried(subject, target, output, limit) if tried else starting_config(subject, target, output)
    write_new(output, text, OTHER)
    if seen and seen.wrong:
        note(f"when it was tried: {seen.wrong}")
    first = "say which way its metric is better (goal:)" if "\n  goal:  " in text else "look it over"
    note(f"written: {output}; {first}, then: hpsearch run {output} --dry-run, hpsearch run {output}")
    if ci is not None:
        note(write(ci, output))


def _tried(subject: str | None, target: str | None, output: Path, limit: str) -> tuple[str, Seen | None]:
    """The text, and what the command showed; what it prints is passed on as it comes. Raises InputError."""
    from hpsearch.actions.init import starting_config
    from hpsearch.actions.init.trying import Trying
    from hpsearch.cli.passing import Passing, aside
    from hpsearch.config.fields import seconds
    from hpsearch.core.errors import InputError

    try:
        given = seconds(limit)
    except ValueError as error:
        raise InputError(f"--try-limit {limit}: {error}") from None
    passing = Passing(aside)
    try:
        return starting_config(subject, target, output, Trying(given, passing.feed))
    finally:
        passing.end()
