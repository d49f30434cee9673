"""Does the network learn at all?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from hpsearch.core.randomness import Streams
from hpsearch.nn.diagnostics.activity import LARGE, begun, check_activations, looking, outputs
from hpsearch.nn.diagnostics.by_heart import check_by_heart
from hpsearch.nn.diagnostics.check import Check, judged
from hpsearch.nn.examples import Data
from hpsearch.nn.gradient_check import gradient_check
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.parameters import Array
from hpsearch.nn.settings import Settings
from hpsearch.nn.training import initial

#: Rows that are drawn, for a file may be sorted; and passed through the network to look at its activations.
_DRAWN, _ROWS = 1024, 256


def check_network(
    architecture: Architecture, settings: Settings, data: Data, *, seed: int
) -> Iterator[Check]:
    """Loss at the start, gradient, overfitting a small batch, and the activations of each layer."""
    network = Network(architecture)
    parameters = initial(network, settings, [seed]).parameters
    drawn = _drawn(data, seed)
    X, y = data.X_train[drawn], data.y_train[drawn]
    yield _first_loss(network, parameters, X[:_ROWS], y[:_ROWS], np.abs(X[:_ROWS]).max() > LARGE)
    yield _gradient(network, settings, X, y, seed)
    yield check_by_heart(architecture, settings, X, y, seed)
    yield from check_activations(network, parameters, X[:_ROWS])


def activations(architecture: Architecture, settings: Settings, data: Data, *, seed: int) -> list[Array]:
    """The outputs (B, O) of each hidden layer that `check_network` looks at."""
    network = Network(architecture)
    parameters = initial(network, settings, [seed]).parameters
    return list(outputs(network, parameters, data.X_train[_drawn(data, seed)[:_ROWS]]))


def _drawn(data: Data, seed: int) -> npt.NDArray[np.int64]:
    return Streams(seed).generator("diagnosis").permutation(len(data.X_train))[:_DRAWN]


def _first_loss(network: Network, parameters: Array, X: Array, y: npt.NDArray[Any], large: bool) -> Check:
    losses = np.empty((1, len(X)), parameters.dtype)
    targets = network.loss.targets(y, network.architecture.outputs, parameters.dtype)
    begun(network, parameters, len(X)).learn(X, targets, losses, looking())
    loss, classes = float(losses.mean()), network.architecture.outputs
    smaller = "scale the inputs: scaling: standard" if large else "use initializer: he or glorot"
    if network.architecture.loss != "cross_entropy":
        return judged(
            "first loss", f"{loss:.3g}", (not math.isfinite(loss), "fail", f"it explodes; {smaller}")
        )
    expected = math.log(classes)
    what = "inputs" if large else "first weights"
    return judged(
        "first loss",
        f"{loss:.3g}; a network that knows nothing has log {classes} = {expected:.3g}",
        (not loss < 10 * expected, "fail", f"the {what} are far too large; {smaller}"),
        (loss > 2 * expected, "warn", f"the {what} are large; {smaller}"),
    )


def _gradient(network: Network, settings: Settings, X: Array, y: npt.NDArray[Any], seed: int) -> Check:
    hyper = {name: float(np.max(settings.hyper[name])) for name in settings.hyper}
    rows = slice(0, max(5, network.smallest_batch))
    # Inputs of ordinary size: differences of huge losses are rounding, and say nothing about the backward pass.
    inputs = X[rows] / max(1.0, float(np.abs(X[rows]).max()))
    check = gradient_check(network, inputs, y[rows], hyper=hyper, seed=seed, limit=60)
    return judged(
        "gradient",
        f"worst relative error {check.errors[0]:.1e} of {len(check.names)} parameters",
        (not check.passed, "fail", f"the backward pass is wrong:\n{check}"),
    )
