"""A first configuration for the data, function or command that a person has: commented, and ready to run."""

from __future__ import annotations

from pathlib import Path

from hpsearch.actions.init.network import data_text, network_text
from hpsearch.actions.init.own import command_text, function_text
from hpsearch.core.errors import InputError
from hpsearch.storage.endings import DATA, OTHER_DATA, SUCH_AS, ending, is_table


def starting_config(subject: str | None, target: str | None, output: Path) -> str:
    """The YAML text of a first configuration.

    Args:
        subject: a data file, FILE:FUNCTION, or a command line; None for the built-in digits.
        target: the column of a table to predict.
        output: where the text will be; paths in it start there.

    Raises:
        InputError: the data or the function cannot be used, or `target` goes with no table.
    """
    path = Path(subject) if subject else None
    if target is not None and (path is None or not is_table(path)):
        raise InputError(f"--target {target}: names a column of a table ({SUCH_AS}); leave it out")
    if subject is None:
        return network_text("digits", "the handwritten digits of UCI, which are built in")
    if path is not None and ending(path) in DATA:
        return data_text(path, target, output)
    if path is not None and ending(path) in OTHER_DATA and path.is_file():
        remedy = OTHER_DATA[ending(path)]
        raise InputError(f"{subject}: is no kind of data file that is read ({', '.join(DATA)}); {remedy}")
    if " " not in subject and ":" in subject:
        return function_text(subject, output)
    return command_text(subject, output)
