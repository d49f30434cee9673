"""What is asked of a search before a pipeline goes on, and whether it has that."""

from __future__ import annotations

from msgspec import Struct


class Gate(Struct, frozen=True):
    """One demand on a search that has ended.

    Attributes:
        name: that of the option that asks for it.
        value: what the search has; None where it has nothing to compare.
        limit: what it had to have; None where that cannot be told.
        text: both in words, with the reason where it has not passed.
    """

    name: str
    passed: bool
    value: float | str | None
    limit: float | str | None
    text: str
