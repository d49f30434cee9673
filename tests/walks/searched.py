"""What a walk finds."""

from __future__ import annotations

from dataclasses import dataclass

from tests.walks.walk import Tree


@dataclass(frozen=True)
class Searched:
    """What a search has come to: its trials, those of them that rank, and why it ended."""

    trials: list[Tree]
    best: list[Tree]
    ending: str
