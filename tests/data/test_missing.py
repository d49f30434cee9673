"""What stands for a missing value, besides what always does: in training, in other parts, and when predicting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.file import read_table
from hpsearch.data.tables.source import inferred_task
from hpsearch.objectives.network.settings import NetworkSettings

MISSING = ("-", "n.a.", "-999")
ROWS = [
    ["1.5", "-999.0", "u", "yes"],
    [" - ", "2", "n.a.", "no"],
    ["2.5", "3", "v", "-"],
    ["3", "4", "u", "no"],
]


def _written(path: Path, rows: list[list[str]]) -> DatasetSpec:
    frame = pl.DataFrame(rows, schema=["a", "b", "c", "y"], orient="row")
    frame = frame.with_columns(pl.col("b").cast(pl.Float64))
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return DatasetSpec(str(path), split=(0.5, 0.5), missing=MISSING)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_it_is_missing_and_the_others_are_what_they_are(name: str, tmp_path: Path) -> None:
    spec = _written(tmp_path / name, ROWS)
    frame = read_table(tmp_path / name, missing=spec.missing)
    assert frame["a"].to_list() == [1.5, None, 2.5, 3]
    assert frame["b"].to_list() == [None, 2, 3, 4]
    assert frame["c"].to_list() == ["u", None, "v", "u"]
    assert frame["y"].null_count() == 1
    assert read_table(tmp_path / name, column="a", missing=MISSING)["a"].null_count() == 1


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_the_encoding_keeps_it_for_other_rows(name: str, tmp_path: Path) -> None:
    spec = _written(tmp_path / name, [*ROWS] * 20)
    facts = prepare(spec, seed=0).encoding
    assert facts is not None
    encoding = Encoding.from_facts(facts)
    assert encoding.missing == MISSING
    rows = pl.DataFrame({"a": ["-", "1"], "b": [2, -999], "c": ["u", "n.a."]})
    found = dict(zip(encoding.inputs, encoding.encode(rows, "t").T.tolist(), strict=True))
    assert np.isnan(found["a"]).tolist() == found["a is missing"] == [1, 0]
    assert np.isnan(found["b"]).tolist() == found["b is missing"] == [0, 1]
    assert found["c is missing"] == [0, 1]


def test_numbers_in_parquet_that_are_texts_stay_so_where_nothing_is_missing(tmp_path: Path) -> None:
    pl.DataFrame({"zip": ["01", "02"], "a": ["-", "02"]}).write_parquet(tmp_path / "t.parquet")
    frame = read_table(tmp_path / "t.parquet", missing=["-"])
    assert frame.rows() == [("01", None), ("02", 2)]


def test_other_parts_and_the_task_go_by_it(tmp_path: Path) -> None:
    spec = _written(tmp_path / "t.csv", [*ROWS] * 20)
    other = _written(tmp_path / "v.csv", ROWS)
    both = prepare(
        DatasetSpec(spec.source, split=(0.5, 0.5), missing=MISSING, validation=Path(other.source)), seed=0
    )
    assert len(both.y_val) == 3
    assert inferred_task(DatasetSpec(spec.source, target="a", missing=MISSING)) == "regression"
    assert inferred_task(DatasetSpec(spec.source, target="a")) == "classification"


def test_numbers_may_be_written_without_quotation_marks() -> None:
    dataset = {"source": "t.csv", "missing": ["-", -999, 0.5]}
    settings = NetworkSettings.model_validate({"kind": "mlp", "dataset": dataset, "hidden": [2], "epochs": 1})
    assert settings.dataset.missing == ("-", "-999", "0.5")
