"""A schedule in one file, as somebody would add it below hpsearch/nn/schedules."""

from __future__ import annotations

import numpy as np

from hpsearch.nn.parameters import Array
from hpsearch.nn.schedules import SCHEDULES, Schedule


def _linear(t: Array, decay: float, every: float, last: float) -> Array:
    """1 - (1 - lr_decay) t / lr_decay_epochs, and lr_decay from then on (Goyal et al., 2017)."""
    fallen: Array = 1 - (1 - decay) * np.minimum(t / every, 1)
    return fallen


SCHEDULES.register("linear")(Schedule(_linear, reads=("lr_decay", "lr_decay_epochs")))
