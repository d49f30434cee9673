"""An option of a program, or an argument of a function: what is known of it before it is searched."""

from __future__ import annotations

import ast
from typing import Any

from msgspec import Struct

#: Of a default that is not known.
UNKNOWN: Any = ...


class Option(Struct, frozen=True):
    """What code takes, and how.

    Attributes:
        name: as a parameter is called.
        spelled: as the command line has it; one that ends with `=` has its value behind that.
        default: `UNKNOWN` where it has none, or it is not told.
        choices: the values that it allows, where these are listed.
        flag: whether it stands alone, and is true then.
        several: whether it takes several values.
        form: how it is told its value, where that is not `--name value`.
        aliases: its other names.
    """

    name: str
    spelled: str = ""
    default: Any = UNKNOWN
    choices: tuple[Any, ...] = ()
    flag: bool = False
    several: bool = False
    form: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def leaf(self) -> str:
        """Its name without those of what it is in.

        >>> Option("optimizer.lr").leaf
        'lr'
        """
        return self.name.rpartition(".")[2]

    def told(self, placeholder: str = "") -> tuple[str, ...]:
        """How a command gives it its value; `placeholder` stands for that, by default its own name.

        >>> Option.called("--weight-decay").told(), Option.called("--amp", flag=True).told()
        (('--weight-decay', '{weight_decay}'), ('{amp:+--amp}',))
        """
        name = placeholder or self.name
        if self.form:
            return tuple(word.replace(f"{{{self.name}}}", f"{{{name}}}") for word in self.form)
        if self.spelled.endswith("="):
            return (f"{self.spelled}{{{name}}}",)
        return (f"{{{name}:+{self.spelled}}}",) if self.flag else (self.spelled, f"{{{name}}}")

    @classmethod
    def called(cls, spelled: str, **known: Any) -> Option:
        """The option of the command line that is spelled so.

        >>> Option.called("--weight-decay", default=0.1).name
        'weight_decay'
        """
        return cls(spelled.lstrip("-").replace("-", "_"), spelled, **known)


def literal(text: str) -> Any:
    """A value as a help text prints it.

    >>> [literal(text) for text in ("0.1", "1e-3", "64", "False", "true", "None", "adam")]
    [0.1, 0.001, 64, False, True, None, 'adam']
    """
    words = {"true": True, "false": False, "none": None, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return text
    return value if isinstance(value, int | float | str) else text
