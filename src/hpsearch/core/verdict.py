"""What a finished search says about the next one."""

from __future__ import annotations

from msgspec import Struct


class Verdict(Struct, frozen=True):
    """One thing to know about a search, and what to type to act on it."""

    about: str
    text: str
    command: str

    def __str__(self) -> str:
        return f"{self.text} ({self.command})" if self.command else self.text
