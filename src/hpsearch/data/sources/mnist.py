"""MNIST, or any data set in its four IDX files, from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.data.labels import encode_labels
from hpsearch.data.sources.base import DATASETS, RawData
from hpsearch.data.sources.download import cached
from hpsearch.data.sources.idx import read_idx
from hpsearch.data.spec import DatasetSpec
from hpsearch.storage.checked import reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What the files are called: as published, and as some archives unpack them.
ENDINGS = ("{}-idx{}-ubyte", "{}-idx{}-ubyte.gz", "{}.idx{}-ubyte", "{}.idx{}-ubyte.gz")
WHITEST = 255.0


@DATASETS.register("mnist", place=3)
def load_mnist(spec: DatasetSpec) -> RawData:
    """Handwritten digits (LeCun, Cortes, Burges, 1998), or whatever is in the IDX files of `spec.dir`.

    Raises:
        DataError: the files cannot be had or used (see `load_folder`).
    """
    return load_folder(spec)


@DATASETS.register("fashion_mnist", place=4)
def load_fashion_mnist(spec: DatasetSpec) -> RawData:
    """Pictures of clothes in the format of MNIST (Xiao, Rasul, Vollgraf, 2017).

    Raises:
        DataError: the files cannot be had or used (see `load_folder`).
    """
    return load_folder(spec)


def load_folder(spec: DatasetSpec) -> RawData:
    """The IDX files in `spec.dir`, plain or .gz, else the published ones, which are downloaded once.

    60,000 rows of 784 inputs from 0 to 255 in the original.

    `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` are the training source, the two files that begin
    with `t10k` instead of `train` the test part; where neither of those is there, there is no test part.

    Raises:
        DataError: a file that cannot be downloaded, is missing or cannot be used, or files that do not go
            together.
    """
    folder = _folder(spec)
    with reading(folder):
        images, labels, names = _pair(folder, "train")
        test, test_labels = _test_part(folder, images.shape[1:], np.unique(labels))
    y, classes = encode_labels(f"{names}: y", labels, len(images))
    return RawData(
        name=spec.source,
        X=images.reshape(len(images), -1),
        y=y,
        classes=classes,
        feature_shape=images.shape[1:],
        feature_range=(0.0, WHITEST),
        brings_test=True,
        X_test=test,
        y_test=test_labels,
    )


def _folder(spec: DatasetSpec) -> Path:
    if spec.dir is None:
        return cached(spec.source)
    with reading(spec.dir):
        if not spec.dir.is_dir():
            raise DataError(f"dir {str(spec.dir)!r}: there is no such folder; check the path")
    return spec.dir


def _test_part(
    folder: Path, shape: tuple[int, ...], known: NDArray[Any]
) -> tuple[NDArray[Any] | None, NDArray[np.int64] | None]:
    """The images (N, I) and classes (N,) of the test files; None and None where there are none."""
    if _find(folder, "t10k-images", 3) is None and _find(folder, "t10k-labels", 1) is None:
        return None, None
    images, labels, names = _pair(folder, "t10k")
    if images.shape[1:] != shape:
        raise DataError(
            f"{names}: images of shape {images.shape[1:]}, but {shape} in training; use files of one set"
        )
    strange = np.setdiff1d(labels, known)
    if len(strange):
        raise DataError(f"{names}: label {strange[0]} does not occur in training; use files of one set")
    return images.reshape(len(images), -1), np.searchsorted(known, labels).astype(np.int64)


def _pair(folder: Path, part: str) -> tuple[NDArray[Any], NDArray[Any], str]:
    """The images (N, height, width) and labels (N,) of a part, and what messages call them."""
    image_file, label_file = _need(folder, f"{part}-images", 3), _need(folder, f"{part}-labels", 1)
    images, labels = read_idx(image_file, axes=3), read_idx(label_file, axes=1)
    for file, values in ((image_file, images), (label_file, labels)):
        if values.dtype != np.uint8:
            raise DataError(f"{file}: holds values of type {values.dtype}; must be bytes, as in MNIST")
    if len(images) != len(labels):
        raise DataError(f"{label_file}: {len(labels)} labels for {len(images)} images; use files of one set")
    return images, labels, str(label_file)


def _need(folder: Path, stem: str, axes: int) -> Path:
    file = _find(folder, stem, axes)
    if file is None:
        wanted = ENDINGS[0].format(stem, axes)
        raise DataError(f"dir {str(folder)!r}: has no {wanted} (nor {wanted}.gz); put the file there")
    return file


def _find(folder: Path, stem: str, axes: int) -> Path | None:
    paths = (folder / ending.format(stem, axes) for ending in ENDINGS)
    return next((path for path in paths if path.exists()), None)
