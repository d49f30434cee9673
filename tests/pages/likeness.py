"""Whether a command prints what a page shows, but for what another processor or another day may change."""

from __future__ import annotations

import doctest
import re

_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
#: Lines of progress, of which a slow machine prints more. In a terminal they are a bar, which vanishes.
_PROGRESS = re.compile(r"^\d+ of \d+ trainings ended, .*\n", re.MULTILINE)
#: Digits that rounding may change: those of a number with decimals, and of the value of a metric or parameter.
_DIGITS = re.compile(r"[-+]?\d[\d,]*(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)|(?<=\w:)\d+")
_TIME = re.compile(
    r"\b[\d.]+ (?:ms|s|min|h|seconds?|minutes?|hours?)\b(?: \d+ (?:s|min)\b)?|\b\d+:\d\d(?::\d\d)?\b"
)


def settled(printed: str) -> str:
    """What stays to be seen in a terminal."""
    return _PROGRESS.sub("", printed)


def alike(shown: str, printed: str) -> bool:
    """`shown` is what was `printed`: numbers with decimals and times may differ, `...` stands for anything."""
    want, got = masked(shown), masked(settled(printed))
    return doctest.OutputChecker().check_output(want, got, _FLAGS)


def masked(text: str) -> str:
    """The text without what may differ."""
    return _DIGITS.sub("~", _TIME.sub("~ s", text))
