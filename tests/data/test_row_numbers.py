"""Columns that number the rows of a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.data.preparation import prepare
from hpsearch.data.prepared import Prepared
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.row_numbers import numbered

ROWS = 60
PLAIN: dict[str, object] = {"n": np.linspace(0, 1, ROWS), "y": ["no", "yes"] * (ROWS // 2)}


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("rownames", range(1, ROWS + 1)),
        ("Unnamed: 0", range(ROWS)),
        ("__index_level_0__", range(ROWS)),
        ("Row_ID", reversed(range(ROWS))),
        ("index", np.random.default_rng(0).permutation(ROWS)),
        ("Unnamed: 0", range(3, 3 * ROWS + 3, 3)),  # of a part of the rows
    ],
)
def test_row_numbers_are_found_in_any_order(name: str, numbers: object) -> None:
    assert numbered(pl.DataFrame({name: pl.Series(list(numbers)), **PLAIN}), "y") == [name]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("day", range(ROWS)),
        ("id", range(2, ROWS + 2)),
        ("id", [0, *range(ROWS - 1)]),
        ("id", [*range(ROWS - 1), ROWS]),
        ("id", [None, *range(1, ROWS)]),
        ("Unnamed: 0", [0, *range(ROWS - 1)]),
        ("id", [float(row) for row in range(ROWS)]),
        ("id", [f"{row}" for row in range(ROWS)]),
    ],
)
def test_what_may_mean_something_stays(name: str, numbers: object) -> None:
    assert numbered(pl.DataFrame({name: pl.Series(list(numbers)), **PLAIN}), "y") == []  # type: ignore[call-overload]


def test_a_target_and_what_is_all_there_is_stay() -> None:
    count = list(range(ROWS))
    assert numbered(pl.DataFrame({"id": count, "n": count}), "id") == []
    assert numbered(pl.DataFrame({"index": count, "y": count}), "y") == []


def data(folder: Path, *, validation: dict[str, object], **columns: object) -> Prepared:
    train, other = folder / "train.csv", folder / "validation.csv"
    pl.DataFrame({**columns, **PLAIN}).write_csv(train)
    pl.DataFrame({**validation, **PLAIN}).write_csv(other)
    return prepare(DatasetSpec(str(train), validation=other), seed=0)


def test_row_numbers_are_no_inputs_and_parts_need_none(tmp_path: Path) -> None:
    found = data(tmp_path, validation={}, rownames=range(1, ROWS + 1))
    plain = data(tmp_path, validation={})
    np.testing.assert_array_equal(found.X_train, plain.X_train)
    assert not plain.notes
    (note,) = found.notes
    assert "train.csv: column 'rownames' is left out: it numbers the rows; rename it" in note


def test_parts_may_have_row_numbers_of_their_own(tmp_path: Path) -> None:
    rows = range(1000, 1000 + ROWS)
    found = data(tmp_path, validation={"rownames": rows}, rownames=range(1, ROWS + 1))
    np.testing.assert_array_equal(found.X_val, data(tmp_path, validation={}).X_val)


def test_a_first_column_without_a_name_holds_the_labels_of_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = (f"{3 * row},{n:.3f},{y}" for row, (n, y) in enumerate(zip(PLAIN["n"], PLAIN["y"], strict=True)))  # type: ignore[call-overload]
    path.write_text("\n".join([",n,y", *lines]))
    found = prepare(DatasetSpec(str(path)), seed=0)
    assert found.inputs == 1
    assert any("column 'Unnamed: 0' is left out: it numbers the rows" in note for note in found.notes)


def test_labels_that_were_written_twice_are_both_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    numbers = pl.DataFrame({"Unnamed: 0": range(ROWS), **PLAIN}).write_csv()
    names, *rows = numbers.splitlines()
    path.write_text("\n".join([f",{names}", *(f"{row},{line}" for row, line in enumerate(rows))]))
    found = prepare(DatasetSpec(str(path)), seed=0)
    assert found.inputs == 1
    assert len([note for note in found.notes if "is left out: it numbers the rows" in note]) == 2
