"""Numbers for those who know no nan and no infinity."""

from __future__ import annotations

import math
from collections.abc import Mapping


def finite(value: float) -> float | None:
    """The value; None in the place of what is not finite."""
    return value if math.isfinite(value) else None


def finite_values(values: Mapping[str, float]) -> dict[str, float | None]:
    """All of them."""
    return {name: finite(value) for name, value in values.items()}
