"""Text on its way to a person: what a terminal would obey, or show in another order, is made visible.

Names, choices, column names and what programs print come from elsewhere. An escape sequence in them could clear
the screen, rename the window or hide a line; a carriage return could write over one (CWE-150).
"""

from __future__ import annotations

import re

#: C0 and C1 controls, marks and overrides of direction, separators of lines, and halves of surrogate pairs.
_CONTROLS = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff"
    r"\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
)
_UNSAFE = re.compile(f"[{_CONTROLS}]")
_NOT_ON_A_LINE = re.compile(f"[\t\n{_CONTROLS}]")


def printable(text: str) -> str:
    r"""`text` as lines that are safe to print: line ends and tabs stay, other controls are escaped.

    >>> print(printable("\x1b[31mred\nnext"))
    \x1b[31mred
    next
    """
    return _UNSAFE.sub(_escaped, text)


def on_a_line(text: str) -> str:
    r"""`text` as part of one line: line ends and tabs are escaped too.

    >>> print(on_a_line("a\nb\u202ec"))
    a\nb\u202ec
    """
    return _NOT_ON_A_LINE.sub(_escaped, text)


def in_json(text: str) -> str:
    r"""A JSON document with the same content, and nothing in it that a terminal would obey.

    >>> print(in_json('"\x9b"'))
    "\u009b"
    """
    return _UNSAFE.sub(lambda control: f"\\u{ord(control[0]):04x}", text)


def in_utf8(text: str) -> str:
    r"""`text` as a file can hold it: halves of characters, which what is no UTF-8 leaves, are escaped.

    >>> print(in_utf8("résum\udce9"))
    résum\udce9
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _escaped(control: re.Match[str]) -> str:
    return control[0].encode("unicode_escape", "surrogatepass").decode("ascii")
