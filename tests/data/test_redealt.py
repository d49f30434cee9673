"""Prepared rows in folds again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.data.folded import load_folded
from hpsearch.data.prepared import prepare_folds, prepare_whole
from hpsearch.data.redealt import redealt
from hpsearch.data.spec import DatasetSpec, Folds


@pytest.mark.parametrize(("rows", "test"), [(60, 0.0), (62, 0.0), (83, 0.2)])
def test_each_row_is_left_out_by_the_fold_that_validated_it(rows: int, test: float, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = np.where(rng.random(rows) < 0.4, "a", "b")
    lines = [f"{number:.6f},{label}" for number, label in zip(rng.normal(5, 3, rows), labels, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["x,y", *lines]))
    spec = DatasetSpec(str(tmp_path / "t.csv"), split=Folds(4, test))
    whole, searched = prepare_whole(spec, 3), prepare_folds(spec, 3)
    again = redealt(whole, searched.division)
    for fold in range(4):
        part, before = again.parts[fold], searched.parts[fold]
        for now, then in ((part.X_train, before.X_train), (part.X_val, before.X_val)):
            scaler = searched.scalers[fold]
            same = (np.asarray(now[:]) / whole.factor + whole.offset - scaler.offset) * scaler.factor
            np.testing.assert_allclose(same, then[:], atol=1e-5)
        np.testing.assert_array_equal(part.y_train, before.y_train)
        np.testing.assert_array_equal(part.y_val, before.y_val)
    again.save(tmp_path / "folds.bin")
    np.testing.assert_array_equal(
        load_folded(tmp_path / "folds.bin").parts[1].X_val[:], again.parts[1].X_val[:]
    )
