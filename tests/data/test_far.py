"""Values far from all others: named with file, column and row, whether they are refused or only said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.far import FAR, MOST_NAMED
from hpsearch.data.preparation import prepare, prepare_folds
from hpsearch.data.spec import DatasetSpec, Folds

ROWS = 60


def columns(seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, ROWS))
    return {"a": a, "b": b, "town": rng.choice(["Bern", "Ulm"], ROWS), "y": a + b}


def table(folder: Path, data: dict[str, Any], **spec: Any) -> DatasetSpec:
    pl.DataFrame(data).write_csv(folder / "t.csv")
    return DatasetSpec(str(folder / "t.csv"), **{"scaling": "standard", "target": "y", **spec})


def validated(folder: Path) -> int:
    """A row of the table that is in the validation part, from 0."""
    data = prepare(table(folder, columns()), 0)
    first = data.y_val[0] * data.target[1] + data.target[0]
    return int(np.argmin(np.abs(columns()["y"] - first)))


@pytest.mark.parametrize(("column", "value"), [("y", 500.0), ("a", -1e6), ("b", 1e6)])
def test_a_far_value_in_the_validation_part_is_said_with_its_row(
    tmp_path: Path, column: str, value: float
) -> None:
    row = validated(tmp_path)
    data = columns()
    assert prepare(table(tmp_path, data), 0).notes == ()
    data[column][row] = value
    (note,) = prepare(table(tmp_path, data), 0).notes
    assert note.startswith(
        f"{tmp_path / 't.csv'}: {column}: {value:g} in row {row + 1} is far from all others ("
    )
    (note,) = prepare_folds(table(tmp_path, data, split=Folds(3)), 0).notes
    assert f"{column}: {value:g} in row {row + 1} is far" in note


def test_a_value_is_far_by_the_width_of_what_training_has(tmp_path: Path) -> None:
    row = validated(tmp_path)
    data = columns()
    data["b"] = data["b"].round(3)
    learned = prepare(table(tmp_path, data, scaling="minmax"), 0)
    low, width = learned.offset[1], 1 / learned.factor[1]
    for widths, said in ((FAR * 0.99, False), (FAR * 1.01, True)):
        data["b"][row] = low + width + widths * width
        assert bool(prepare(table(tmp_path, data), 0).notes) is said


def test_rows_are_those_of_the_file_where_some_are_left_out(tmp_path: Path) -> None:
    row = validated(tmp_path)
    data = columns()
    data["y"][row] = 500.0
    with_gaps = {name: [values[0], values[0], *values] for name, values in data.items()}
    with_gaps["y"][:2] = [None, None]
    notes = prepare(table(tmp_path, with_gaps), 0).notes
    assert f"y: 500 in row {row + 3} is far" in notes[-1]


def test_many_far_values_are_counted(tmp_path: Path) -> None:
    train, val = columns(), columns(1)
    pl.DataFrame(val | {"b": val["b"] * 100 + 50, "y": val["y"]}).write_csv(tmp_path / "v.csv")
    spec = table(tmp_path, train, split=(1.0,), validation=tmp_path / "v.csv")
    (note,) = prepare(spec, 0).notes
    assert re.match(
        rf"{tmp_path}/v\.csv: b: 149\.\d+ in row \d+, and {ROWS - 1} more rows, are far from", note
    )
    wide = {f"x{n}": train["a"] for n in range(5)} | {"y": train["y"]}
    pl.DataFrame(wide | {name: wide[name] + 100 for name in wide if name != "y"}).write_csv(
        tmp_path / "v.csv"
    )
    notes = prepare(table(tmp_path, wide, split=(1.0,), validation=tmp_path / "v.csv"), 0).notes
    far = [note for note in notes if "far from all others" in note]
    assert len(far) == MOST_NAMED
    assert notes[-1].endswith(": 2 more columns have such values")


def test_what_a_scaling_bends_is_not_far(tmp_path: Path) -> None:
    data = columns()
    data["a"][validated(tmp_path)] = 1e6
    assert prepare(table(tmp_path, data, scaling="tanh"), 0).notes == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"a": 1e20}, r"a: 1e\+20 in ROW is [0-9.e+]+ once it is scaled by the training rows"),
        ({"y": 1e30}, r"y: 1e\+30 in ROW is [0-9.e+]+ once it is scaled by the training rows"),
        ({"y": -1e155}, r"y: -1e\+155 in ROW must be within 1e\+140 of 0"),
    ],
)
def test_what_nothing_can_be_computed_with_is_refused_by_name(
    tmp_path: Path, change: dict[str, float], message: str
) -> None:
    row = validated(tmp_path)
    data = columns()
    data["a"] *= 1e-30
    for column, value in change.items():
        data[column][row] = value
    known = re.escape(f"{tmp_path / 't.csv'}: ") + message.replace("ROW", f"row {row + 1}")
    with pytest.raises(DataError, match=known):
        prepare(table(tmp_path, data), 0)
    with pytest.raises(DataError, match=known):
        prepare_folds(table(tmp_path, data, split=Folds(3)), 0)


@pytest.mark.parametrize("scale", [1e150, 1e200, 1e307, 1e-160, 1e-300])
def test_targets_whose_squares_are_no_numbers_are_refused(tmp_path: Path, scale: float) -> None:
    data = columns()
    data["y"] *= scale
    with pytest.raises(DataError, match=r"t\.csv: y: .*(divide|multiply)"):
        prepare(table(tmp_path, data, task="regression"), 0)


@pytest.mark.parametrize("scale", [1e130, 1e-130])
def test_targets_of_other_sizes_are_scaled(tmp_path: Path, scale: float) -> None:
    data = columns()
    found = prepare(table(tmp_path, data, task="regression"), 0).y_train
    data["y"] *= scale
    assert prepare(table(tmp_path, data, task="regression"), 0).y_train == pytest.approx(found, rel=1e-4)


def test_arrays_are_counted_from_0(tmp_path: Path) -> None:
    data = columns()
    inputs = np.stack([data["a"] * 1e-30, data["b"]], axis=1)
    np.savez(tmp_path / "t.npz", X=inputs, y=data["y"])
    far = inputs.copy()
    far[7, 0] = 1e20
    np.savez(tmp_path / "v.npz", X=far, y=data["y"])
    spec = DatasetSpec(
        str(tmp_path / "t.npz"),
        validation=tmp_path / "v.npz",
        split=(1.0,),
        task="regression",
        scaling="minmax",
    )
    with pytest.raises(DataError, match=r"v\.npz: X, column 0 \(from 0\): 1e\+20 in row 7 \(from 0\) is"):
        prepare(spec, 0)
