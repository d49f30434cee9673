"""Figures and predictions are in the units of the target, on whatever scale it is learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.actions.predict import predicted
from hpsearch.config import spec_of
from hpsearch.core.errors import InputError, SpecError
from hpsearch.data.prepared import Prepared
from hpsearch.objectives.network.measures import errors_of
from hpsearch.objectives.network.model import Model
from hpsearch.objectives.network.model_file import load_model, save_model
from hpsearch.objectives.network.single import Single
from hpsearch.objectives.network.workload import prepare_data, prepare_search


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng, path = np.random.default_rng(0), tmp_path / "t.npz"
    X = rng.normal(size=(800, 2))
    np.savez(path, X=X, y=np.exp(2 * X[:, 0]) + 7)
    return path


def config(table: Path, scale: str, **more: object) -> dict[str, object]:
    dataset = {
        "source": str(table),
        "task": "regression",
        "scaling": "standard",
        "target_scale": scale,
        **more,
    }
    network = {"kind": "mlp", "dataset": dataset, "hidden": [8], "optimizer": "adam", "epochs": 20}
    return {"objective": network, "space": {"lr": 0.02}, "search": {"trials": 1}}


def trained(table: Path, scale: str) -> tuple[Single, dict[str, float]]:
    spec = spec_of(config(table, scale))
    network = Single({**spec.objective.model_dump(), "lr": 0.02}, prepare_data(spec), 0, 20, ("mae", "rmse"))
    *_, last = network.run()
    return network, last


def model_of(network: Single) -> Model:
    return Model.of(network.architecture, network.state.parameters[0], network.data, {})


@pytest.mark.parametrize("scale", ["standard", "log", "quantile"])
def test_figures_are_those_of_the_numbers_that_are_predicted(scale: str, table: Path) -> None:
    network, last = trained(table, scale)
    data, model = network.data, model_of(network)
    errors = errors_of(model.true(data.y_val), model.numbers(model.answers(data.X_val)))
    found = (last["val_r2"], last["val_mae"], last["val_rmse"])
    assert found == pytest.approx((errors.r2, errors.mae, errors.rmse), rel=1e-3)
    assert network.scores()[1] == pytest.approx(errors.r2, rel=1e-3)


def test_a_long_tail_is_learned_by_its_logarithm(table: Path) -> None:
    unexplained = {scale: 1 - trained(table, scale)[1]["val_r2"] for scale in ("standard", "log")}
    assert unexplained["log"] < 0.5 * unexplained["standard"]


def test_a_saved_model_predicts_the_same_and_finely_where_numbers_are_small(
    table: Path, tmp_path: Path
) -> None:
    network, _ = trained(table, "log")
    model = model_of(network)
    save_model(model, tmp_path / "m.npz")
    rows = np.random.default_rng(1).normal(size=(20, 2))
    assert load_model(tmp_path / "m.npz").predict(rows) == model.predict(rows)
    np.savez(tmp_path / "rows.npz", X=rows)
    lines = predicted(tmp_path / "m.npz", tmp_path / "rows.npz").splitlines()[1:]
    found = [float(line.rpartition(",")[2]) for line in lines]
    assert found == pytest.approx(model.predict(rows), rel=1e-6)


@pytest.mark.parametrize(
    "knots",
    [
        np.array([[0.0, 0.0], [1.0, 2.0]]),
        np.array([[0.0, 1.0], [2.0, 1.0]]),
        np.array([[0.0, np.nan], [1.0, 2.0]]),
    ],
)
def test_a_file_whose_scale_does_not_rise_is_refused(knots: np.ndarray, table: Path, tmp_path: Path) -> None:
    network, _ = trained(table, "log")
    save_model(replace(model_of(network), curve=knots), tmp_path / "m.npz")
    with pytest.raises(InputError, match="curve"):
        load_model(tmp_path / "m.npz")


def test_the_folds_of_a_search_have_theirs(table: Path) -> None:
    spec = spec_of(config(table, "log", split={"folds": 3}))
    data, first = prepare_search(spec), prepare_data(spec)
    assert isinstance(first, Prepared)
    assert not isinstance(data, Prepared)
    np.testing.assert_array_equal(data.curves[0], first.curve)


def test_classes_have_no_scale(table: Path) -> None:
    given = config(table, "log", task="classification")
    with pytest.raises(SpecError, match=r"target_scale: is for numbers.*give task: regression"):
        spec_of(given)
