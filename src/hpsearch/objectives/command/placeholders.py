"""The arguments of a command, in which `{name}` stands for a value. Plain text in, plain text out.

Only `{name}` is replaced; there are no formats, no attributes and no shell, so a value can be nothing but text.
Braces around anything else are left alone, which is what programs in awk or a shell need; `{{name}}` is `{name}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from hpsearch.core.errors import did_you_mean
from hpsearch.core.trial import Value

#: What every command may ask for besides its parameters.
GIVEN = ("epochs", "seed", "checkpoint", "trial", "params", "result")
#: The same, unless a parameter has that name.
PLACES = ("dir",)
#: What a name of a parameter may be made of, as far as that can be told letter by letter.
_NAME = r"(?:[A-Za-z_]|[^\x00-\x7f])(?:\w|[^\x00-\x7f])*"
_BRACED = re.compile(rf"\{{\{{(?P<plain>{_NAME})\}}\}}|\{{(?P<name>{_NAME})(?P<rest>[.\[!:][^{{}}]*)?\}}")

#: A `$` that is neither escaped nor the second of two, which stand for something of their own.
_DOLLAR = re.compile(r"(?<![\\$])\$\Z")


def names_in(argument: str) -> list[str]:
    """The placeholders of an argument, in their order.

    >>> names_in("--lr={lr},{{lr}}"), names_in("{ñ}"), names_in("{ print $1 }")
    (['lr'], ['ñ'], [])
    """
    return [match["name"] for match in _braced(argument) if match["name"]]


def after_dollars(argument: str) -> list[str]:
    r"""The placeholders that stand after a `$`, which a shell would take for a variable.

    >>> after_dollars("echo ${lr} $${a} \\${b} {c}")
    ['lr']
    """
    matches = [match for match in _braced(argument) if match["name"]]
    return [match["name"] for match in matches if _DOLLAR.search(argument, 0, match.start())]


def _braced(argument: str) -> Iterator[re.Match[str]]:
    """Names in braces, one pair of them or two."""
    return (match for match in _BRACED.finditer(argument) if _is_named(match))


def _is_named(match: re.Match[str]) -> bool:
    return (match["plain"] or match["name"]).isidentifier()


def problems(argument: str, names: Collection[str]) -> Iterator[str]:
    """Why an argument cannot be filled from `names` and what every command is given, in words."""
    known = (*names, *(name for name in (*GIVEN, *PLACES) if name not in names))
    for match in _braced(argument):
        name, text = match["name"], match[0]
        if match["rest"]:
            yield f"has {text}, which is no placeholder: only {{name}} is replaced, as plain text"
        elif name and name not in known:
            hint = did_you_mean(name, known) or f"; known: {', '.join(known)}"
            yield f"has the unknown placeholder {text}{hint}; write {{{text}}} for the text itself"


def filled(command: Sequence[str], values: Mapping[str, str], inactive: Collection[str] = ()) -> list[str]:
    """The arguments with every `{name}` replaced.

    An argument that asks for an `inactive` parameter (one whose condition does not hold) is left out, with the
    option right before it that it is the value of.

    >>> filled(["train", "--lr", "{lr}", "--beta2", "{beta2}"], {"lr": "0.1"}, ["beta2"])
    ['train', '--lr', '0.1']
    """
    return [
        _BRACED.sub(lambda match: _text(match, values), argument) for argument in without(command, inactive)
    ]


def without(command: Sequence[str], inactive: Collection[str]) -> list[str]:
    """The arguments that ask for no `inactive` parameter, placeholders and all.

    >>> without(["train", "--lr", "{lr}", "--beta2", "{beta2}"], ["beta2"])
    ['train', '--lr', '{lr}']
    """
    arguments: list[str] = []
    for index, argument in enumerate(command):
        if set(names_in(argument)).isdisjoint(inactive):
            arguments.append(argument)
        elif _is_value(argument) and index > 1 and _is_option(command[index - 1]):
            arguments.pop()
    return arguments


def _text(match: re.Match[str], values: Mapping[str, str]) -> str:
    if not _is_named(match):
        return match[0]
    return values[match["name"]] if match["name"] else match[0][1:-1]


def _is_value(argument: str) -> bool:
    return argument.startswith("{")


def _is_option(argument: str) -> bool:
    return argument.startswith("-") and "=" not in argument and not names_in(argument)


def plain(value: Value) -> str:
    """A value as text that reads back exactly.

    >>> [plain(value) for value in (1e-05, 64, "relu", True)]
    ['1e-05', '64', 'relu', 'true']
    """
    return value if isinstance(value, str) else json.dumps(value)
