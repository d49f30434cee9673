"""Where data comes from: built-in data sets by name, data files by the end of their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hpsearch.datasets.spec import DatasetSpec
from hpsearch.errors import DataError
from hpsearch.registry import Registry


@dataclass(frozen=True)
class RawData:
    """Data as its source has it: neither divided nor scaled. N rows, I inputs.

    Attributes:
        name: what messages call it: the name or path the user gave.
        X: (N, I), any type of number, all finite where there are no `gaps`.
        y: (N,) int64: for each row, the index of its class; float64 for regression.
        classes: the names of the classes; none for regression.
        feature_shape: the shape of one row before it was made flat, such as (28, 28); its product is I.
        feature_range: the lowest and highest value an input can have, where the source defines them. The
            pixels of an image are scaled by it, and not each by the values it happens to take.
        brings_test: the source has a test part of its own, so only training and validation are split off.
        X_test, y_test: that test part; None where the source has none, or its files are not there.
        gaps: whether nan in X stands for a missing value, which is filled in from the training part.
        encoding: how rows were made from the source, as plain data; None where they are as they came.
        notes: what a person should know about the data.
    """

    name: str
    X: NDArray[Any]
    y: NDArray[Any]
    classes: tuple[str, ...]
    feature_shape: tuple[int, ...]
    feature_range: tuple[float, float] | None = None
    brings_test: bool = False
    X_test: NDArray[Any] | None = None
    y_test: NDArray[Any] | None = None
    gaps: bool = False
    encoding: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()

    def first(self, limit: int | None) -> RawData:
        """The same with only the first `limit` rows of the training source."""
        return replace(self, X=self.X[:limit], y=self.y[:limit])


Source = Callable[[DatasetSpec], RawData]

#: Built-in data sets, by name.
DATASETS: Registry[Source] = Registry("dataset", "hpsearch.datasets")
#: Readers of data files, by the end of the file's name.
FORMATS: Registry[Source] = Registry("kind of data file", "hpsearch.datasets")


def load(spec: DatasetSpec) -> RawData:
    """Read or generate the data that `spec.source` names: a built-in name, or else a path.

    Raises:
        InputError: there is no data set of that name; says which is meant, perhaps.
        DataError: the data cannot be used, for a reason the message gives.
    """
    table = Path(spec.source).suffix.lower() in (".csv", ".parquet")
    if spec.target is not None and not table:
        raise DataError(
            f"target {spec.target!r}: names a column, which only tables (.csv, .parquet) have; leave it out"
        )
    if spec.task == "regression" and table:
        raise DataError(
            f"{spec.source}: the target of a table is a class; for task: regression, save X and y as .npz"
        )
    raw = _load(spec)
    if spec.task == "regression" and raw.classes:
        raise DataError(
            f"{spec.source}: has classes and no numbers to come close to; leave out task: regression"
        )
    return raw


def _load(spec: DatasetSpec) -> RawData:
    if spec.source in DATASETS:
        return DATASETS[spec.source](spec)
    path = Path(spec.source)
    if not path.suffix and path.name == spec.source:
        return DATASETS[spec.source](spec)
    if path.suffix.lower() in FORMATS:
        return FORMATS[path.suffix.lower()](spec)
    raise DataError(
        f"{spec.source}: is no data file by its name, which must end in {' or '.join(FORMATS)}; "
        f"for IDX files give {{source: mnist, dir: FOLDER}}"
    )


def refuse_dir(spec: DatasetSpec) -> None:
    """Raise DataError if a `dir` was given to a source that reads none."""
    if spec.dir is not None:
        raise DataError(f"dir {str(spec.dir)!r}: dataset {spec.source!r} reads no folder; leave `dir` out")
