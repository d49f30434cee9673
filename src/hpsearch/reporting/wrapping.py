"""Lines that are no wider than a screen: broken between words, and never inside what belongs together. Pure."""

from __future__ import annotations

import re

from hpsearch.core.verdict import Verdict

#: Stands for a space at which no line is broken: a character that no text has.
_GLUE = "\ue000"
#: What is read together: a range, a mean with its spread, a share.
_TOGETHER = re.compile(r"\[[^\]\[]*\]|\S+ \+- \S+|\d %")
#: Between the settings of a configuration, and between the parts of a line of a ranking.
_SEPARATORS = re.compile(r"(?<=,) |(?<= \|) ")
_INDENT = "    "


def together(text: str) -> str:
    """`text` for `wrapped`, which breaks no line inside it: a command to be copied, or a name with its value."""
    return text.replace(" ", _GLUE)


def wrapped(text: str, width: int | None, indent: str = _INDENT) -> str:
    """`text` in lines of at most `width`, all but the first after `indent`; as it is where there is no `width`.

    What is longer than a line by itself has one of its own, without `indent`, and may be too long for it: a command
    with a line end in it would be two.

    >>> print(wrapped(f"widen high to 0.1 ({together('hpsearch refine digits')})", 26, "  "))
    widen high to 0.1
      (hpsearch refine digits)
    """
    if width is None:
        return text.replace(_GLUE, " ")
    words = iter(text.split(" "))
    lines = [next(words)]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(indent + word if len(indent) + len(word) <= width else word)
    return "\n".join(lines).replace(_GLUE, " ")


def ranked(line: str, width: int | None) -> str:
    """A line of a ranking in lines of at most `width`: a setting is not parted from its value.

    >>> print(ranked("Best-1(val acc:0.98) | lr:0.01, weight decay:1e-06", 28))
    Best-1(val acc:0.98) |
        lr:0.01,
        weight decay:1e-06
    """
    return wrapped(" ".join(whole(part, width) for part in _SEPARATORS.split(line)), width)


def whole(part: str, width: int | None) -> str:
    """`part` kept together where it fits on a line."""
    return together(part) if width is None or len(_INDENT) + len(part) <= width else part


def advice(verdict: Verdict, width: int | None) -> str:
    """A verdict as a point of a list: its command, and the numbers that belong together, are whole.

    >>> print(advice(Verdict("edge", "lr is at the end of [1e-06, 0.01]: widen it", "hpsearch refine digits"), 36))
    - lr is at the end of [1e-06, 0.01]:
        widen it
        (hpsearch refine digits)
    """
    text = _TOGETHER.sub(lambda found: together(found[0]), verdict.text)
    command = f" {together(f'({verdict.command})')}" if verdict.command else ""
    return wrapped(f"- {text}{command}", width)
