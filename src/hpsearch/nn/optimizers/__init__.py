"""Optimizers, and the rules that run before them. A new optimizer is a module here that registers it."""

from hpsearch.nn.optimizers.base import OPTIMIZERS, Arrays, Penalty, Rule
from hpsearch.nn.optimizers.clips import CLIPS
from hpsearch.nn.optimizers.penalties import PENALTIES

__all__ = ["CLIPS", "OPTIMIZERS", "PENALTIES", "Arrays", "Penalty", "Rule"]
