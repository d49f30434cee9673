"""An initializer in one file, as somebody would add it below hpsearch/nn/initializers."""

from __future__ import annotations

import numpy as np

from hpsearch.nn.initializers import INITIALIZERS, Initializer
from hpsearch.nn.parameters import Array, Start


def _sparse(rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
    """N(0, init_std^2) for 15 weights of each unit, and 0 for the others (Martens, 2010)."""
    chosen = np.argsort(rng.random((fan_in, fan_out)), axis=0) < 15
    return rng.normal(0.0, start.std, (fan_in, fan_out)) * chosen


INITIALIZERS.register("sparse")(Initializer(_sparse, reads=("init_std",)))
