from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.core.errors import DataError, InputError
from hpsearch.data.sources.base import DATASETS, load
from hpsearch.data.spec import DatasetSpec


def test_the_built_in_data_sets() -> None:
    assert set(DATASETS) >= {"digits", "mnist", "moons", "spirals"}


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="unknown dataset 'digit'; did you mean 'digits'"):
        load(DatasetSpec("digit"))


@pytest.mark.parametrize(
    "source", ["table.xyz", "./digits", "folder/data", "train-images-idx3-ubyte.gz", "."]
)
def test_a_path_of_no_known_kind_is_refused(source: str) -> None:
    with pytest.raises(DataError, match=r"must end in one of \.arrow, .*\.csv, .*\.npz, .*\.parquet"):
        load(DatasetSpec(source))


@pytest.mark.parametrize("source", ["digits", "spirals", "moons", "data.npz"])
def test_a_dir_is_refused_where_none_is_read(source: str) -> None:
    with pytest.raises(DataError, match="reads no folder"):
        load(DatasetSpec(source, dir=Path("somewhere")))


def test_a_limit_takes_the_first_rows_and_no_more_than_there_are() -> None:
    raw = load(DatasetSpec("moons"))
    np.testing.assert_array_equal(raw.first(7).X, raw.X[:7])
    assert len(raw.first(7).y) == 7
    assert len(raw.first(10**9).y) == 1000
    assert len(raw.first(None).y) == 1000
