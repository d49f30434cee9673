"""What a saved network answers, and which rows it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.actions.predict import predicted
from hpsearch.core.errors import DataError, InputError
from hpsearch.data.scaling import Scaler
from hpsearch.nn.network import Architecture
from hpsearch.objectives.network.model import Model
from hpsearch.objectives.network.model_file import load_model, save_model


def doubling(target: tuple[float, float] = (0.0, 1.0), inputs: int = 1) -> Model:
    """A network whose output is twice the sum of its inputs."""
    shape = Architecture(inputs, (), 1, task="regression", loss="mse")
    parameters = np.array([2.0] * inputs + [0.0], np.float32)
    scaler = Scaler(np.zeros(inputs), np.ones(inputs), fill=np.zeros(inputs))
    return Model(shape, parameters, scaler, (), None, {}, target)


@pytest.mark.parametrize("target", [(1.6e9, 10.0), (0.0, 1e-8), (-3.0, 1.0), (5.0, 1e12)])
def test_predicted_numbers_are_as_fine_as_their_target(target: tuple[float, float], tmp_path: Path) -> None:
    inputs = np.linspace(-1, 1, 21, dtype=np.float32)
    save_model(doubling(target), tmp_path / "m.npz")
    np.savez(tmp_path / "rows.npz", X=inputs[:, None])
    lines = predicted(tmp_path / "m.npz", tmp_path / "rows.npz").splitlines()[1:]
    found = np.array([float(line.split(",")[1]) for line in lines])
    assert np.abs((found - target[0]) / target[1] - 2 * inputs).max() < 1e-6


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])
def test_rows_with_what_is_no_number_are_refused(value: float, tmp_path: Path) -> None:
    inputs = np.zeros((4, 2))
    inputs[2, 1] = value
    np.savez(tmp_path / "rows.npz", X=inputs)
    for rows in (inputs, tmp_path / "rows.npz"):
        with pytest.raises(DataError, match="X: 1 of 4 values in column 1"):
            doubling(inputs=2).predict(rows)


@pytest.mark.parametrize("value", [3e38, -3e38])
def test_no_answer_is_made_of_what_overflows(value: float, tmp_path: Path) -> None:
    inputs = np.zeros((4, 2), np.float32)
    inputs[2, 1] = value
    np.savez(tmp_path / "rows.npz", X=inputs)
    save_model(doubling(inputs=2), tmp_path / "m.npz")
    with pytest.raises(
        DataError, match=r"input 1 \(from 0\) in row 3 of those given .* has no answer: -?3e\+38"
    ):
        predicted(tmp_path / "m.npz", tmp_path / "rows.npz")
    shape = Architecture(1, (), 2)  # two logits that are infinite
    classes = Model(
        shape, np.array([2.0, 3.0, 0, 0], np.float32), Scaler(np.zeros(1), np.ones(1)), ("a", "b"), None, {}
    )
    with pytest.raises(DataError, match=r"input 0 \(from 0\) in row 1 of those given"):
        classes.predict(np.array([[value]], np.float32))
    assert classes.predict(np.array([[1.0], [-1.0]], np.float32)) == ["b", "a"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"temperature": 0.0}, "a temperature of 0.0"),
        ({"temperature": float("inf")}, "a temperature of inf"),
        ({"weights": (1.0, 2.0)}, "weights of"),
        ({"weights": (-1.0,)}, "weights of"),
        ({"weights": (0.0,)}, "weights of"),
        ({"weights": (float("nan"),)}, "weights of"),
    ],
)
def test_a_file_with_wrong_weights_or_temperature_is_refused(
    change: dict[str, Any], words: str, tmp_path: Path
) -> None:
    save_model(replace(doubling(), **change), tmp_path / "m.npz")
    with pytest.raises(InputError, match=f"does not fit together: {words}"):
        load_model(tmp_path / "m.npz")


def test_weights_and_temperature_are_kept(tmp_path: Path) -> None:
    one = doubling()
    model = replace(one, others=((one.architecture, -one.parameters),), weights=(0.75, 0.25), temperature=2.0)
    save_model(model, tmp_path / "m.npz")
    again = load_model(tmp_path / "m.npz")
    assert (again.weights, again.temperature) == (model.weights, model.temperature)
    rows = np.ones((2, 1))
    np.testing.assert_allclose(np.array(again.predict(rows), float), 0.5 * np.array(one.predict(rows), float))
