"""What a command and the space ask of each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding, KeyPath
from hpsearch.config.schema import Choices, ParameterSettings
from hpsearch.core.errors import MOST_PROBLEMS
from hpsearch.objectives.command import placeholders
from hpsearch.objectives.command.program import mentions, spelled

#: The variable that names the file with all parameters.
PARAMETERS = "HPSEARCH_PARAMS"
#: The placeholder, and the variable, that names the file of settings.
SETTINGS, SETTINGS_VARIABLE = "config", "HPSEARCH_CONFIG"
#: A text with placeholders, and where it stands below `objective`.
Told = Mapping[KeyPath, str]


def told(section: Mapping[str, Any]) -> dict[KeyPath, str]:
    """The texts of an `objective` section in which placeholders stand, whatever the section may be."""
    command, env, config = (section.get(name) for name in ("command", "env", "config"))
    keys = config.get("set") if isinstance(config, Mapping) else None
    places: dict[KeyPath, Any] = dict(_items(("command",), command))
    places |= dict(_items(("env",), env))
    places |= dict(_items(("config", "set"), keys))
    return {path: value for path, value in places.items() if isinstance(value, str)}


def _items(path: KeyPath, given: Any) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(given, Mapping):
        yield from (((*path, str(key)), value) for key, value in given.items())
    elif isinstance(given, list | tuple):
        yield from (((*path, index), value) for index, value in enumerate(given))


def names_used(texts: Told) -> set[str]:
    """The placeholders of the texts."""
    return {name for text in texts.values() for name in placeholders.names_in(text)}


def unknown_placeholders(
    texts: Told, space: Mapping[str, ParameterSettings], names: Collection[str], given: Collection[str]
) -> Iterator[Finding]:
    """Placeholders of nothing that a command is given, and those that cannot stand where they do.

    Args:
        texts: what is told to the command.
        space: the parameters that could be read.
        names: all of the space.
        given: what the command is given besides.
    """
    found = 0
    for path, text in texts.items():
        for problem in placeholders.problems(text, names, given, hints=found < MOST_PROBLEMS):
            found += 1
            yield Finding(("objective", *path), f"{problem}{got(text)}")
        if path[0] != "command" and (several := _several(text, names)):
            message = (
                f"has {several}, which stands for several arguments, and this is one text; name parameters"
            )
            yield Finding(("objective", *path), f"{message}{got(text)}")
        for name in placeholders.flags_in(text):
            if name in space and not _is_flag(space[name]):
                message = (
                    f"has a text for where {name} is true, and {name} is never true or false; write {{{name}}} for "
                    f"its value, or give it choices: [true, false]"
                )
                yield Finding(("objective", *path), f"{message}{got(text)}", (("space", name),))


def _several(text: str, names: Collection[str]) -> str | None:
    return text if placeholders.spread_in(text, names) or placeholders.is_list(text) else None


def _is_flag(given: ParameterSettings) -> bool:
    return isinstance(given, Choices) and all(
        choice is None or isinstance(choice, bool) for choice in given.choices
    )


def unnamed_parameters(
    command: Sequence[str], texts: Told, names: Sequence[str], folder: Path
) -> Iterator[Finding]:
    """Parameters that a command is not told of, as far as it does not read them from the file with all of them."""
    used = names_used(texts)
    if "params" in used or mentions(PARAMETERS, spelled(command, names, folder), folder):
        return
    if used.isdisjoint(names):
        example = next(iter(names))
        message = (
            f"names no parameter: add {{{example}}}, or {{args}} for all, or let the program read the file "
            f"{PARAMETERS}; if it does none of these, all trials are the same"
        )
        yield Finding(("objective", "command"), message)
        return
    for name in names:
        if name not in used:
            message = f"is not in the command; add {{{name}}}, or let it read the file {PARAMETERS}"
            yield Finding(("space", name), message, (("objective", "command"),))


def config_problems(
    command: Sequence[str],
    given: Mapping[str, Any] | None,
    changes: Mapping[str, Any],
    names: Collection[str],
) -> Iterator[Finding]:
    """What the file of settings cannot be: called like a parameter, without changes, or with a key below another.

    Args:
        command: the arguments.
        given: what the section sets; None where that follows from the parameters.
        changes: what is set.
        names: of the parameters.
    """
    at = ("objective", "config")
    spread = next(filter(None, (placeholders.spread_in(argument, names) for argument in command)), None)
    if SETTINGS in names:
        yield Finding(at, f"is the file of {{{SETTINGS}}}, which is a parameter too; rename the parameter")
    elif given is None and spread:
        message = (
            f"and {{{spread}}} of the command both take all parameters; give set, or remove {{{spread}}}"
        )
        yield Finding(at, message)
    elif not changes:
        yield Finding(at, "sets nothing: all parameters are named elsewhere; remove it, or give set")
    for below in changes:
        above = [other for other in changes if below.startswith(f"{other}.")]
        if above:
            yield Finding(at, f"sets {above[0]}, and {below} below it; keep one of them")
            return


def unused_settings(
    command: Sequence[str], texts: Told, names: Sequence[str], folder: Path
) -> Iterator[Finding]:
    """A file of settings that is written and never read."""
    if SETTINGS in names_used(texts):
        return
    if not mentions(SETTINGS_VARIABLE, spelled(command, names, folder), folder):
        message = f"is written, and the command does not name it; add {{{SETTINGS}}}, or let it read the file"
        yield Finding(("objective", "config"), f"{message} {SETTINGS_VARIABLE}", (("objective", "command"),))


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


def numbered_cards(command: Sequence[str], names: Collection[str]) -> Iterator[Finding]:
    """A program that is told the number of a card, and sees that card alone."""
    for index, argument in enumerate(command):
        if placeholders.GPU not in names and placeholders.GPU in placeholders.names_in(argument):
            message = (
                f"has {{{placeholders.GPU}}}, the number of a card on this machine; the program sees that card "
                f"alone and counts it as 0: write 0, or let it see all by objective.env, as "
                f"{{CUDA_VISIBLE_DEVICES: '0,1'}}"
            )
            yield Finding(("objective", "command", index), f"{message}{got(argument)}")
