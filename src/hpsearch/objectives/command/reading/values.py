"""Numbers as programs print them: percents, shares of a count, decimal commas, and in the words of libraries."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

NUMBER = (
    r"(?:[-+]?(?:[0-9]+(?:[.,][0-9]+)*\.?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?(?:(?i:inf(?:inity)?|nan))\b)"
)
#: A number, what it is a part of, and its signs; after it no word and no number goes on, no time, no pair.
_VALUE = re.compile(
    rf"[\"'\[]?(?P<number>{NUMBER})"
    rf"(?:/(?P<of>[0-9]+)(?![/\w.])(?:[ \t]*\([ \t]*(?P<share>{NUMBER})[ \t]*%[ \t]*\))?)?"
    r"(?P<percent>[ \t]?%(?!\|))?(?![\w%:=]|[.,/][0-9])"
)
#: `np.float64(0.91)`, `tensor(0.3, device='cuda:0')`, `Array([0.5], dtype=float32)`.
_WRAPPED = re.compile(
    r"(?<![\w.])(?:\w+\.)*(?:float[0-9]*|bfloat16|double|int[0-9]*|[tT]ensor|[aA]rray|DeviceArray|ArrayImpl|"
    rf"Decimal|Scalar|Fraction)\(\s*[\[\"']*({NUMBER})[\]\"']*\s*(?:,[^()]*(?:\([^()]*\)[^()]*)*)?\)"
)
#: A share that is printed in whole percents is at most so far from the one that is counted.
_ROUNDED = 0.0101
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?\Z")
_THOUSANDS_POINTS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+\Z")
_UNSURE = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}\Z")


class Value(NamedTuple):
    """A number that was printed, and where it ends.

    `unsure` is its text where that means two numbers; `number` is not to be used then.
    """

    number: float
    end: int
    unsure: str = ""
    counted: bool = False


def value_at(text: str, start: int, *, counts: bool = True) -> Value | None:
    """The number that begins there, perhaps in quotes; None where there is none, or other things than numbers.

    A percent is a share. So is a count of a count, beside its percent or where it `counts`; else it is itself.

    >>> value_at("91.3%", 0).number, value_at("9856/10000 (99%)", 0).number, value_at("'0,91'", 0).number
    (0.913, 0.9856, 0.91)
    >>> value_at("1,234", 0).unsure, value_at("3s", 0), value_at("1.2.3", 0)
    ('1,234', None, None)
    """
    found = _VALUE.match(text, start)
    if found is None:
        return None
    number = number_of(found["number"])
    if number is None:
        if _UNSURE.match(found["number"]):
            return Value(math.nan, found.end(), found["number"])
        return None
    if found["of"]:
        return _counted(number, found, counts=counts)
    return Value(_share(number) if found["percent"] else number, found.end())


def _counted(number: float, found: re.Match[str], *, counts: bool) -> Value:
    whole, told = float(found["of"]), found["share"]
    if not whole:
        return Value(number, found.end(), counted=True)
    share = number / whole
    percent = number_of(told) if told else None
    agrees = percent is not None and abs(percent / 100 - share) <= _ROUNDED
    return Value(share if agrees or (counts and not told) else number, found.end(), counted=True)


def _share(percent: float) -> float:
    """A percent as a share, rounded as its digits are: 91.3 % is 0.913."""
    return float(f"{percent / 100:.15g}") if math.isfinite(percent) else percent


def number_of(text: str) -> float | None:
    """What a number means; None where it means nothing, or two things: `1,234`.

    >>> [number_of(text) for text in ("1.2e-3", "0,91", "1,234.5", "1.234,5", "1,234,567", "1,2,3", "1,234")]
    [0.0012, 0.91, 1234.5, 1234.5, 1234567.0, None, None]
    """
    text = text.rstrip(".")  # of a sentence
    if "," not in text:
        return _float(text)
    if _UNSURE.match(text):
        return None
    if _THOUSANDS.match(text):
        return _float(text.replace(",", ""))
    if _THOUSANDS_POINTS.match(text):
        return _float(text.replace(".", "").replace(",", "."))
    return _float(text.replace(",", ".")) if text.count(",") == 1 and "." not in text else None


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:  # of a version: 1.2.3
        return None


def unwrapped(line: str) -> str:
    """The line with numbers in place of those that a library names the type and the device of.

    >>> unwrapped("loss=tensor(0.3, device='cuda:0', grad_fn=<NllLossBackward0>) acc: np.float64(0.91)")
    'loss=0.3 acc: 0.91'
    """
    return _WRAPPED.sub(r"\1", line) if "(" in line else line
