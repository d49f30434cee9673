"""Whether a command prints what a page shows, but for what another processor or another day may change."""

from __future__ import annotations

import doctest
import re

_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
#: Lines of progress, of which a slow machine prints more. In a terminal they are a bar, which vanishes.
_PROGRESS = re.compile(r"^\d+ of \d+ trainings ended, .*\n", re.MULTILINE)
_TIME = re.compile(
    r"\b[\d.]+ (?:ms|s|min|h|seconds?|minutes?|hours?)\b(?: \d+ (?:s|min)\b)?|\b\d+:\d\d(?::\d\d)?\b"
)
#: What other digits may change, and what stands in its place, one after the other.
_DEPENDS = (
    (r" \| near-tie, [\w ]+:[\d.]+", ""),  # which are near is a matter of digits
    (r"(?<=Best-)(\d+) and (?=Best-)", r"\1 to "),  # as is how many are tied
    (r"(?<=\s)[\[o]=[=o]*\]?(?=\s)", "[=]"),  # a range, drawn
)
#: Numbers; `counted` are those that no rounding changes, since they follow from what was asked for.
_NUMBER = re.compile(
    r"(?P<counted>\b\d+ (?:trials?|parameters?|choices|seeds|classes|(?:\w+ )?rows)\b|\bof \d+ epochs\b)"
    r"|[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
)


def settled(printed: str) -> str:
    """What stays to be seen in a terminal."""
    return _PROGRESS.sub("", printed)


def alike(shown: str, printed: str, *, exactly: bool = False) -> bool:
    """`shown` is what was `printed`; `...` is anything, and times may differ.

    Args:
        exactly: whether numbers must be the same; else those alone that are counted.
    """
    want, got = (masked(text, exactly=exactly) for text in (shown, settled(printed)))
    return doctest.OutputChecker().check_output(want, got, _FLAGS)


def masked(text: str, *, exactly: bool) -> str:
    """The text without what may differ."""
    text = _TIME.sub("~ s", text)
    if exactly:
        return text
    for pattern, stands in _DEPENDS:
        text = re.sub(pattern, stands, text)
    return _NUMBER.sub(lambda found: found["counted"] or "~", text)
