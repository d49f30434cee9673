"""An optimizer in one file, as somebody would add it below hpsearch/nn/optimizers."""

from __future__ import annotations

import numpy as np

from hpsearch.nn.optimizers import OPTIMIZERS, Arrays, Rule
from hpsearch.nn.parameters import Array


def _signum(arrays: Arrays, lr: Array, momentum: Array) -> None:
    """V = momentum V + (1-momentum) G; P -= lr sign V (Bernstein et al., 2018)."""
    velocity = arrays.slots["velocity"]
    velocity += (1 - momentum) * (arrays.gradients - velocity)
    arrays.parameters[...] -= lr * np.sign(velocity)


OPTIMIZERS.register("signum")(Rule(("lr", "momentum"), _signum, ("velocity",)))
