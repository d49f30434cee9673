"""Schedules by which the learning rate falls by a share of itself in a time."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.parameters import Array
from hpsearch.nn.schedules.base import DECAY, SCHEDULES, Schedule


def step(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """decay^floor(t / every): a staircase (Krizhevsky et al., 2012).

    >>> step(np.array([0.0, 9.9, 10.0, 25.0]), 0.1, 10, 30).round(3).tolist()
    [1.0, 1.0, 0.1, 0.01]
    """
    fallen: Array = decay ** np.floor(t / every)
    return fallen


def exponential(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """decay^(t / every): the same share in every step (Senior et al., 2013).

    >>> exponential(np.array([0.0, 5.0, 10.0]), 0.25, 10, 30).tolist()
    [1.0, 0.5, 0.25]
    """
    fallen: Array = decay ** (t / every)
    return fallen


def inverse_time(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """1 / (1 + r t) with r = (1 / decay - 1) / every (Robbins and Monro, 1951).

    >>> inverse_time(np.array([0.0, 10.0, 30.0]), 0.5, 10, 30).tolist()
    [1.0, 0.5, 0.25]
    """
    fallen: Array = 1 / (1 + (1 / decay - 1) / every * t)
    return fallen


SCHEDULES.register("step", place=1)(Schedule(step, reads=DECAY))
SCHEDULES.register("exponential", place=2)(Schedule(exponential, reads=DECAY))
SCHEDULES.register("inverse_time", place=3)(Schedule(inverse_time, reads=DECAY))
