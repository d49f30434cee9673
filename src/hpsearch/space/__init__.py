"""Spaces of hyperparameters: the unit cube on one side, configurations on the other."""

from hpsearch.space.parameters import Choice, Integer, Parameter, Real
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
]
