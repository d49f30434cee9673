"""Every registered activation, initializer, loss and optimizer through one suite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.gradient_check import gradient_check
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.optimizers import CLIPS, OPTIMIZERS, PENALTIES, Arrays, Rule
from hpsearch.nn.parameters import Start
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.nn.updates import Chain

RULES: dict[str, Rule] = {**{name: OPTIMIZERS[name] for name in OPTIMIZERS}, **PENALTIES, **CLIPS}
#: A value for every hyperparameter of a rule, well inside its domain.
HYPER = {
    "lr": 0.01,
    "momentum": 0.9,
    "beta1": 0.9,
    "beta2": 0.99,
    "epsilon": 1e-6,
    "weight_decay": 0.1,
    "l1": 0.1,
    "clip_norm": 1.0,
    "clip_value": 0.5,
}


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_the_gradient_is_the_slope_of_the_loss(activation: str, loss: str) -> None:
    rng = np.random.default_rng(1)
    network = Network(Architecture(4, (6, 5), 3, activation, "glorot", loss))
    check = gradient_check(network, rng.normal(size=(7, 4)), rng.integers(0, 3, 7))
    assert check.passed, check


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_the_gradient_of_a_weighed_loss_is_its_slope(loss: str) -> None:
    rng = np.random.default_rng(1)
    network = Network(Architecture(4, (6,), 3, "tanh", "glorot", loss))
    X, y = rng.normal(size=(7, 4)), rng.integers(0, 3, 7)
    smoothed = {"label_smoothing": 0.1}
    check, plain = (
        gradient_check(network, X, y, hyper=smoothed, class_weights=weights)
        for weights in ([0.5, 3.0, 1.0], None)
    )
    assert check.passed, check
    assert set(check.analytic) != set(plain.analytic)


#: Further layers, and the hyperparameters they read.
LAYERS: dict[str, tuple[dict[str, Any], dict[str, float]]] = {
    "batch norm before": ({"batch_norm": "before"}, {}),
    "batch norm after": ({"batch_norm": "after"}, {}),
    "dropout": ({"dropout": "inverted"}, {"dropout": 0.3}),
    "dropout of nothing": ({"dropout": "inverted"}, {"dropout": 0.0}),
    "input dropout": ({"input_dropout": True}, {"input_dropout": 0.3}),
    "alpha dropout": ({"dropout": "alpha", "activation": "selu"}, {"alpha_dropout": 0.3}),
    "all": (
        {"batch_norm": "before", "dropout": "inverted", "input_dropout": True, "activation": "prelu"},
        {"dropout": 0.3, "input_dropout": 0.2},
    ),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_the_gradient_through_a_layer_is_the_slope_of_the_loss(layer: str) -> None:
    rng = np.random.default_rng(1)
    architecture, hyper = LAYERS[layer]
    network = Network(replace(Architecture(4, (6, 5), 3, "tanh", "glorot"), **architecture))
    check = gradient_check(network, rng.normal(size=(7, 4)), rng.integers(0, 3, 7), hyper=hyper)
    assert check.passed, check


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layer", LAYERS)
def test_a_pass_treats_each_row_as_if_alone(layer: str, activation: str, dtype: type[np.floating]) -> None:
    """A row of NaN among them; the examples are left as they are."""
    rng = np.random.default_rng(1)
    shape, hyper = LAYERS[layer]
    network = Network(replace(Architecture(4, (6, 5), 3, activation), **({"activation": "selu"} | shape)))
    if "activation" not in shape:
        network = Network(replace(network.architecture, activation=activation))
    X = rng.normal(size=(7, 4)).astype(dtype)
    T, before = network.loss.targets(rng.integers(0, 3, 7), 3, dtype), X.copy()
    stack = network.layout.draw([1, 2, 3], dtype)
    stack[1] = np.nan

    def learned(rows: slice) -> np.ndarray:
        parameters = stack[rows].copy()
        gradients, losses = np.zeros_like(parameters), np.empty((len(parameters), 7), dtype)
        columns = {name: np.full((len(parameters), 1), rate) for name, rate in hyper.items()}
        through = Pass(network, parameters, gradients, 7, training=True, hyper=columns)
        with np.errstate(invalid="ignore"):
            through.learn(X, T, losses, np.random.default_rng(0))
        return np.concatenate([parameters, gradients, losses], axis=1)

    together = learned(slice(None))
    assert together.dtype == dtype
    np.testing.assert_array_equal(X, before)
    for row in range(3):
        np.testing.assert_array_equal(together[row], learned(slice(row, row + 1))[0])
    assert np.isfinite(together[[0, 2]]).all()
    assert np.isnan(together[1]).any()


@pytest.mark.parametrize("name", [*PENALTIES, "label_smoothing"])
def test_what_is_added_to_the_loss_has_the_slope_that_is_added_to_its_gradient(name: str) -> None:
    rng = np.random.default_rng(1)
    network = Network(Architecture(4, (6,), 3, "tanh"))
    X, y = rng.normal(size=(7, 4)), rng.integers(0, 3, 7)
    check, plain = (gradient_check(network, X, y, hyper=hyper) for hyper in ({name: 0.3}, {}))
    assert check.passed, check
    assert set(check.analytic) != set(plain.analytic)


@pytest.mark.parametrize("initializer", sorted(INITIALIZERS))
def test_initial_weights_have_their_shape_and_follow_the_generator(initializer: str) -> None:
    draw = INITIALIZERS[initializer]
    for shape in ((30, 20), (20, 30), (1, 1)):
        first, again = (draw(np.random.default_rng(5), *shape, Start()) for _ in range(2))
        assert first.shape == shape
        assert first.dtype == np.float64
        assert np.isfinite(first).all()
        np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("name", sorted(RULES))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_rule_treats_each_row_as_if_alone(name: str, dtype: type[np.floating]) -> None:
    rule, scales = RULES[name], np.array([[0.5], [1.0], [0.1]])
    start = np.random.default_rng(0).normal(size=(3, 11)).astype(dtype)
    together = _steps(rule, start, scales)
    alone = np.concatenate([_steps(rule, start[k : k + 1], scales[k : k + 1]) for k in range(3)])
    assert together.dtype == dtype
    np.testing.assert_array_equal(together, alone)
    assert np.isfinite(together).all()


def _steps(rule: Rule, start: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Parameters and gradients after three steps down the slope of a bowl."""
    parameters, gradients = start.copy(), np.empty_like(start)
    arrays = Arrays(parameters, gradients, {slot: np.zeros_like(start) for slot in rule.slots}, weights=7)
    chain = Chain([rule], {hyper: HYPER[hyper] * scales for hyper in rule.hyper})
    for columns in chain.columns(0, 3, len(start), start.dtype):
        gradients[...] = 2 * parameters
        chain.update(arrays, columns)
    return np.concatenate([parameters, gradients], axis=1)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_an_optimizer_descends_and_writes_every_parameter(name: str) -> None:
    start = np.ones((1, 9))
    after = _steps(OPTIMIZERS[name], start, np.ones((1, 1)))[:, :9]
    assert (np.abs(after) < 1).all()


@pytest.mark.parametrize("name", sorted(PENALTIES))
def test_a_penalty_touches_the_gradient_of_weights_only(name: str) -> None:
    arrays = Arrays(np.ones((2, 5)), np.zeros((2, 5)), {}, weights=3)
    chain = Chain([PENALTIES[name]], {hyper: np.full((2, 1), 0.5) for hyper in PENALTIES[name].hyper})
    chain.update(arrays, next(chain.columns(0, 1, 2, np.dtype(np.float64))))
    assert (arrays.gradients[:, :3] > 0).all()
    assert (arrays.gradients[:, 3:] == 0).all()
    assert (arrays.parameters == 1).all()


@pytest.mark.parametrize("name", sorted(CLIPS))
def test_a_clip_shortens_what_is_too_long_and_nothing_else(name: str) -> None:
    long, short = np.full((1, 5), 7.0), np.full((1, 5), 1e-3)
    gradients = np.concatenate([long, short, np.zeros((1, 5)), long, np.full((1, 5), np.nan)])
    arrays = Arrays(np.ones((5, 5)), gradients.copy(), {}, weights=3)
    chain = Chain([CLIPS[name]], {name: np.array([[0.5], [0.5], [0.5], [0.0], [0.5]])})
    chain.update(arrays, next(chain.columns(0, 1, 5, np.dtype(np.float64))))
    norm, largest = np.linalg.norm(arrays.gradients[0]), arrays.gradients[0].max()
    assert (norm if name == "clip_norm" else largest) == pytest.approx(0.5)
    np.testing.assert_array_equal(arrays.gradients[1:], gradients[1:])
    assert (arrays.parameters == 1).all()


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_a_schedule_starts_at_the_full_rate_and_never_rises(name: str) -> None:
    t = np.linspace(0, 40, 401)
    factor = SCHEDULES[name](t, 0.5, 10.0, 30.0)
    assert factor.shape == t.shape
    assert factor[0] == 1
    assert (np.diff(factor) <= 0).all()
    assert ((factor >= 0) & (factor <= 1)).all()
    if name not in ("constant", "cosine"):
        assert factor[100] == pytest.approx(0.5)
