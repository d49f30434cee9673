"""Functions that tests search with, in a file that every worker imports and so imports next to nothing."""

from __future__ import annotations


def parabola(x: float, kind: str) -> dict[str, float]:
    """Best at x = 0.3 and with any kind but b; what is `other` ranks nothing."""
    return {"score": 1 - (x - 0.3) ** 2 - (kind == "b"), "other": x}
