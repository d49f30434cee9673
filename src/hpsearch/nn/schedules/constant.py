"""The learning rate as it is given."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.parameters import Array
from hpsearch.nn.schedules.base import SCHEDULES, Schedule


def constant(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """decay^0 = 1, always (Widrow and Hoff, 1960)."""
    return np.ones_like(t)


SCHEDULES.register("constant", place=0)(Schedule(constant))
