"""Half a wave, down to the end of a full training."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.parameters import Array
from hpsearch.nn.schedules.base import SCHEDULES, Schedule


def cosine(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """(1 + cos(pi t / last)) / 2: half a wave down to 0 at the end (Loshchilov and Hutter, 2017).

    >>> cosine(np.array([0.0, 15.0, 30.0, 31.0]), 0.5, 10, 30).round(12).tolist()
    [1.0, 0.5, 0.0, 0.0]

    A warm-up that takes the whole training leaves no time for it: the learning rate only rises.

    >>> cosine(np.array([0.0, 0.0]), 0.5, 10, -1).tolist()
    [1.0, 1.0]
    """
    share = np.minimum(t / last, 1) if last > 0 else np.sign(t)
    fallen: Array = (1 + np.cos(np.pi * share)) / 2
    return fallen


SCHEDULES.register("cosine", place=4)(Schedule(cosine, ends=True))
