"""Values of the training rows that are far from all others: said, and never of what usual columns hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpsearch.data.outliers import outliers
from hpsearch.data.preparation import prepare, prepare_folds
from hpsearch.data.sources.base import RawData
from hpsearch.data.spec import DatasetSpec, Folds


def raw(column: Any) -> RawData:
    inputs = np.asarray(column, np.float64)[:, None]
    return RawData("d", inputs, np.arange(len(inputs)) % 2, ("a", "b"), (1,))


def notes(column: Any) -> tuple[str, ...]:
    return outliers(raw(column), np.arange(len(column)))


def test_one_far_value_is_said_with_its_row() -> None:
    column = np.append(np.linspace(0.5, 3.0, 99), 1e12)
    (note,) = notes(column)
    assert note == (
        "d: X, column 0 (from 0): 1e+12 in row 99 (from 0) is far from all others (0.5 to 3), which are hardly "
        "told apart beside it; correct it, or leave the row out, if it is wrong"
    )


def test_far_is_ten_times_as_far_as_all_others_are_apart() -> None:
    for far, count in ((28.0, 0), (28.1, 1)):
        assert len(notes(np.append(np.linspace(0.5, 3.0, 99), far))) == count


@pytest.mark.parametrize("value", [-9999.0, 99999.0, -999.0])
def test_a_value_in_place_of_a_missing_one_is_said(value: float) -> None:
    column = np.where(np.arange(200) % 10 == 3, value, np.linspace(20, 80, 200))
    (note,) = notes(column)
    assert f": {value:.6g} in row 3 (from 0) and 19 more is far from all others (20 to 80)" in note
    assert "if it stands for a missing value, empty these cells" in note


def test_nines_that_are_a_value_like_others_are_not() -> None:
    assert notes(np.arange(100.0)) == ()
    assert notes(np.where(np.arange(200) % 10 == 3, 99.0, np.linspace(20, 80, 200))) == ()
    assert notes([0.0, 1.0] * 50 + [99.0] * 3) == ()  # codes of something


@pytest.mark.parametrize("rows", [30, 400])
def test_usual_columns_have_none(rows: int) -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        for column in (
            rng.normal(size=rows),
            rng.exponential(size=rows),
            rng.standard_t(3, rows),
            rng.poisson(2, rows),
            rng.integers(0, 100, rows),
        ):
            assert notes(column) == ()


def test_of_many_rows_the_same_is_found() -> None:
    column = np.random.default_rng(0).normal(size=50_001)
    assert notes(column) == ()
    column[12_345] = -400.0
    (note,) = notes(column)
    assert "-400 in row 12345 (from 0)" in note


def test_it_is_said_once_by_a_search(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(60, 3))
    inputs[7, 1] = 1e9
    np.savez(tmp_path / "d.npz", X=inputs, y=np.arange(60) % 2)
    for split, prepared in (((0.8, 0.2), prepare), (Folds(3), prepare_folds)):
        data = prepared(DatasetSpec(str(tmp_path / "d.npz"), split=split), 0)
        assert len([note for note in data.notes if "1e+09 in row 7" in note]) == 1
