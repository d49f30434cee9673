"""What a command and the space ask of each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.objectives.command import placeholders
from hpsearch.objectives.command.program import mentions, spelled

#: The variable that names the file with all parameters.
PARAMETERS = "HPSEARCH_PARAMS"


def names_used(command: Any) -> set[str]:
    """The placeholders of a command, whatever that may be."""
    arguments: Iterable[Any] = command if isinstance(command, list | tuple) else ()
    return {name for argument in arguments for name in placeholders.names_in(str(argument))}


def unknown_placeholders(command: Sequence[str], names: Collection[str]) -> Iterator[Finding]:
    """Placeholders of nothing that a command is given; `names` are those of the space."""
    for index, argument in enumerate(command):
        for problem in placeholders.problems(argument, names):
            yield Finding(("objective", "command", index), f"{problem}{got(argument)}")


def unnamed_parameters(command: Sequence[str], names: Collection[str], folder: Path) -> Iterator[Finding]:
    """Parameters that a command is not told of, as far as it does not read them from the file with all of them."""
    used = names_used(command)
    if "params" in used or mentions(PARAMETERS, spelled(command, names, folder), folder):
        return
    if used.isdisjoint(names):
        example = next(iter(names))
        message = (
            f"names no parameter: add {{{example}}}, or let the program read the file {PARAMETERS}; "
            f"if it does neither, all trials are the same"
        )
        yield Finding(("objective", "command"), message)
        return
    for name in names:
        if name not in used:
            message = f"is not in the command; add {{{name}}}, or let it read the file {PARAMETERS}"
            yield Finding(("space", name), message, (("objective", "command"),))


def variables(command: Sequence[str], names: Collection[str]) -> Iterator[Finding]:
    """What looks like a variable of a shell, and of which all but the `$` is replaced."""
    known = {*names, *placeholders.GIVEN, *placeholders.PLACES}
    for index, argument in enumerate(command):
        for name in placeholders.after_dollars(argument):
            if name in known:
                message = (
                    f"has ${{{name}}}, where {{{name}}} is replaced and the $ stays before the value; write "
                    f"{{{name}}}, or ${{{{{name}}}}} for a variable of the shell"
                )
                yield Finding(("objective", "command", index), f"{message}{got(argument)}")
