from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.core.errors import InputError
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.settings import Settings
from hpsearch.nn.training import initial
from hpsearch.nn.weights import load_weights, save_weights

NET = Network(Architecture(4, (3,), 2, "prelu"))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    row = NET.layout.draw([5], np.float32)[0]
    save_weights(tmp_path / "w.npz", NET.layout, row, {"classes": np.array(["a", "b"])})
    return tmp_path / "w.npz"


def test_what_is_saved_is_loaded_and_training_starts_from_it(saved: Path) -> None:
    row = NET.layout.draw([5], np.float32)
    np.testing.assert_array_equal(load_weights(saved, NET.layout), row[0])
    again = Network(Architecture(4, (3,), 2, "prelu", "file", init_file=saved))
    start = initial(again, Settings("sgd", 1, {"lr": 0.1}), [1, 2])
    np.testing.assert_array_equal(start.parameters, row.repeat(2, axis=0))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (Architecture(5, (3,), 2, "prelu"), r"0.weight has shape \(4, 3\), and this network needs \(5, 3\)"),
        (Architecture(4, (3, 2), 2, "prelu"), r"has no array '4.weight' .*; take weights of this network"),
    ],
)
def test_weights_of_another_shape_are_refused(saved: Path, other: Architecture, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_weights(saved, Network(other).layout)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_weights(tmp_path / "w.npz", NET.layout)
    (tmp_path / "w.npz").write_text("weights")
    with pytest.raises(InputError, match="is damaged"):
        load_weights(tmp_path / "w.npz", NET.layout)


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    save_weights(tmp_path / "w.npz", NET.layout, np.full(NET.layout.size, np.nan))
    with pytest.raises(InputError, match="must hold finite numbers"):
        load_weights(tmp_path / "w.npz", NET.layout)


@pytest.mark.parametrize(
    ("initializer", "init", "deviation"),
    [
        ("normal", {"init_std": [0.5, 0.25]}, [0.5, 0.25]),
        ("variance_scaling", {"init_scale": [4.0, 1.0]}, [0.2, 0.1]),
        ("he", {}, [0.02**0.5] * 2),
        ("lecun_uniform", {}, [0.1] * 2),
        ("glorot", {}, [0.1] * 2),
        ("zeros", {}, [0.0] * 2),
    ],
)
def test_the_spread_of_initial_weights(
    initializer: str, init: dict[str, list[float]], deviation: list[float]
) -> None:
    network = Network(Architecture(100, (100,), 2, "tanh", initializer))
    start = initial(network, Settings("sgd", 1, {"lr": 0.1, **init}), [1, 2], np.float64)
    weights = network.layout.views(start.parameters)[0]["weight"]
    np.testing.assert_allclose(weights.std(axis=(1, 2)), deviation, rtol=0.03)
    assert not network.layout.views(start.parameters)[0]["bias"].any()


def test_variance_scaling_has_the_mode_and_distribution_of_the_architecture() -> None:
    how = {"init_mode": "fan_out", "init_distribution": "uniform"}
    network = Network(Architecture(100, (25,), 2, "tanh", "variance_scaling", **how))  # type: ignore[arg-type]
    start = initial(network, Settings("sgd", 1, {"lr": 0.1, "init_scale": 1 / 3}), [1], np.float64)
    weights = network.layout.views(start.parameters)[0]["weight"]
    assert np.abs(weights).max() == pytest.approx(0.2, rel=0.01)


def test_a_file_goes_with_its_initializer() -> None:
    for initializer, file in (("file", None), ("he", Path("w.npz"))):
        with pytest.raises(InputError, match="init_file goes with initializer: file"):
            Architecture(4, (3,), 2, "relu", initializer, init_file=file)
