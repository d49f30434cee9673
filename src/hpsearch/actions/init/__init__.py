"""A first configuration for the data, function or command that a person has: commented, and ready to run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.actions.init.network import data_text, network_text
from hpsearch.actions.init.own import command_text, function_text
from hpsearch.core.errors import InputError
from hpsearch.storage.endings import DATA, OTHER_DATA, SUCH_AS, ending, is_table

if TYPE_CHECKING:
    from hpsearch.actions.init.trying import Seen, Trying


def starting_config(
    subject: str | None, target: str | None, output: Path, trying: Trying | None = None
) -> tuple[str, Seen | None]:
    """The YAML text of a first configuration, and what running the command showed, if it is tried.

    Args:
        subject: a data file, FILE:FUNCTION, or a command line; None for the built-in digits.
        target: the column of a table to predict.
        output: where the text will be; paths in it start there.
        trying: how a command is tried; None where it is not run.

    Raises:
        InputError: the data or the function cannot be used, `target` goes with no table, or `trying` with no
            command.
    """
    path = Path(subject) if subject else None
    if target is not None and (path is None or not is_table(path)):
        raise InputError(f"--target {target}: names a column of a table ({SUCH_AS}); leave it out")
    if subject is not None and _is_command(subject):
        return command_text(subject, output, trying)
    if trying is not None:
        raise InputError("--try: runs a command; hpsearch run CONFIG --dry-run tries a function or data")
    return _text(subject, path, target, output), None


def _is_command(subject: str) -> bool:
    """Whether it is neither a file of data nor a function; the last word of a command may well name the one."""
    path = Path(subject)
    if path.is_file() and (ending(path) in DATA or ending(path) in OTHER_DATA):
        return False
    return " " in subject or (ending(path) not in DATA and ":" not in subject)


def _text(subject: str | None, path: Path | None, target: str | None, output: Path) -> str:
    """That for data or a function."""
    if subject is None:
        return network_text("digits", "the handwritten digits of UCI, which are built in")
    if path is not None and ending(path) in DATA:
        return data_text(path, target, output)
    if path is not None and ending(path) in OTHER_DATA and path.is_file():
        remedy = OTHER_DATA[ending(path)]
        raise InputError(f"{subject}: is no kind of data file that is read ({', '.join(DATA)}); {remedy}")
    return function_text(subject, output)
