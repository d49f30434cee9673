"""Validation and test parts in files of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.columns import Encoding

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A table of `rows` rows; `changed` columns replace its own, or leave it where they are None."""

    def make(name: str, rows: int, *, kind: str = ".csv", **changed: Any) -> Path:
        rng = np.random.default_rng(rows)
        columns: dict[str, Any] = {
            "n": rng.normal(size=rows).round(3),
            "town": rng.choice(["Bern", "Ulm"], rows),
            "y": ["no", "yes"] * (rows // 2),
        }
        columns = {key: values for key, values in {**columns, **changed}.items() if values is not None}
        frame, path = pl.DataFrame(columns, strict=False), tmp_path / f"{name}{kind}"
        _ = frame.write_csv(path) if kind == ".csv" else frame.write_parquet(path)
        return path

    return make


def spec(source: Path, **more: Any) -> DatasetSpec:
    return DatasetSpec(str(source), scaling="none", **more)


@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_each_part_is_its_file(write: Write, kind: str) -> None:
    train, valid, test = (write(name, rows, kind=kind) for name, rows in (("a", 60), ("b", 20), ("c", 30)))
    data = prepare(spec(train, validation=valid, test=test), seed=0)
    assert [len(y) for y in (data.y_train, data.y_val, data.y_test)] == [60, 20, 30]
    for path, inputs in ((valid, data.X_val), (test, data.X_test)):
        frame = pl.read_csv(path) if kind == ".csv" else pl.read_parquet(path)
        np.testing.assert_array_equal(inputs[:, 0], frame["n"].to_numpy().astype(np.float32))
        np.testing.assert_array_equal(inputs[:, 1], (frame["town"] == "Bern").to_numpy())


def test_split_divides_what_is_left(write: Write) -> None:
    train, other = write("a", 100), write("b", 20)
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({"validation": other}, [80, 20, 20]),
        ({"validation": other, "split": (0.7, 0.3)}, [70, 20, 30]),
        ({"validation": other, "split": (1.0,)}, [100, 20, 0]),
        ({"test": other}, [80, 20, 20]),
        ({"test": other, "split": (0.9, 0.1)}, [90, 10, 20]),
    ]
    for more, counts in cases:
        data = prepare(spec(train, **more), seed=0)
        assert [len(y) for y in (data.y_train, data.y_val, data.y_test)] == counts, more


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"validation": "b", "split": (0.6, 0.2, 0.2)}, "must have one or two parts \\(training, test\\)"),
        ({"test": "b", "split": (0.6, 0.2, 0.2)}, "must have two parts \\(training, validation\\)"),
        ({"validation": "b", "test": "c", "split": (0.8, 0.2)}, "there is nothing to divide"),
        ({"validation": "a"}, "validation .*: is the file that is trained on"),
        ({"validation": "b", "test": "b"}, "test .*: is the file for validation too"),
    ],
)
def test_contradictions_are_refused(write: Write, more: dict[str, Any], rule: str) -> None:
    paths = {name: write(name, 60) for name in "abc"}
    given = {key: paths[value] if isinstance(value, str) else value for key, value in more.items()}
    with pytest.raises(DataError, match=rule):
        prepare(spec(paths["a"], **given), seed=0)


def test_built_in_data_has_no_files_of_its_own(write: Write) -> None:
    with pytest.raises(DataError, match="goes with a data file"):
        prepare(DatasetSpec("digits", validation=write("a", 20)), seed=0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"town": None}, "b.csv: lacks the column 'town'; must have the columns of .*a.csv"),
        ({"extra": [1] * 20, "n": None}, "lacks the column 'n' and has further the column 'extra'"),
        ({"n": ["old"] + [1] * 19}, r"column 'n' holds texts \('old' in row 1\), not numbers"),
        ({"y": ["maybe"] * 20}, "'maybe' is no class of .*a.csv, which has no, yes"),
        ({"y": [None] * 20}, "the target 'y' has no values"),
    ],
)
def test_files_that_do_not_go_together_are_named(write: Write, changed: dict[str, Any], words: str) -> None:
    train, valid = write("a", 60), write("b", 20, **changed)
    with pytest.raises(DataError, match=words):
        prepare(spec(train, target="y", validation=valid), seed=0)


def test_a_parquet_of_other_types_is_named(write: Write) -> None:
    train, valid = write("a", 60, kind=".parquet"), write("b", 20, kind=".parquet", town=[1.5] * 20)
    with pytest.raises(DataError, match="column 'town' holds numbers, not texts"):
        prepare(spec(train, validation=valid), seed=0)


def test_texts_that_look_like_numbers_in_one_file_only_stay_texts(write: Write) -> None:
    train = write("a", 60, town=["01", "02", "x"] * 20)
    data = prepare(spec(train, validation=write("b", 20, town=["01", "02"] * 10)), seed=0)
    assert Encoding.from_facts(data.encoding or {}).inputs == ["n", "town=01", "town=02", "town=x"]
    np.testing.assert_array_equal(data.X_val[:, 1:].sum(axis=0), [10, 10, 0])


def test_categories_medians_and_scaling_are_those_of_the_training_part(write: Write) -> None:
    train, valid = write("a", 60), write("b", 20, town=["Oslo", None] * 10, n=[None, 1e6] * 10)
    data = prepare(replace(spec(train, validation=valid, split=(1.0,)), scaling="standard"), seed=0)
    names = Encoding.from_facts(data.encoding or {}).inputs
    assert names == ["n", "town=Bern", "town=Ulm"]
    alone = prepare(replace(spec(train, validation=write("c", 20), split=(1.0,)), scaling="standard"), seed=0)
    np.testing.assert_array_equal(alone.offset, data.offset)
    np.testing.assert_array_equal(alone.X_train, data.X_train)
    assert data.fill[0] == np.median(pl.read_csv(train)["n"].to_numpy().astype(np.float32))
    assert np.isfinite(data.X_val).all()


def test_categories_come_from_the_training_rows_of_one_file_too(write: Write) -> None:
    rows = 500
    towns = [f"t{n}" if n % 25 == 0 else "Bern" for n in range(rows)]
    data = prepare(spec(write("a", rows, town=towns)), seed=0)
    inputs = Encoding.from_facts(data.encoding or {}).inputs
    assert 2 < len(inputs) < 22  # some of the 20 rare ones lie in the other parts
    of_training = data.X_train[:, 1:].sum(axis=0)
    assert (of_training > 0).all()
    assert (data.X_val[:, 1:].sum(axis=1) == 0).any() or (data.X_test[:, 1:].sum(axis=1) == 0).any()


def test_files_of_arrays(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)

    def save(name: str, rows: int, y: Any, shape: tuple[int, ...] = (4, 3)) -> Path:
        np.savez(tmp_path / name, X=rng.normal(size=(rows, *shape)), y=y)
        return tmp_path / name

    train = save("a.npz", 60, np.arange(60) % 3)
    valid, test = save("b.npz", 10, np.full(10, 2)), save("c.npz", 6, np.arange(6) % 2)
    data = prepare(spec(train, validation=valid, test=test), seed=0)
    assert (data.y_val.tolist(), data.y_test.tolist()) == ([2] * 10, [0, 1] * 3)
    assert data.feature_shape == (4, 3)
    with pytest.raises(DataError, match=r"rows of shape \(3, 4\), and those of .* have \(4, 3\)"):
        prepare(spec(train, validation=save("d.npz", 10, np.zeros(10), (3, 4))), seed=0)
    with pytest.raises(DataError, match=r"e.npz: y: '7' is no class of .*a.npz, which has 0, 1, 2"):
        prepare(spec(train, validation=save("e.npz", 2, np.array([0, 7]))), seed=0)


def test_numbers_to_come_close_to_are_scaled_alike(tmp_path: Path) -> None:
    for name, rows in (("a", 60), ("b", 20)):
        y = np.arange(rows) * 10.0
        np.savez(tmp_path / f"{name}.npz", X=np.arange(rows * 2).reshape(rows, 2), y=y)
    data = prepare(spec(tmp_path / "a.npz", validation=tmp_path / "b.npz", task="regression"), seed=0)
    mean, deviation = data.target
    np.testing.assert_allclose(data.y_val * deviation + mean, np.arange(20) * 10, atol=1e-3)


def test_the_fingerprint_knows_the_other_files(write: Write) -> None:
    train, valid = write("a", 60), write("b", 20)
    before = prepare(spec(train, validation=valid), seed=0).fingerprint
    assert prepare(spec(train, validation=valid), seed=0).fingerprint == before
    assert prepare(spec(train, test=valid), seed=0).fingerprint != before
    write("b", 20, n=[0.5] * 20)
    assert prepare(spec(train, validation=valid), seed=0).fingerprint != before


def test_a_part_has_names_where_the_rows_for_training_have(tmp_path: Path) -> None:
    """A few rows may look otherwise than many."""
    train, other = tmp_path / "train.csv", tmp_path / "test.csv"
    train.write_text("5,3,no\n4,2,yes\n" * 20)  # a text that stands again below
    other.write_text("5,3,no\n4,2,yes\n")
    data = prepare(spec(train, test=other), seed=0)
    assert data.X_test.tolist() == [[5, 3], [4, 2]]
