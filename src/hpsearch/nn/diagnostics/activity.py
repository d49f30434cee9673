"""What becomes of the signal on its way through the layers of the first network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from hpsearch.nn.diagnostics.check import Check, judged
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.parameters import Array

#: The initializer that keeps the size of a signal, where it is not he.
_INITIALIZERS = {"sigmoid": "glorot", "tanh": "glorot", "selu": "lecun"}
#: Inputs beyond this are not scaled.
LARGE = 100
#: Outputs this close to the ends of a bounded activation have next to no slope.
_BOUNDS = {"sigmoid": (0.01, 0.99), "tanh": (-0.98, 0.98)}


class Activity(Struct, frozen=True):
    """The outputs of a hidden layer: mean, standard deviation, share of units that are the same for all rows, and
    share of outputs at the ends of a bounded activation.
    """

    mean: float
    spread: float
    dead: float
    saturated: float


def activity(network: Network, parameters: Array, X: Array) -> list[Activity]:
    """What each hidden layer of the one network in `parameters` (1, P) makes of X (B, I)."""
    low, high = _BOUNDS.get(network.architecture.activation, (-np.inf, np.inf))
    activities = []
    for A in outputs(network, parameters, X):
        ends = (low > A) | (high < A)
        activities.append(
            Activity(
                float(A.mean()), float(A.std()), float((A.std(axis=0) < 1e-12).mean()), float(ends.mean())
            )
        )
    return activities


def outputs(network: Network, parameters: Array, X: Array) -> Iterator[Array]:
    """What comes out of each hidden layer (B, O) of the one network in `parameters` (1, P)."""
    for number, A_KBO in enumerate(begun(network, parameters, len(X)).layers(X, looking())):
        if number % 2:  # each activation follows a dense layer
            yield A_KBO[0].astype(np.float64)


def check_activations(network: Network, parameters: Array, X: Array) -> Iterator[Check]:
    """Whether the signal dies out, explodes or saturates on its way through the first network."""
    better = _remedy(network.architecture, X)
    for depth, layer in enumerate(activity(network, parameters, X), start=1):
        yield judged(
            f"layer {depth}",
            f"mean {layer.mean:.2g}, spread {layer.spread:.2g}, {layer.dead:.0%} dead, "
            f"{layer.saturated:.0%} saturated",
            (layer.dead > 0.9, "fail", f"the signal is lost here; {better}"),
            (not layer.spread > 1e-3, "fail", f"the signal dies out; {better}"),
            (not layer.spread < 100, "fail", f"the signal explodes; {better}"),
            (layer.dead > 0.4, "warn", f"many units are dead; {better}, or activation: leaky_relu"),
            (layer.saturated > 0.4, "warn", f"little gradient gets through; {better}, or activation: relu"),
            (layer.spread < 0.02, "warn", f"the signal is weak; {better}"),
        )


def _remedy(architecture: Architecture, X: Array) -> str:
    """What keeps the signal at its size: sound inputs, then the initializer for the activation, else batch norm."""
    if not X.std() > 0:
        return "the inputs say nothing: look at the data"
    if np.abs(X).max() > LARGE:
        return "scale the inputs: scaling: standard"
    best = _INITIALIZERS.get(architecture.activation, "he")
    if architecture.initializer.removesuffix("_uniform") != best:
        return f"use initializer: {best}, or batch_norm: before"
    return "use batch_norm: before" if architecture.batch_norm == "off" else "use fewer layers, or wider ones"


def begun(network: Network, parameters: Array, rows: int) -> Pass:
    """A pass as in the first step of a training without dropout: batch normalization knows no averages yet."""
    gradients = np.zeros((1, network.layout.learned), parameters.dtype)
    return Pass(network, parameters.copy(), gradients, rows, training=True)


def looking() -> np.random.Generator:
    """For what layers draw in a pass that is only looked at."""
    return np.random.default_rng(0)
