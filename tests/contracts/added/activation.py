"""An activation in one file, as somebody would add it below hpsearch/nn/activations."""

from __future__ import annotations

from functools import partial

import numpy as np

from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.activations.from_output import FromOutput, Spare
from hpsearch.nn.parameters import Array


def _softsign(Z: Array, spare: Spare) -> None:
    """z / (1 + |z|) (Bergstra et al., 2009)."""
    np.abs(Z, out=spare.scratch)
    Z /= 1 + spare.scratch


def _softsign_gradient(dA: Array, A: Array, spare: Spare) -> None:
    """1 / (1 + |z|)^2 = (1 - |a|)^2."""
    dA *= (1 - np.abs(A)) ** 2


ACTIVATIONS.register("softsign")(partial(FromOutput, _softsign, _softsign_gradient))
