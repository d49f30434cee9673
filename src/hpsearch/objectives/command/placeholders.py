"""The placeholders of a command: what stands for a value in its arguments, and what is wrong with one.

`{name}` is a value as plain text, `{name...}` a list as several arguments, `{name:+TEXT}` a text where the value is
true, and `{args}`, `{args=}` and `{overrides}` stand for all parameters that are not named otherwise. There are no
formats, no attributes and no shell, so a value can be nothing but text. Braces around anything else are left alone,
which is what programs in awk or a shell need; `{{name}}` is `{name}`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from hpsearch.core.errors import did_you_mean

#: What every command may ask for besides its parameters.
GIVEN = ("epochs", "seed", "checkpoint", "trial", "params", "result")
#: The same, unless a parameter has that name.
PLACES = ("dir", "slot", "gpu")
#: Which of them stands for the cards of a slot, and for nothing where there are none.
GPU = "gpu"
#: What a name of a parameter may be made of, as far as that can be told letter by letter.
_NAME = r"(?:[A-Za-z_]|[^\x00-\x7f])(?:\w|[^\x00-\x7f])*"
_PATH = rf"{_NAME}(?:\.{_NAME})*"
BRACED = re.compile(rf"\{{\{{(?P<plain>{_PATH})\}}\}}|\{{(?P<name>{_PATH})(?P<rest>=|[.\[!:][^{{}}]*)?\}}")
#: What stands for all parameters that are not named otherwise, and is an argument of its own.
SPREADS = ("args", "args=", "overrides")
#: Behind a name: the items of its list as several arguments; a text where it is true.
ITEMS, WHERE_TRUE = "...", ":+"

#: A `$` that is neither escaped nor the second of two, which stand for something of their own.
_DOLLAR = re.compile(r"(?<![\\$])\$\Z")


def names_in(argument: str) -> list[str]:
    """The placeholders of an argument, in their order.

    >>> names_in("--lr={lr},{{lr}}"), names_in("{ñ}"), names_in("{ print $1 }")
    (['lr'], ['ñ'], [])
    """
    return [match["name"] for match in _braced(argument) if match["name"]]


def flags_in(argument: str) -> list[str]:
    """The parameters that an argument has a text for where they are true.

    >>> flags_in("{bn:+--use-bn}{lr}")
    ['bn']
    """
    return [match["name"] for match in _braced(argument) if match["name"] and is_flag(match)]


def spread_in(argument: str, names: Collection[str]) -> str | None:
    """Which of `SPREADS` an argument is; None for any other. A parameter of that name comes first.

    >>> spread_in("{args}", ["lr"]), spread_in("{args=}", ["args"]), spread_in("{args}", ["args"])
    ('args', 'args=', None)
    """
    spread = argument[1:-1]
    return spread if argument == f"{{{spread}}}" and spread in SPREADS and spread not in names else None


def unnamed(arguments: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """The parameters that no placeholder of the arguments names, in their order."""
    named = {name for argument in arguments for name in names_in(argument)}
    return tuple(name for name in names if name not in named)


def after_dollars(argument: str) -> list[str]:
    r"""The placeholders that stand after a `$`, which a shell would take for a variable.

    >>> after_dollars("echo ${lr} $${a} \\${b} {c}")
    ['lr']
    """
    matches = [match for match in _braced(argument) if match["name"]]
    return [match["name"] for match in matches if _DOLLAR.search(argument, 0, match.start())]


def is_list(argument: str) -> bool:
    """Whether an argument is the items of a list.

    >>> is_list("{units...}"), is_list("{units}")
    (True, False)
    """
    return any(match["rest"] == ITEMS for match in _braced(argument))


def _braced(argument: str) -> Iterator[re.Match[str]]:
    """Names in braces, one pair of them or two."""
    return (match for match in BRACED.finditer(argument) if is_named(match))


def is_named(match: re.Match[str]) -> bool:
    """Whether what stands in the braces is a name, and no text of a program."""
    named = all(part.isidentifier() for part in (match["plain"] or match["name"]).split("."))
    return named and (match["rest"] != "=" or match["name"] == "args")


def is_flag(match: re.Match[str]) -> bool:
    """Whether it stands for a text of its own."""
    return bool(match["rest"]) and match["rest"].startswith(WHERE_TRUE)


def problems(
    argument: str,
    names: Collection[str],
    given: Collection[str] = (*GIVEN, *PLACES),
    *,
    hints: bool = True,
) -> Iterator[str]:
    """Why an argument cannot be filled from `names` and what the command is `given`, in words.

    To find `hints`, which names may be meant, takes its time.
    """
    for match in _braced(argument):
        if match["name"] and (problem := _problem(match, argument, names, given, hints=hints)):
            yield problem


def _problem(
    match: re.Match[str], argument: str, names: Collection[str], given: Collection[str], *, hints: bool
) -> str | None:
    name, rest, text = match["name"], match["rest"] or "", match[0]
    spread = spread_in(text, names)
    if (spread or rest == ITEMS) and argument != text:
        return f"has {text} amid other text, and it stands for several arguments; make it one of its own"
    if spread:
        return None
    attribute = name not in names and name.partition(".")[0] in names
    if attribute or (rest and rest != ITEMS and not is_flag(match)):
        return f"has {text}, which is no placeholder: only {{name}} is replaced, as plain text"
    known = tuple(names) if rest else (*names, *(one for one in given if one not in names))
    if name in known:
        return None
    hint = (did_you_mean(name, known) if hints else "") or f"; known: {', '.join(known)}"
    return f"has the unknown placeholder {text}{hint}; write {{{text}}} for the text itself"
