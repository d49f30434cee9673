from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.sources.base import load
from hpsearch.data.spec import DatasetSpec

WriteMnist = Callable[..., Path]
IdxBytes = Callable[[NDArray[Any]], bytes]


def test_the_files_are_the_training_source_and_the_test_part(write_mnist: WriteMnist) -> None:
    raw = load(DatasetSpec("mnist", dir=write_mnist(600, 50)))
    assert (raw.X.shape, raw.y.shape, raw.feature_shape) == ((600, 12), (600,), (4, 3))
    assert raw.X_test is not None
    assert (raw.X_test.shape, raw.feature_range, raw.classes) == ((50, 12), (0, 255), tuple("0123456789"))


def test_the_first_500_rows_split_80_20(write_mnist: WriteMnist) -> None:
    mnist = prepare(DatasetSpec("mnist", dir=write_mnist(), split=(0.8, 0.2), limit=500), seed=0)
    assert (len(mnist.y_train), len(mnist.y_val), len(mnist.y_test)) == (400, 100, 50)
    assert np.bincount(mnist.y_train).tolist() == [40] * 10


def test_auto_leaves_the_test_share_with_training(write_mnist: WriteMnist) -> None:
    mnist = prepare(DatasetSpec("mnist", dir=write_mnist(600)), seed=0)
    assert (len(mnist.y_train), len(mnist.y_val)) == (480, 120)


@pytest.mark.parametrize("test", [50, None])
def test_three_parts_are_refused(write_mnist: WriteMnist, test: int | None) -> None:
    with pytest.raises(DataError, match=r"split \[0.6, 0.2, 0.2\]: must have two parts"):
        prepare(DatasetSpec("mnist", dir=write_mnist(600, test), split=(0.6, 0.2, 0.2)), seed=0)


def test_without_test_files_there_is_no_test_part(write_mnist: WriteMnist, tmp_path: Path) -> None:
    mnist = prepare(DatasetSpec("mnist", dir=write_mnist(600, None)), seed=0)
    assert mnist.X_test.shape == (0, 12)
    assert len(mnist.y_train) == 480


def test_pixels_are_scaled_by_their_range_and_not_by_what_occurs(write_mnist: WriteMnist) -> None:
    folder = write_mnist()
    raw, mnist = load(DatasetSpec("mnist", dir=folder)), prepare(DatasetSpec("mnist", dir=folder), seed=0)
    assert raw.X_test is not None
    np.testing.assert_array_equal(mnist.X_test, (raw.X_test / 255).astype(np.float32))


@pytest.mark.parametrize("ending", ["-idx{}-ubyte.gz", ".idx{}-ubyte", ".idx{}-ubyte.gz"])
def test_other_names_are_found(write_mnist: WriteMnist, ending: str) -> None:
    folder = write_mnist()
    before = prepare(DatasetSpec("mnist", dir=folder), seed=0).fingerprint
    for path in list(folder.iterdir()):
        stem, axes = path.name.split("-idx")[0], path.name.split("-idx")[1][0]
        data = path.read_bytes()
        path.unlink()
        path.with_name(stem + ending.format(axes)).write_bytes(
            gzip.compress(data) if ending.endswith("gz") else data
        )
    assert prepare(DatasetSpec("mnist", dir=folder), seed=0).fingerprint == before


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        load(DatasetSpec("mnist", dir=tmp_path / "absent"))


@pytest.mark.parametrize(
    "name", ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
)
def test_a_missing_file_is_named(write_mnist: WriteMnist, name: str) -> None:
    folder = write_mnist()
    (folder / f"{name}-ubyte").unlink()
    with pytest.raises(DataError, match=f"has no {name}-ubyte"):
        load(DatasetSpec("mnist", dir=folder))


@pytest.mark.parametrize(
    ("name", "array", "problem"),
    [
        ("train-labels-idx1", np.zeros(599, np.uint8), "599 labels for 600 images"),
        ("train-images-idx3", np.zeros((600, 4, 3), np.float32), "must be bytes"),
        (
            "t10k-images-idx3",
            np.zeros((50, 4, 4), np.uint8),
            r"images of shape \(4, 4\), but \(4, 3\) in training",
        ),
        ("t10k-labels-idx1", np.full(50, 77, np.uint8), "label 77 does not occur in training"),
    ],
)
def test_files_that_do_not_go_together_are_refused(
    write_mnist: WriteMnist, idx_bytes: IdxBytes, name: str, array: NDArray[Any], problem: str
) -> None:
    folder = write_mnist()
    (folder / f"{name}-ubyte").write_bytes(idx_bytes(array))
    with pytest.raises(DataError, match=problem):
        load(DatasetSpec("mnist", dir=folder))
