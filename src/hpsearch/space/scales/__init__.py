"""Scales: how the values of a range are spread. A new one is a module here with a class registered in SCALES."""

from hpsearch.space.scales.base import SCALES, Counts, End, Scale, Scales, evenly
from hpsearch.space.scales.linear import Linear
from hpsearch.space.scales.log import Log
from hpsearch.space.scales.one_minus_log import OneMinusLog

__all__ = ["SCALES", "Counts", "End", "Linear", "Log", "OneMinusLog", "Scale", "Scales", "evenly"]
