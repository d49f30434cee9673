"""What a schedule is: what the learning rate is multiplied by, as training goes on.

`lr_decay` and `lr_decay_epochs` mean the same to all of them: after the first `lr_decay_epochs` epochs (of
those that follow the warm-up) the learning rate has fallen to `lr_decay` of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.core.registry import Registry, instance_of
from hpsearch.nn.parameters import Array

#: `(t, decay, every, last)` -> the factor at the times t (S,), in epochs since the warm-up; `last` is the
#: time at which a full training ends.
Factor: TypeAlias = Callable[[Array, float, float, float], Array]
#: What the schedules read, and what they take it to be where it is not given.
HYPER: Mapping[str, float] = {"lr_decay": 0.5, "lr_decay_epochs": 10.0, "warmup_epochs": 0.0}
#: What those read that fall at a rate of their own.
DECAY = ("lr_decay", "lr_decay_epochs")


class Schedule(Struct, frozen=True):
    """The factors of a learning rate, which of `HYPER` decide them, and whether they end with a full training."""

    factor: Factor
    reads: tuple[str, ...] = ()
    ends: bool = False

    def __call__(self, t: Array, decay: float, every: float, last: float) -> Array:
        """The factors (S,) at the times t (S,)."""
        return self.factor(t, decay, every, last)


SCHEDULES = Registry[Schedule](
    "lr_schedule", "hpsearch.nn.schedules", group="schedules", fits=instance_of(Schedule)
)


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
