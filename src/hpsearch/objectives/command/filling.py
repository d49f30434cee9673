"""Filling a command with the values of a trial: each placeholder in the shape that its program wants."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from hpsearch.core.trial import Value
from hpsearch.objectives.command.placeholders import (
    BRACED,
    ITEMS,
    is_flag,
    is_named,
    names_in,
    spread_in,
)

#: What Hydra takes for a text as it stands (its grammar of 1.3): no number, truth value, null, list or quotation.
_UNQUOTED = re.compile(r"[A-Za-z_][A-Za-z0-9_./@%+-]*\Z")
_NO_TEXT = {"true", "false", "null", "nan", "inf"}


def filled(
    command: Sequence[str],
    values: Mapping[str, Value],
    inactive: Collection[str] = (),
    spread: Sequence[str] = (),
) -> list[str]:
    """The arguments with every placeholder replaced.

    An argument that asks for an `inactive` parameter (one whose condition does not hold), for null or for an empty
    list is left out, with the option right before it that it is the value of.

    Args:
        command: the arguments as they are written.
        values: of the active parameters, and of what every command is given.
        inactive: the parameters that have no value.
        spread: the parameters that `{args}` and its kin stand for.

    >>> filled(["train", "--lr", "{lr}", "--beta2", "{beta2}"], {"lr": 0.1}, ["beta2"])
    ['train', '--lr', '0.1']
    >>> filled(["train", "--units", "{units...}", "{bn:+--bn}"], {"units": (64, 32), "bn": True})
    ['train', '--units', '64', '32', '--bn']
    >>> filled(["train", "{args}"], {"lr": 0.1, "bn": True, "skip": False}, spread=["lr", "bn", "skip"])
    ['train', '--lr', '0.1', '--bn']
    """
    left = without(command, _lacking(values, inactive))
    return [text for argument in left for text in _arguments(argument, values, spread)]


def filled_texts(
    texts: Mapping[str, str], values: Mapping[str, Value], inactive: Collection[str] = ()
) -> dict[str, str]:
    """Texts by name, such as variables, with every placeholder replaced; without those that lack a value.

    >>> filled_texts({"LR": "{lr}", "DEPTH": "{depth}"}, {"lr": 0.1, "depth": None})
    {'LR': '0.1'}
    """
    left = texts_without(texts, _lacking(values, inactive))
    return {name: replaced(text, values) for name, text in left.items()}


def texts_without(texts: Mapping[str, str], absent: Collection[str]) -> dict[str, str]:
    """The texts that ask for no `absent` parameter, without what stands for it being true."""
    left = {name: _without_flags(text, absent) for name, text in texts.items()}
    return {name: text for name, text in left.items() if set(names_in(text)).isdisjoint(absent)}


def _lacking(values: Mapping[str, Value], inactive: Collection[str]) -> list[str]:
    """What has no value that could be an argument."""
    return [*inactive, *(name for name, value in values.items() if value is None or value == ())]


def without(command: Sequence[str], absent: Collection[str]) -> list[str]:
    """The arguments that ask for no `absent` parameter, placeholders and all.

    >>> without(["train", "--lr", "{lr}", "--beta2", "{beta2}", "{bn:+--bn}"], ["beta2", "bn"])
    ['train', '--lr', '{lr}']
    """
    arguments: list[str] = []
    for index, argument in enumerate(command):
        left = _without_flags(argument, absent)
        if set(names_in(left)).isdisjoint(absent):
            arguments += [left] if left or not argument else []
        elif _is_value(argument) and index > 1 and _is_option(command[index - 1]):
            arguments.pop()
    return arguments


def _without_flags(argument: str, absent: Collection[str]) -> str:
    def left(match: re.Match[str]) -> str:
        return "" if match["name"] in absent and is_named(match) and is_flag(match) else match[0]

    return BRACED.sub(left, argument)


def _is_value(argument: str) -> bool:
    return argument.startswith("{")


def _is_option(argument: str) -> bool:
    return argument.startswith("-") and "=" not in argument and not names_in(argument)


# -- one argument ------------------------------------------------------------------------------------------


def _arguments(argument: str, values: Mapping[str, Value], spread: Sequence[str]) -> Iterator[str]:
    """What an argument becomes: one, several or none."""
    if form := spread_in(argument, values):
        for name in spread:
            if name in values:
                yield from _FORMS[form](name, values[name])
        return
    whole = BRACED.fullmatch(argument)
    alone = whole if whole and is_named(whole) else None
    if alone and alone["rest"] == ITEMS:
        yield from items(values[alone["name"]])
        return
    text = replaced(argument, values)
    if text or not (alone and is_flag(alone)):
        yield text


def replaced(text: str, values: Mapping[str, Value]) -> str:
    """A text with every placeholder in it replaced by its value.

    >>> replaced("lr{lr}{bn:+-bn}", {"lr": 0.1, "bn": True})
    'lr0.1-bn'
    """

    def value(match: re.Match[str]) -> str:
        if not is_named(match):
            return match[0]
        if not match["name"]:
            return match[0][1:-1]
        if is_flag(match):
            return str(match["rest"][2:]) if values[match["name"]] is True else ""
        return plain(values[match["name"]])

    return BRACED.sub(value, text)


def plain(value: Value) -> str:
    """A value as text that reads back exactly.

    >>> [plain(value) for value in (1e-05, 64, "relu", True, (64, 32))]
    ['1e-05', '64', 'relu', 'true', '[64, 32]']
    """
    return value if isinstance(value, str) else json.dumps(value)


def items(value: Value) -> list[str]:
    """The items of a list as texts; any other value alone."""
    return [plain(item) for item in value] if isinstance(value, tuple) else [plain(value)]


# -- all parameters ----------------------------------------------------------------------------------------


def _options(name: str, value: Value) -> list[str]:
    """`--name value`."""
    return _option(name, value, lambda texts: [f"--{name}", *texts])


def _joined_options(name: str, value: Value) -> list[str]:
    """`--name=value`, the items of a list with commas between."""
    return _option(name, value, lambda texts: [f"--{name}={','.join(texts)}"])


def _option(name: str, value: Value, made: Callable[[list[str]], list[str]]) -> list[str]:
    """True is a bare `--name`; of what is false, null or empty there is nothing."""
    if value is True:
        return [f"--{name}"]
    return [] if value is False or value is None or value == () else made(items(value))


def _overrides(name: str, value: Value) -> list[str]:
    """`name=value`, as Hydra reads it: with null, truth values and lists."""
    return [f"{name}={_override(value)}"]


def _override(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{','.join(map(_override, value))}]"
    if not isinstance(value, str) or (_UNQUOTED.match(value) and value.lower() not in _NO_TEXT):
        return plain(value)
    # Hydra keeps a backslash but before a quotation mark, and doubles those that stand right before one.
    escaped = re.sub(r"(\\*)('|\Z)", lambda found: found[1] * 2 + ("\\'" if found[2] else ""), value)
    return f"'{escaped}'"


_FORMS: Mapping[str, Callable[[str, Value], list[str]]] = {
    "args": _options,
    "args=": _joined_options,
    "overrides": _overrides,
}
