from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.prepared import ARRAYS, Prepared, load_prepared
from hpsearch.data.spec import DatasetSpec

SPEC = DatasetSpec("moons", limit=60)


@pytest.fixture
def moons() -> Prepared:
    return prepare(SPEC, seed=0)


@pytest.fixture
def table(tmp_path: Path) -> tuple[Path, np.ndarray]:
    inputs = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    path = tmp_path / "table.npz"
    np.savez(path, X=inputs, y=np.arange(40) % 2)
    return path, inputs


def test_inputs_are_scaled_by_what_training_shows_alone(table: tuple[Path, np.ndarray]) -> None:
    path, _ = table
    prepared = prepare(DatasetSpec(str(path), scaling="standard"), seed=0)
    np.testing.assert_allclose(prepared.X_train.mean(axis=0), 0, atol=1e-6)
    assert np.abs(prepared.X_val.mean(axis=0)).max() > 0.01


def test_offset_and_factor_take_scaled_inputs_back(table: tuple[Path, np.ndarray]) -> None:
    path, inputs = table
    prepared = prepare(DatasetSpec(str(path), scaling="standard"), seed=0)
    parts = np.concatenate([prepared.X_train, prepared.X_val, prepared.X_test])
    np.testing.assert_allclose(
        np.sort(parts / prepared.factor + prepared.offset, axis=0), np.sort(inputs, axis=0), atol=1e-5
    )


@pytest.mark.parametrize(
    ("spec", "seed"),
    [
        (SPEC, 1),
        (replace(SPEC, limit=62), 0),
        (replace(SPEC, split=(0.8, 0.2)), 0),
        (replace(SPEC, scaling="standard"), 0),
        (replace(SPEC, source="spirals"), 0),
    ],
)
def test_the_fingerprint_tells_data_apart(moons: Prepared, spec: DatasetSpec, seed: int) -> None:
    assert prepare(SPEC, seed=0).fingerprint == moons.fingerprint
    assert prepare(spec, seed).fingerprint != moons.fingerprint


def test_the_fingerprint_notices_one_changed_bit(table: tuple[Path, np.ndarray]) -> None:
    path, inputs = table
    before = prepare(DatasetSpec(str(path)), seed=0).fingerprint
    inputs[7, 1] = np.nextafter(inputs[7, 1], np.float32(9))
    np.savez(path, X=inputs, y=np.arange(40) % 2)
    assert prepare(DatasetSpec(str(path)), seed=0).fingerprint != before


def test_the_order_of_bytes_and_axes_in_the_file_does_not_show(table: tuple[Path, np.ndarray]) -> None:
    path, inputs = table
    before = prepare(DatasetSpec(str(path)), seed=0).fingerprint
    np.savez(path, X=np.asfortranarray(inputs.astype(">f4")), y=np.arange(40) % 2)
    assert prepare(DatasetSpec(str(path)), seed=0).fingerprint == before


def test_a_file_is_replaced_whole(moons: Prepared, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"something else")
    moons.save(path)
    mapped = load_prepared(path)
    prepare(DatasetSpec("spirals"), seed=0).save(path)
    np.testing.assert_array_equal(mapped.X_train, moons.X_train)
    assert load_prepared(path).source == "spirals"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(
    moons: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data"
    moons.save(path)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="No space left"):
        prepare(DatasetSpec("spirals"), seed=0).save(path)
    assert load_prepared(path).source == "moons"
    assert list(tmp_path.iterdir()) == [path]


def test_maps_are_aligned_plain_and_read_only(moons: Prepared, tmp_path: Path) -> None:
    moons.save(tmp_path / "data")
    mapped = load_prepared(tmp_path / "data")
    for name in ARRAYS:
        array = getattr(mapped, name)
        assert type(array) is np.ndarray
        assert array.ctypes.data % 64 == 0
        assert not array.flags.owndata
        assert not array.flags.writeable
        with pytest.raises(ValueError):
            array[...] = 0


def test_an_unfinished_or_foreign_file_is_refused(moons: Prepared, tmp_path: Path) -> None:
    path = tmp_path / "data"
    moons.save(path)
    whole = path.read_bytes()
    for length in (0, 5, 20, 100, 500, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=str(path)):
            load_prepared(path)
    with pytest.raises(DataError, match="no such file"):
        load_prepared(tmp_path / "absent")
    path.write_bytes(whole + b"!")
    with pytest.raises(DataError, match="cut short"):
        load_prepared(path)
