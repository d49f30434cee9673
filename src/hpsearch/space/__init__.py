"""Spaces of hyperparameters: the unit cube on one side, configurations on the other.

What is named here is imported on the first use, so that a check of a file, which asks the scales alone, does not
wait for NumPy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpsearch.space.parameters import Choice, Integer, Parameter, Real, Steps
    from hpsearch.space.scales import SCALES, Linear, Log, OneMinusLog, Scale
    from hpsearch.space.space import Space

__all__ = [
    "SCALES",
    "Choice",
    "Integer",
    "Linear",
    "Log",
    "OneMinusLog",
    "Parameter",
    "Real",
    "Scale",
    "Space",
    "Steps",
]
_OF_PARAMETERS = {"Choice", "Integer", "Parameter", "Real", "Steps"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "parameters" if name in _OF_PARAMETERS else "space" if name == "Space" else "scales"
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)
