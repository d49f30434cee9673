"""Prepared rows in folds again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hpsearch.data.folded import load_folded
from hpsearch.data.preparation import prepare_folds, prepare_whole
from hpsearch.data.redealt import redealt
from hpsearch.data.spec import DatasetSpec, Folds


@pytest.mark.parametrize("rows", [60, 62])
@pytest.mark.parametrize("target", ["classes", "numbers"])
def test_each_row_is_left_out_by_one_fold(rows: int, target: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = np.where(rng.random(rows) < 0.4, "a", "b") if target == "classes" else rng.normal(size=rows)
    lines = [f"{number:.6f},{label}" for number, label in zip(rng.normal(5, 3, rows), labels, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["x,y", *lines]))
    spec = DatasetSpec(str(tmp_path / "t.csv"), split=Folds(4, 0))
    if target == "numbers":
        spec = replace(spec, task="regression")
    whole, searched = prepare_whole(spec, 3), prepare_folds(spec, 3)
    again = redealt(whole, 4, 3)
    assert (again.division.fold != searched.division.fold).any()
    left_out = np.concatenate([part.X_val[:][:, 0] for part in again.parts])
    assert sorted(left_out) == sorted(whole.X_train[:, 0])
    for fold, part in enumerate(again.parts):
        taken = again.division.training(fold)
        np.testing.assert_array_equal(part.X_train[:], whole.X_train[taken])
        np.testing.assert_array_equal(part.y_train, whole.y_train[taken])
        assert not set(taken) & set(again.division.validation(fold))
    again.save(tmp_path / "folds.bin")
    np.testing.assert_array_equal(
        load_folded(tmp_path / "folds.bin").parts[1].X_val[:], again.parts[1].X_val[:]
    )
