"""What a plain scalar of a YAML file means: the core schema of YAML 1.2.2 (2021), section 10.3.2.

`1e-4` is a number and `no`, `off`, `12:30` and `2024-01-01` are words, unlike in YAML 1.1.
"""

from __future__ import annotations

import math
import re

NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
BOOLEAN = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
INTEGER = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
FLOAT = re.compile(
    r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)

LARGEST_INTEGER = 2**63 - 1
#: Longer than any integer that fits, sign and prefix included; Python refuses to read thousands of digits.
_MOST_DIGITS = 64


def resolve(text: str) -> str | int | float | bool | None:
    """The value of the plain scalar `text`; ValueError with the rule when it is a number out of reach.

    >>> [resolve(text) for text in ("1e-4", "010", "0x1F", "true", "~", "off", "1_000")]
    [0.0001, 10, 31, True, None, 'off', '1_000']
    """
    if NULL.match(text):
        return None
    if BOOLEAN.match(text):
        return text.lower() == "true"
    if INTEGER.match(text):
        return _integer(text)
    if FLOAT.match(text):
        return _float(text)
    return text


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    base = {"0o": 8, "0x": 16}.get(digits[:2], 10)
    significant = digits[2:] if base != 10 else digits
    too_long = len(significant.lstrip("0")) > _MOST_DIGITS
    value = 0 if too_long else int(significant.lstrip("0") or "0", base)
    if too_long or value > LARGEST_INTEGER:
        raise ValueError(f"is too large; whole numbers may go up to {LARGEST_INTEGER}")
    return -value if text.startswith("-") else value


def _float(text: str) -> float:
    digits = text.lower().lstrip("+-")
    if digits in (".inf", ".nan"):
        return float(text.lower().replace(".", "", 1))
    value = float(text)
    if math.isinf(value):
        raise ValueError("is too large; numbers may go up to about 1.8e308")
    if value == 0 and re.search("[1-9]", digits.split("e")[0]):
        raise ValueError("is too close to 0; the smallest number is about 5e-324")
    return value
