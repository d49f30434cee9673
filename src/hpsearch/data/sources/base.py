"""Where data comes from: built-in data sets by name, data files by the end of their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.core.registry import Registry
from hpsearch.data.spec import DatasetSpec
from hpsearch.storage.endings import OTHER_DATA, SUCH_AS, ending, is_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.data.tables.by_target import ByTarget


Part = Literal["train", "val", "test"]


class Origin(Struct, frozen=True):
    """The file of a part, and which of its rows these are, from 1; None: all, and messages count them from 0."""

    where: str
    rows: NDArray[np.int64] | None = None


class RawData(Struct, frozen=True):
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
        X_val, y_val, X_test, y_test: parts of their own; None where there are none, or their files are not there.
        gaps: the columns of X where nan stands for a missing value, which is filled in from the training part.
        indicators: the columns of X that are 0 or 1 as something is so.
        encoding: how rows were made from the source, as plain data; None where they are as they came.
        facts: what was found out about the data, such as what is to be predicted.
        notes: what a person should look at, for it may not be meant.
        origins: where the rows of a part are from; of parts that are not named, from `name`.
        encode: what makes numbers of rows that are none yet, once it is known which rows are for training;
            until then there are no columns in X, and `X_val` and `X_test` are None.
        by_target: what fills in the columns of X that say what the target is on average, once it is known which
            rows are for training.
        canonical: what the classes are called in the fingerprint, where they are written in another way.
        priors: what stands in such a column where a text is unknown, by the place of the column.
    """

    name: str
    X: NDArray[Any]
    y: NDArray[Any]
    classes: tuple[str, ...]
    feature_shape: tuple[int, ...]
    feature_range: tuple[float, float] | None = None
    brings_test: bool = False
    X_val: NDArray[Any] | None = None
    y_val: NDArray[Any] | None = None
    X_test: NDArray[Any] | None = None
    y_test: NDArray[Any] | None = None
    gaps: tuple[int, ...] = ()
    indicators: tuple[int, ...] = ()
    encoding: Mapping[str, Any] | None = None
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    origins: Mapping[Part, Origin] = field(default_factory=dict)
    encode: Callable[[RawData, NDArray[np.int64]], RawData] | None = None
    by_target: ByTarget | None = None
    priors: Mapping[int, float] = field(default_factory=dict)
    canonical: tuple[str, ...] = ()

    @property
    def brings_validation(self) -> bool:
        """Whether the rows for validation are given."""
        return self.y_val is not None

    def first(self, limit: int | None) -> RawData:
        """The same with only the first `limit` rows of the training source."""
        return replace(self, X=self.X[:limit], y=self.y[:limit])

    def encoded(self, rows: NDArray[np.int64]) -> RawData:
        """The same as numbers, whose meaning is learned from `rows` alone.

        Raises:
            DataError: a column that cannot be used.
        """
        return self if self.encode is None else self.encode(self, rows)

    def averaged(self, rows: NDArray[np.int64]) -> RawData:
        """The same with what the target is on average in `rows` filled in, where it stands."""
        if self.by_target is None:
            return self
        encoding, inputs, priors = self.by_target.fitted(rows)
        places = self.by_target.places
        arrays: dict[Part, NDArray[Any] | None] = {"train": self.X, "val": self.X_val, "test": self.X_test}
        for part, array in arrays.items():
            if array is not None and part in inputs:
                array[:, places] = inputs[part]
        return replace(self, encoding=encoding.as_facts(), priors=dict(zip(places, priors, strict=True)))


Source = Callable[[DatasetSpec], RawData]

#: Built-in data sets, by name.
DATASETS: Registry[Source] = Registry("dataset", "hpsearch.data.sources", group="datasets")
#: Readers of data files, by the end of the file's name.
FORMATS: Registry[Source] = Registry("kind of data file", "hpsearch.data.sources")


def load(spec: DatasetSpec) -> RawData:
    """Read or generate the data that `spec.source` names: a built-in name, or else a path.

    Raises:
        InputError: there is no data set of that name; says which is meant, perhaps.
        DataError: the data cannot be used, for a reason the message gives.
    """
    if spec.target is not None and not is_table(spec.source):
        raise DataError(
            f"target {spec.target!r}: names a column, which only tables ({SUCH_AS}) have; leave it out",
            setting="target",
        )
    _check_parts(spec)
    raw = _load(spec)
    if spec.task == "regression" and raw.classes:
        raise DataError(
            f"{spec.source}: has classes and no numbers to come close to; leave out task: regression",
            setting="task",
        )
    return raw


def _check_parts(spec: DatasetSpec) -> None:
    """Files of their own for the parts go with a file of the same kind, and are others than it."""
    for setting, path in (("validation", spec.validation), ("test", spec.test)):
        if path is None:
            continue
        if ending(spec.source) not in FORMATS:
            rule = f"goes with a data file ({', '.join(FORMATS)}), and {spec.source!r} is none; leave it out"
        elif path.resolve() == Path(spec.source).resolve():
            rule = "is the file that is trained on; give one with other rows, or leave it out"
        elif (
            setting == "test" and spec.validation is not None and path.resolve() == spec.validation.resolve()
        ):
            rule = "is the file for validation too; give one with other rows, or leave it out"
        else:
            continue
        raise DataError(f"{setting} {str(path)!r}: {rule}", setting=setting)


def _load(spec: DatasetSpec) -> RawData:
    if spec.source in DATASETS:
        return DATASETS[spec.source](spec)
    path = Path(spec.source)
    if not path.suffix and path.name == spec.source:
        return DATASETS[spec.source](spec)
    if ending(path) in FORMATS:
        return FORMATS[ending(path)](spec)
    remedy = OTHER_DATA.get(ending(path), "for IDX files give {source: mnist, dir: FOLDER}")
    raise DataError(
        f"{spec.source}: is no data file by its name, which must end in one of {', '.join(FORMATS)}; {remedy}"
    )


def refuse_dir(spec: DatasetSpec) -> None:
    """Raise DataError if a `dir` was given to a source that reads none."""
    if spec.dir is not None:
        raise DataError(f"dir {str(spec.dir)!r}: dataset {spec.source!r} reads no folder; leave `dir` out")
