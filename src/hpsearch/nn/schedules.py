"""Schedules of the learning rate: what it is multiplied by, as training goes on.

`lr_decay` and `lr_decay_epochs` mean the same to all of them: after the first `lr_decay_epochs` epochs (of
those that follow the warm-up) the learning rate has fallen to `lr_decay` of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from hpsearch.core.registry import Registry
from hpsearch.nn.parameters import Array

#: `(t, decay, every, last)` -> the factor at the times t (S,), in epochs since the warm-up; `last` is the
#: time at which a full training ends.
Schedule: TypeAlias = Callable[[Array, float, float, float], Array]

SCHEDULES = Registry[Schedule]("lr_schedule", "hpsearch.nn")
#: What the schedules read, and what they take it to be where it is not given.
HYPER: Mapping[str, float] = {"lr_decay": 0.5, "lr_decay_epochs": 10.0, "warmup_epochs": 0.0}


@SCHEDULES.register("constant")
def constant(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """decay^0 = 1, always (Widrow and Hoff, 1960)."""
    return np.ones_like(t)


@SCHEDULES.register("step")
def step(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """decay^floor(t / every): a staircase (Krizhevsky et al., 2012).

    >>> step(np.array([0.0, 9.9, 10.0, 25.0]), 0.1, 10, 30).round(3).tolist()
    [1.0, 1.0, 0.1, 0.01]
    """
    fallen: Array = decay ** np.floor(t / every)
    return fallen


@SCHEDULES.register("exponential")
def exponential(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """decay^(t / every): the same share in every step (Senior et al., 2013).

    >>> exponential(np.array([0.0, 5.0, 10.0]), 0.25, 10, 30).tolist()
    [1.0, 0.5, 0.25]
    """
    fallen: Array = decay ** (t / every)
    return fallen


@SCHEDULES.register("inverse_time")
def inverse_time(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """1 / (1 + r t) with r = (1 / decay - 1) / every (Robbins and Monro, 1951).

    >>> inverse_time(np.array([0.0, 10.0, 30.0]), 0.5, 10, 30).tolist()
    [1.0, 0.5, 0.25]
    """
    fallen: Array = 1 / (1 + (1 / decay - 1) / every * t)
    return fallen


@SCHEDULES.register("cosine")
def cosine(t: Array, decay: float, every: float, last: float) -> Array:  # noqa: ARG001
    """(1 + cos(pi t / last)) / 2: half a wave down to 0 at the end (Loshchilov and Hutter, 2017).

    >>> cosine(np.array([0.0, 15.0, 30.0, 31.0]), 0.5, 10, 30).round(12).tolist()
    [1.0, 0.5, 0.0, 0.0]
    """
    share = np.minimum(t / last, 1) if last > 0 else np.ones_like(t)
    fallen: Array = (1 + np.cos(np.pi * share)) / 2
    return fallen


def factors(
    name: str, hyper: Mapping[str, Array], *, done: int, steps: int, per_epoch: int, epochs: float
) -> Array:
    """What each row's learning rate is multiplied by in the next `steps` steps after `done`, (S, K, 1) float64.

    During the warm-up it rises in equal steps to its full height (Goyal et al., 2017). `hyper` has a column
    (K, 1) for each of `HYPER`; `epochs` is a full training. Row by row, so that no bit depends on K.
    """
    schedule = SCHEDULES[name]
    numbers = np.arange(done, done + steps, dtype=np.float64)
    rows = []
    for decay, every, warmup in zip(*(hyper[name][:, 0] for name in HYPER), strict=True):
        t = np.maximum(numbers / per_epoch - warmup, 0)
        rise = np.minimum((numbers + 1) / max(warmup * per_epoch, 1), 1)
        rows.append(rise * schedule(t, float(decay), float(every), float(epochs - warmup)))
    return np.stack(rows, axis=1)[:, :, None]
