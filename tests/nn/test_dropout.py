from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hpsearch.core.errors import InputError
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.batch_norm import BatchNorm
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.dropout import AlphaDropout, Dropout
from hpsearch.nn.network import Architecture
from hpsearch.nn.parameters import Array, Start

K, B, WIDTH = 2, 4000, 20


def dropped(layer: Any, X: Array, rates: dict[str, list[float]], *, training: bool = True) -> Array:
    columns = {name: np.array(rate)[:, None] for name, rate in rates.items()}
    buffers = Buffers(K, B, np.float64, training=training, hyper=columns)
    forward = layer.bind({}, {}, buffers)
    buffers.rng = np.random.default_rng(0)
    out: Array = forward(X)[0]
    return out


def test_dropout_leaves_out_its_share_and_keeps_the_mean() -> None:
    Y = dropped(Dropout(WIDTH), np.ones((K, B, WIDTH)), {"dropout": [0.2, 0.0]})
    assert (Y[0] == 0).mean() == pytest.approx(0.2, abs=0.01)
    assert set(np.unique(Y[0])) == {0, 1.25}
    np.testing.assert_array_equal(Y[1], 1)


def test_alpha_dropout_keeps_mean_and_variance() -> None:
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(K, B, WIDTH))
    buffers = Buffers(K, B, np.float64)
    A, _ = ACTIVATIONS["selu"](WIDTH).bind({}, {}, buffers)(Z)
    Y = dropped(AlphaDropout(WIDTH), A, {"alpha_dropout": [0.1, 0.3]})
    np.testing.assert_allclose(Y.mean(axis=(1, 2)), 0, atol=0.02)
    np.testing.assert_allclose(Y.var(axis=(1, 2)), 1, atol=0.03)


@pytest.mark.parametrize("layer", [Dropout(WIDTH), AlphaDropout(WIDTH)])
def test_a_test_drops_nothing(layer: Any) -> None:
    X = np.ones((K, B, WIDTH))
    rates = {"dropout": [0.5, 0.5], "alpha_dropout": [0.5, 0.5]}
    assert dropped(layer, X, rates, training=False) is X


@pytest.mark.parametrize("name", ["dropout", "alpha_dropout"])
def test_networks_of_one_rate_share_a_mask_and_give_what_they_give_beside_another_rate(name: str) -> None:
    layer: Any = Dropout(WIDTH) if name == "dropout" else AlphaDropout(WIDTH)
    X, dY = np.random.default_rng(1).normal(size=(2, K, B, WIDTH))
    told = []
    for rates in ([0.3, 0.3], [0.3, 0.7]):
        buffers = Buffers(K, B, np.float64, hyper={name: np.array(rates)[:, None]})
        forward = layer.bind({}, {}, buffers)
        buffers.rng = np.random.default_rng(0)
        Y, backward = forward(X)
        told.append((Y.copy(), backward(dY.copy())))
    (Y, dX), (Y_beside, dX_beside) = told
    np.testing.assert_array_equal(Y[0], Y_beside[0])
    np.testing.assert_array_equal(dX[0], dX_beside[0])
    assert (Y[1] != Y_beside[1]).any()
    np.testing.assert_array_equal(dX[0] == 0, dX[1] == 0)


def test_dropout_without_a_generator_is_refused() -> None:
    buffers = Buffers(1, 3, np.float64, hyper={"dropout": np.array([[0.5]])})
    with pytest.raises(ValueError, match="give the pass a generator"):
        Dropout(2).bind({}, {}, buffers)(np.ones((1, 3, 2)))


def test_alpha_dropout_goes_with_selu() -> None:
    with pytest.raises(InputError, match="goes with the activation selu only, not with relu"):
        Architecture(4, (3,), 2, dropout="alpha")


def test_batch_norm_normalizes_the_batch_and_one_example_is_none() -> None:
    layer = BatchNorm(2)
    values = {p.name: p.draw(np.random.default_rng(0), Start())[None] for p in layer.parameters()}
    X = np.random.default_rng(0).normal(5, 3, (1, 100, 2))
    Y, _ = layer.bind(values, values, Buffers(1, 100, np.float64))(X)
    np.testing.assert_allclose(Y.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(Y.std(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(values["mean"], 0.1 * X.mean(axis=1))
    with pytest.raises(ValueError, match="at least 2 examples"):
        layer.bind(values, values, Buffers(1, 1, np.float64))
