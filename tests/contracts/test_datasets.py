"""Every registered data set, through one suite."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hpsearch.data.preparation import prepare
from hpsearch.data.prepared import ARRAYS, Prepared, load_prepared
from hpsearch.data.sources.base import DATASETS, RawData, load
from hpsearch.data.spec import DatasetSpec


def mnist_folder(folder: Path) -> Path:
    generator = np.random.default_rng(0)
    for part, rows in (("train", 300), ("t10k", 40)):
        images = generator.integers(0, 256, (rows, 5, 4), dtype=np.uint8)
        labels = np.arange(rows, dtype=np.uint8) % 10
        for name, array in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
            (folder / name).write_bytes(header + array.tobytes())
    return folder


#: Data sets that are read from a folder of the user's, and what makes one.
FOLDERS = {"mnist": mnist_folder, "fashion_mnist": mnist_folder}


@pytest.fixture(params=list(DATASETS))
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> DatasetSpec:
    make = FOLDERS.get(request.param)
    return DatasetSpec(request.param, dir=make(tmp_path) if make else None)


@pytest.fixture
def raw(spec: DatasetSpec) -> RawData:
    return load(spec)


@pytest.fixture
def prepared(spec: DatasetSpec) -> Prepared:
    return prepare(spec, seed=0)


def test_rows_labels_and_shapes_agree(raw: RawData) -> None:
    assert raw.X.shape == (len(raw.y), int(np.prod(raw.feature_shape)))
    assert raw.y.dtype == np.int64
    assert np.unique(raw.y).tolist() == list(range(len(raw.classes)))
    assert np.isfinite(raw.X.astype(np.float64)).all()
    assert len(set(raw.classes)) == len(raw.classes) >= 2


def test_a_declared_range_holds_every_value(raw: RawData) -> None:
    if raw.feature_range is not None:
        low, high = raw.feature_range
        assert low <= raw.X.min() <= raw.X.max() <= high


def test_a_test_part_goes_with_the_training_source(raw: RawData) -> None:
    assert (raw.X_test is None) == (raw.y_test is None)
    if raw.X_test is not None and raw.y_test is not None:
        assert raw.brings_test
        assert raw.X_test.shape == (len(raw.y_test), raw.X.shape[1])
        assert set(raw.y_test) <= set(raw.y)


def test_loading_again_gives_the_same(spec: DatasetSpec, raw: RawData) -> None:
    again = load(spec)
    np.testing.assert_array_equal(again.X, raw.X)
    np.testing.assert_array_equal(again.y, raw.y)


def test_prepared_arrays_are_what_the_network_takes(prepared: Prepared) -> None:
    for part in ("train", "val", "test"):
        inputs, labels = getattr(prepared, f"X_{part}"), getattr(prepared, f"y_{part}")
        assert inputs.dtype == np.float32
        assert inputs.flags.c_contiguous
        assert inputs.shape == (len(labels), prepared.inputs)
        assert labels.dtype == np.int64
        assert np.isfinite(inputs).all()
    assert (prepared.X_train >= 0).all()
    assert (prepared.X_train <= 1).all()


def test_the_parts_use_every_row_once(raw: RawData, prepared: Prepared) -> None:
    from_source = [prepared.X_train, prepared.X_val, *([] if raw.brings_test else [prepared.X_test])]
    unscaled = np.concatenate(from_source) / np.where(prepared.factor, prepared.factor, 1) + prepared.offset
    ours, theirs = (
        rows[np.lexsort(rows.T)] for rows in (np.round(unscaled, 4), np.round(raw.X.astype(float), 4))
    )
    np.testing.assert_allclose(ours, theirs, atol=2e-4)


def test_the_parts_are_alike(prepared: Prepared) -> None:
    for name in range(len(prepared.classes)):
        shares = [(labels == name).mean() for labels in (prepared.y_train, prepared.y_val)]
        assert abs(shares[0] - shares[1]) <= 1 / len(prepared.y_train) + 1 / len(prepared.y_val)


def test_the_seed_alone_decides_the_split(spec: DatasetSpec, prepared: Prepared) -> None:
    again, other = prepare(spec, seed=0), prepare(spec, seed=1)
    assert all((getattr(again, name) == getattr(prepared, name)).all() for name in ARRAYS)
    assert again.fingerprint == prepared.fingerprint != other.fingerprint
    assert not np.array_equal(other.X_train, prepared.X_train)


@pytest.mark.parametrize("scaling", ["none", "standard", "numbers", "quantile", "whiten", "tanh"])
def test_other_scalings_keep_the_split(spec: DatasetSpec, prepared: Prepared, scaling: str) -> None:
    other = prepare(replace(spec, scaling=scaling), seed=0)
    np.testing.assert_array_equal(other.y_train, prepared.y_train)
    assert np.isfinite(other.X_val).all()
    assert other.fingerprint != prepared.fingerprint


def test_a_limit_takes_the_first_rows(spec: DatasetSpec, raw: RawData) -> None:
    limited = prepare(replace(spec, limit=120, split=(0.75, 0.25)), seed=0)
    counts = np.bincount(np.concatenate([limited.y_train, limited.y_val]), minlength=len(raw.classes))
    assert counts.tolist() == np.bincount(raw.y[:120], minlength=len(raw.classes)).tolist()
    assert (len(limited.y_train), len(limited.y_val)) == (90, 30)


def test_two_fractions_split_off_no_test_part(spec: DatasetSpec, raw: RawData) -> None:
    prepared = prepare(replace(spec, split=(0.8, 0.2)), seed=0)
    assert len(prepared.y_test) == (0 if raw.y_test is None else len(raw.y_test))


def test_the_file_gives_back_what_was_saved(prepared: Prepared, tmp_path: Path) -> None:
    prepared.save(tmp_path / "prepared")
    mapped = load_prepared(tmp_path / "prepared")
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(mapped, name), getattr(prepared, name), strict=True)
        assert not getattr(mapped, name).flags.writeable
    for name in ("classes", "feature_shape", "source", "fingerprint"):
        assert getattr(mapped, name) == getattr(prepared, name)
