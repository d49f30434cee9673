"""What a configuration of the network means that can be said in two ways: its layers, its augmentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What may be done to images.
PIECES = ("shift", "rotate", "scale", "flip", "noise")
_NONE = dict.fromkeys(PIECES, 0.0)


def widths(config: Mapping[str, Any]) -> tuple[int, ...]:
    """Units of each hidden layer: `hidden`, unless the number of layers or of units is given by itself."""
    hidden: tuple[int, ...] = config["hidden"]
    layers, units = config.get("hidden_layers"), config.get("hidden_units")
    if layers is None and units is None:
        return tuple(hidden)
    return (units or hidden[0],) * (layers or len(hidden))


def augmented(config: Mapping[str, Any]) -> dict[str, float]:
    """How much of each piece: `augment` gives them at once, and `augment_...` each by itself in its place."""
    return {
        piece: given if (given := config[f"augment_{piece}"]) is not None else together
        for piece, together in (config["augment"] or _NONE).items()
    }
