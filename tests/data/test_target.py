"""Classes or numbers: what follows from the target of a table, and what was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.sources.base import RawData, load
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.source import inferred_task


def table(folder: Path, y: list[Any], name: str = "t.csv") -> Path:
    frame = pl.DataFrame({"n": [float(n) for n in range(len(y))], "y": y}, strict=False)
    path = folder / name
    _ = frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


def raw(path: Path, **more: Any) -> RawData:
    return load(DatasetSpec(str(path), **more))


CASES = [
    (["a", "b"] * 30, "classification", "texts"),
    ([True, False] * 30, "classification", "true and false"),
    ([0, 1, 2] * 20, "classification", "3 whole numbers"),
    ([1.0, 2.0] * 30, "classification", "2 whole numbers"),
    (list(range(20)) * 3, "classification", "20 whole numbers"),
    (list(range(21)) * 30, "regression", "numbers"),
    (list(range(10)) * 2 + [0], "regression", "numbers"),
    ([0.5, 1.5] * 30, "regression", "numbers"),
    ([None, 7.25, 1e6] * 20, "regression", "numbers"),
]


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
@pytest.mark.parametrize(("y", "task", "kind"), CASES)
def test_the_task_follows_from_the_target(
    tmp_path: Path, name: str, y: list[Any], task: str, kind: str
) -> None:
    path = table(tmp_path, y, name)
    found = raw(path)
    assert bool(found.classes) == (task == "classification")
    assert any(note.startswith(f"target 'y': {kind}, so {task}") for note in found.facts), found.facts
    assert inferred_task(DatasetSpec(str(path))) == inferred_task(DatasetSpec(str(path), target="y")) == task


def test_what_is_asked_for_counts(tmp_path: Path) -> None:
    whole = table(tmp_path, list(range(30)) * 4)
    assert len(raw(whole, task="classification").classes) == 30
    assert raw(whole, task="regression").y.dtype == np.float64
    few = table(tmp_path, [3, 5] * 20)
    found = raw(few, task="regression")
    assert found.classes == ()
    assert found.y.tolist() == [3, 5] * 20
    assert not any("target" in note for note in found.facts + found.notes)


@pytest.mark.parametrize(
    ("y", "task", "words"),
    [
        (["a", "b"] * 9, "regression", r"holds texts \('a' in row 1\), and regression needs numbers"),
        ([0.5, 1.5] * 9, "classification", "numbers with a fraction, which are no classes"),
        ([4.5] * 18, "regression", "all 18 values are 4.5"),
        ([f"{n}" for n in range(300)] + ["x"], None, r"or make it numbers \('x' in row 301 is none\)"),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path: Path, y: list[Any], task: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        raw(table(tmp_path, y), task=task)


def test_rows_without_a_target_are_left_out_and_said(tmp_path: Path) -> None:
    found = raw(table(tmp_path, [1.5, None, 2.5] * 20))
    assert len(found.y) == 40
    assert any("20 rows are left out, their target 'y' is missing" in note for note in found.notes)
    found = raw(table(tmp_path, ["a", " ", "b", "?"] * 20))
    assert found.classes == ("a", "b")


def test_a_column_on_a_line_with_the_target_is_a_leak(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=60)
    frame = {"n": rng.normal(size=60), "cents": y * 100 + 3, "near": y + rng.normal(0, 0.01, 60), "y": y}
    pl.DataFrame(frame).write_csv(tmp_path / "t.csv")
    found = raw(tmp_path / "t.csv").encoded(np.arange(60))
    leaks = [note for note in found.notes if "by itself" in note]
    assert len(leaks) == 1
    assert "column 'cents' tells the target 'y'" in leaks[0]


def test_a_file_that_cannot_be_read_has_no_task(tmp_path: Path) -> None:
    assert inferred_task(DatasetSpec(str(tmp_path / "none.csv"))) is None
    assert inferred_task(DatasetSpec(str(table(tmp_path, [1, 2] * 9)), target="z")) is None


def test_classes_that_are_written_alike_are_said(tmp_path: Path) -> None:
    found = raw(table(tmp_path, ["yes", "YES", "Yes", "no", "NO", "No"] * 10))
    assert found.classes == ("NO", "No", "YES", "Yes", "no", "yes")
    (note,) = [note for note in found.notes if "capital letters" in note]
    assert "y has 6 classes, some of which differ in capital letters or blanks only" in note
    assert "('NO', 'No', 'no'; 'YES', 'Yes', 'yes')" in note
    assert raw(table(tmp_path, ["yes", "no", "not yet"] * 10)).notes == ()
