from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.prepared import Prepared, load_prepared
from hpsearch.data.spec import DatasetSpec
from hpsearch.nn.diagnostics import check_data, check_network
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.settings import Settings
from hpsearch.nn.training import train


def houses(folder: Path, **changed: Any) -> DatasetSpec:
    """Prices far from 0 and 1: a plane with noise."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = 250_000 + X @ [30_000, -20_000, 5_000] + rng.normal(0, 5_000, 300)
    np.savez(folder / "houses.npz", **{"X": X, "y": y, **changed})
    return DatasetSpec(str(folder / "houses.npz"), scaling="standard", task="regression")


@pytest.fixture
def data(tmp_path: Path) -> Prepared:
    return prepare(houses(tmp_path), 0)


def test_numbers_are_scaled_by_the_training_part_and_can_be_scaled_back(
    data: Prepared, tmp_path: Path
) -> None:
    assert data.classes == ()
    assert data.y_train.dtype == np.float32
    assert [len(y) for y in (data.y_train, data.y_val, data.y_test)] == [180, 60, 60]
    assert data.y_train.mean() == pytest.approx(0, abs=1e-5)
    assert data.y_train.std() == pytest.approx(1, abs=1e-5)
    mean, deviation = data.target
    assert 240_000 < data.y_val.mean() * deviation + mean < 260_000
    data.save(tmp_path / "data.bin")
    again = load_prepared(tmp_path / "data.bin")
    assert again.target == data.target
    np.testing.assert_array_equal(again.y_val, data.y_val)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.full(300, np.nan), "y: must be finite numbers for task: regression"),
        (np.array(["a", "b"] * 150), "y: must be finite numbers for task: regression"),
        (np.ones(300), "y: all 300 values are 1.0"),
    ],
)
def test_what_no_regression_can_learn_is_refused(tmp_path: Path, y: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        prepare(houses(tmp_path, y=y), 0)


def test_classes_are_no_numbers() -> None:
    with pytest.raises(DataError, match="digits: has classes and no numbers"):
        prepare(DatasetSpec("digits", task="regression"), 0)


@pytest.mark.parametrize("loss", ["mse", "mae"])
def test_it_learns_a_plane_and_reports_r2(data: Prepared, loss: str) -> None:
    architecture = Architecture(3, (16,), 1, "tanh", loss=loss, task="regression")
    how = Settings("momentum", 20, {"lr": 0.02, "momentum": 0.9})
    done = train(architecture, how, data, seeds=[0, 1], order=(0, 0), epochs=20)
    assert set(done.curves) == {"train_loss", "val_loss", "val_r2"}
    assert (done.curves["val_r2"][:, -1] > 0.9).all()
    found = 1 - done.curves["val_loss"][:, -1] / data.y_val.var()
    if loss == "mse":
        np.testing.assert_allclose(done.curves["val_r2"][:, -1], found, rtol=1e-5)


def test_r2_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import r2_score  # slow to import

    rng = np.random.default_rng(0)
    T, Z = rng.normal(size=(1, 50)), rng.normal(size=(1, 50, 1))
    metric = Network(Architecture(2, (), 1, loss="mse", task="regression")).metrics["r2"]
    found = metric.finish(metric.each(Z, T).mean(axis=1), T)
    assert found[0] == pytest.approx(r2_score(T[0], Z[0, :, 0]))


def test_the_doctor_examines_regression(data: Prepared) -> None:
    architecture = Architecture(3, (16,), 1, loss="mse", task="regression")
    how = Settings("momentum", 20, {"lr": 0.02, "momentum": 0.9})
    checks = [*check_data(data, data.classes), *check_network(architecture, how, data, seed=0)]
    assert {check.name: check.verdict for check in checks if check.verdict == "fail"} == {}
