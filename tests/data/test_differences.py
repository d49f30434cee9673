"""Training and validation that are not alike: said where it is so, and not where chance explains it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from hpsearch.data import preparation
from hpsearch.data.differences import distance
from hpsearch.data.preparation import prepare
from hpsearch.data.prepared import Prepared
from hpsearch.data.sources.base import RawData, load
from hpsearch.data.spec import DatasetSpec


def rows(count: int, seed: int, shift: float = 0.0, share: float = 0.5) -> dict[str, object]:
    """Columns of many kinds: even, skewed, with far values, whole numbers, rare ones, classes."""
    rng = np.random.default_rng(seed)
    return {
        "normal": rng.normal(shift, 1, count),
        "skewed": rng.lognormal(0, 2, count),
        "far": rng.standard_cauchy(count),
        "whole": rng.poisson(3, count),
        "rare": (rng.random(count) < 0.02).astype(int),
        "town": rng.choice(["Bern", "Ulm", "Gent", "Oslo"], count),
        "y": np.where(rng.random(count) < share, "yes", "no"),
    }


def test_the_distance_is_that_of_scipy() -> None:
    from scipy.stats import ks_2samp  # slow to import

    rng = np.random.default_rng(0)
    for first, second in ((rng.normal(size=50), rng.normal(1, 2, 80)), (np.arange(9) % 3, np.arange(20) % 4)):
        assert distance(first, second) == pytest.approx(ks_2samp(first, second).statistic)


def _encoded_table(spec: DatasetSpec) -> RawData:
    raw = load(spec)
    return raw.encoded(np.arange(len(raw.y)))


def _scaled_once(scaled: Callable[..., Prepared]) -> Callable[..., Prepared]:
    """What is scaled is not what is compared: that of the first rows stands for that of all."""
    first: list[Prepared] = []

    def known(*given: Any) -> Prepared:
        first.extend([] if first else [scaled(*given)])
        return first[0]

    return known


@pytest.mark.parametrize("count", [60, 1500])
def test_a_split_at_random_is_never_called_different(
    tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each table is divided in twenty ways; all of them show the same columns and categories.
    monkeypatch.setattr(preparation, "load", cache(_encoded_table))
    monkeypatch.setattr(preparation, "_scaled", _scaled_once(preparation._scaled))
    alarms = 0
    for seed in range(200):
        path = tmp_path / f"{seed // 20}.parquet"
        if not path.exists():
            pl.DataFrame(rows(count, seed)).write_parquet(path)
        alarms += bool(prepare(DatasetSpec(str(path)), seed).differences)
    assert alarms <= 1


def differences(folder: Path, validation: dict[str, object], count: int = 800) -> str:
    pl.DataFrame(rows(count, 0)).write_csv(folder / "a.csv")
    pl.DataFrame(validation).write_csv(folder / "b.csv")
    spec = DatasetSpec(str(folder / "a.csv"), validation=folder / "b.csv", split=(1.0,))
    return "\n".join(prepare(spec, 0).differences)


def test_a_validation_file_of_the_same_population_is_fine(tmp_path: Path) -> None:
    assert differences(tmp_path, rows(300, 1)) == ""


def test_a_shifted_column_is_named_with_its_means(tmp_path: Path) -> None:
    found = differences(tmp_path, rows(300, 1, shift=1.0))
    assert found.startswith("1 of 9 inputs: normal (mean ")
    assert "deviations apart" in found


def test_other_shares_of_classes_and_categories_are_named(tmp_path: Path) -> None:
    assert differences(tmp_path, rows(300, 1, share=0.9)).startswith("class ")
    other = {**rows(300, 1), "town": ["Oslo"] * 300}
    assert "town=Oslo (2" in differences(tmp_path, other)
    assert "of the rows in training, 100% in validation)" in differences(tmp_path, other)


def test_a_shifted_target_of_a_regression_is_told_in_its_units(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, far in (("a", 0), ("b", 50)):
        np.savez(tmp_path / f"{name}.npz", X=rng.normal(size=(200, 2)), y=rng.normal(1000 + far, 10, 200))
    spec = DatasetSpec(str(tmp_path / "a.npz"), validation=tmp_path / "b.npz", task="regression")
    (found,) = prepare(spec, 0).differences
    assert found.startswith("the target (mean 1001 in training, 1050 in validation, 5")


def test_many_rows_and_columns_are_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hpsearch.data import differences as module

    seen: list[int] = []

    def counted(first: np.ndarray, second: np.ndarray) -> float:
        seen.append(len(first) + len(second))
        return 0.0

    monkeypatch.setattr(module, "distance", counted)
    rng = np.random.default_rng(0)
    for shape, most in (((30_000, 3), module.MOST_ROWS), ((3_000, 1500), module.MOST_VALUES // 1500)):
        np.savez(tmp_path / "t.npz", X=rng.normal(size=shape).astype(np.float32), y=np.arange(shape[0]) % 2)
        seen.clear()
        prepare(DatasetSpec(str(tmp_path / "t.npz"), split=(0.5, 0.5)), 0)
        assert len(seen) == shape[1]
        assert max(seen) <= 2 * most
