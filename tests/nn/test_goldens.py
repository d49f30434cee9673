"""Forward, gradients, loss and 20 steps of each optimizer against what PyTorch 2.13 computed in float64."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.testing as npt
import pytest

from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.optimizers import OPTIMIZERS, Arrays, Rule
from hpsearch.nn.parameters import Array
from hpsearch.nn.settings import Settings
from hpsearch.nn.updates import Chain

GOLDENS = dict(np.load(Path(__file__).parent / "goldens" / "torch.npz"))
HYPER = {"lr": 0.05, "momentum": 0.9, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weight_decay": 0.01}
BATCH = 4


Place = Literal["off", "before", "after"]


def assert_close(found: Array | float, golden: Array, rtol: float = 1e-10) -> None:
    """Both sides round differently, by a few units in the last place of float64, over 20 steps."""
    npt.assert_allclose(np.asarray(found), golden, rtol=rtol, atol=rtol / 100)


def network(activation: str, batch_norm: Place = "off") -> Network:
    return Network(Architecture(5, (6, 4), 3, activation, batch_norm=batch_norm))


def by_depth(of: Network, stack: Array) -> Iterator[tuple[str, Array]]:
    """(`weight0`, view), ...: what follows a dense layer has its depth."""
    depth = -1
    for views in of.layout.views(stack):
        depth += "weight" in views
        yield from ((f"{kind}{depth}", view) for kind, view in views.items())


def started(of: Network) -> Array:
    """Weights and biases as recorded; the rest as PyTorch starts it, too."""
    stack = of.layout.draw([0], np.float64)
    for name, view in by_depth(of, stack):
        if f"start_{name}" in GOLDENS:
            view[0] = GOLDENS[f"start_{name}"]
    return stack


def assert_equal_parameters(
    of: Network, stack: Array, expected: str, step: int | None = None, rtol: float = 1e-10
) -> None:
    for name, view in by_depth(of, stack[:, : of.layout.learned] if step is None else stack):
        golden = GOLDENS[f"{expected}_{name}"]
        assert_close(view[0], golden if step is None else golden[step], rtol)


@pytest.mark.parametrize("activation", sorted(set(ACTIVATIONS) - {"rrelu"}))
def test_forward_loss_and_gradients(activation: str) -> None:
    forward_loss_and_gradients(network(activation), activation)


@pytest.mark.parametrize("loss", ["mse", "mae"])
def test_losses(loss: str) -> None:
    forward_loss_and_gradients(Network(Architecture(5, (6, 4), 3, "tanh", loss=loss)), loss)


@pytest.mark.parametrize("place", ["before", "after"])
def test_batch_norm(place: Place) -> None:
    """Forward and gradients, then 20 steps with the running statistics, and a test with these."""
    net = network("tanh", place)
    forward_loss_and_gradients(net, f"norm_{place}")
    parameters = twenty_steps(net, f"norm_{place}_steps", Settings("sgd", BATCH, HYPER).rules, HYPER)
    through = Pass(net, parameters, np.zeros_like(parameters), 12, training=False)
    assert_close(through.outputs(GOLDENS["X"])[0], GOLDENS[f"norm_{place}_steps_test"])


def forward_loss_and_gradients(net: Network, name: str) -> None:
    parameters = started(net)
    gradients, losses = np.zeros((1, net.layout.learned)), np.empty((1, 12))
    through = Pass(net, parameters, gradients, 12, training=True)
    assert_close(through.outputs(GOLDENS["X"])[0], GOLDENS[f"{name}_logits"])
    through.learn(GOLDENS["X"], net.loss.targets(GOLDENS["y"], 3, np.float64), losses)
    assert_close(losses.mean(), GOLDENS[f"{name}_loss"])
    assert_equal_parameters(net, gradients, f"{name}_gradient")


def test_rrelu_in_a_test_takes_the_mean_slope() -> None:
    net = network("rrelu")
    parameters = started(net)
    through = Pass(net, parameters, np.zeros_like(parameters), 12, training=False)
    assert_close(through.outputs(GOLDENS["X"])[0], GOLDENS["rrelu_logits"])


def test_label_smoothing() -> None:
    net = network("tanh")
    parameters = started(net)
    gradients, losses = np.zeros_like(parameters), np.empty((1, 12))
    hyper = {"label_smoothing": np.array([[0.1]])}
    through = Pass(net, parameters, gradients, 12, training=True, hyper=hyper)
    through.learn(GOLDENS["X"], net.loss.targets(GOLDENS["y"], 3, np.float64), losses)
    assert_close(losses.mean(), GOLDENS["label_smoothing_loss"])
    assert_equal_parameters(net, gradients, "label_smoothing_gradient")


def twenty_steps(
    net: Network, name: str, rules: list[Rule], hyper: dict[str, float], rtol: float = 1e-10
) -> Array:
    parameters = started(net)
    learned = net.layout.learned
    gradients, losses = np.zeros((1, learned)), np.empty((1, BATCH))
    slots = {slot: np.zeros_like(gradients) for rule in rules for slot in rule.slots}
    arrays = Arrays(parameters[:, :learned], gradients, slots, net.layout.weights)
    chain = Chain(rules, {key: np.array([[value]]) for key, value in hyper.items()})
    through = Pass(net, parameters, gradients, BATCH, training=True)
    targets = net.loss.targets(GOLDENS["y"], 3, np.float64)
    for step, columns in enumerate(chain.columns(0, 20, 1, np.dtype(np.float64))):
        batch = np.arange(step * BATCH, (step + 1) * BATCH) % 12
        through.learn(GOLDENS["X"][batch], targets[:, batch], losses)
        chain.update(arrays, columns)
        assert_equal_parameters(net, parameters, name, step, rtol)
    return parameters


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_twenty_steps(optimizer: str) -> None:
    twenty_steps(network("tanh"), optimizer, Settings(optimizer, BATCH, HYPER).rules, HYPER)


@pytest.mark.parametrize(
    ("name", "value", "rtol"),
    [
        ("clip_value", 0.05, 1e-10),
        ("clip_norm", 0.3, 1e-4),  # PyTorch adds 1e-6 to the norm
        ("l1", 0.01, 1e-10),
    ],
)
def test_twenty_steps_of_momentum_with(name: str, value: float, rtol: float) -> None:
    hyper = {**HYPER, name: value}
    twenty_steps(network("tanh"), name, Settings("momentum", BATCH, hyper).rules, hyper, rtol)
