"""What a command and the space ask of each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.objectives.command import placeholders


def names_used(command: Any) -> set[str]:
    """The placeholders of a command, whatever that may be."""
    arguments: Iterable[Any] = command if isinstance(command, list | tuple) else ()
    return {name for argument in arguments for name in placeholders.names_in(str(argument))}


def unknown_placeholders(command: Sequence[str], names: Collection[str]) -> Iterator[Finding]:
    """Placeholders of nothing that a command is given; `names` are those of the space."""
    for index, argument in enumerate(command):
        for problem in placeholders.problems(argument, names):
            yield Finding(("objective", "command", index), f"{problem}{got(argument)}")


def unnamed_parameters(command: Sequence[str], names: Collection[str]) -> Iterator[Finding]:
    """Parameters that a command with placeholders has none for; one without any reads them from the file."""
    used = names_used(command)
    for name in names:
        if name not in used and "params" not in used and used & set(names):
            message = f"is not in the command; add {{{name}}}, or let it read the file HPSEARCH_PARAMS"
            yield Finding(("space", name), message, (("objective", "command"),))
