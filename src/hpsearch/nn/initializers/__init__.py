"""Initializers. A new one is a module here that registers it in `INITIALIZERS`."""

from hpsearch.nn.initializers.base import INITIALIZERS, Initializer
from hpsearch.nn.initializers.scaled import Distribution, Mode, variance_scaling

__all__ = ["INITIALIZERS", "Distribution", "Initializer", "Mode", "variance_scaling"]
