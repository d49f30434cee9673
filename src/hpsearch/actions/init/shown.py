"""The options that a command line itself gives numbers to, for a program that tells of none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hpsearch.actions.init.options import Option, literal

_NAME = r"[A-Za-z_][\w.-]*"
_LONG = re.compile(rf"--{_NAME}")
_WITH_VALUE = re.compile(rf"((?:--)?{_NAME}=)(.+)")


def shown(words: Sequence[str]) -> Iterator[tuple[Option, tuple[int, ...]]]:
    """Each with the places of its words, which its value takes.

    >>> [(one.name, one.default, places) for one, places in shown(["make", "fit", "RATE=0.1", "--steps", "50"])]
    [('rate', 0.1, (2,)), ('steps', 50, (3, 4))]
    """
    for place, word in enumerate(words):
        if given := _WITH_VALUE.fullmatch(word):
            spelled, text = given.groups()
            if _is_number(text):
                name = spelled.strip("-=").replace("-", "_").lower()
                yield Option(name, spelled, default=literal(text)), (place,)
        elif _LONG.fullmatch(word) and place + 1 < len(words) and _is_number(words[place + 1]):
            yield Option.called(word, default=literal(words[place + 1])), (place, place + 1)


def _is_number(text: str) -> bool:
    value = literal(text)
    return isinstance(value, int | float) and not isinstance(value, bool)
