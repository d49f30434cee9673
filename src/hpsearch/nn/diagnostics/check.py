"""One line of a diagnosis."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Verdict = Literal["pass", "warn", "fail"]


class Check(Struct, frozen=True):
    """One line of the diagnosis."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


def judged(name: str, found: str, *problems: tuple[bool, Verdict, str]) -> Check:
    """The first of the (is it so, verdict, remedy), worst first; else a pass."""
    for holds, verdict, remedy in problems:
        if holds:
            return Check(name, verdict, found, remedy)
    return Check(name, "pass", found)
