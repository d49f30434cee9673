"""Names with dots, and the nested mappings that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hpsearch.core.trial import Value


def nested(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values by name as a file has them: a mapping for each part of a name before a dot.

    >>> nested({"optimizer.lr": 0.1, "optimizer.name": "adam", "depth": 3})
    {'optimizer': {'lr': 0.1, 'name': 'adam'}, 'depth': 3}
    """
    whole: dict[str, Any] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        holder = whole
        for part in above:
            holder = holder.setdefault(part, {})
        holder[last] = value
    return whole
