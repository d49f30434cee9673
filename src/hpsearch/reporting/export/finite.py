"""Numbers for those who know no nan and no infinity, such as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def finite(data: Any) -> Any:
    """Plain data with None in the place of every number that is not finite.

    >>> finite({"acc": 0.5, "losses": [float("nan"), 1], "by": {"x": float("inf")}})
    {'acc': 0.5, 'losses': [None, 1], 'by': {'x': None}}
    """
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, Mapping):
        return {name: finite(value) for name, value in data.items()}
    return [finite(item) for item in data] if isinstance(data, list | tuple) else data
