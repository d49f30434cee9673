"""NumPy's .npz files as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.data.labels import encode_labels, encode_values, known_labels
from hpsearch.data.sources.base import FORMATS, Origin, Part, RawData, refuse_dir
from hpsearch.data.spec import DatasetSpec
from hpsearch.storage.endings import NPZ
from hpsearch.storage.npz import NUMBERS, read_npz

if TYPE_CHECKING:
    from numpy.typing import NDArray


@FORMATS.register(NPZ)
def load_npz(spec: DatasetSpec) -> RawData:
    """The data set of an .npz file: `X` (N, ...) of numbers, one row per example; `y` (N,) class labels or,
    for regression, numbers.

    Raises:
        DataError: the file cannot be used; the message says why.
    """
    refuse_dir(spec)
    inputs, labels = _read(spec.source)
    rows, name = inputs.reshape(len(inputs), -1), f"{spec.source}: y"
    if spec.task == "regression":
        raw = RawData(spec.source, rows, encode_values(name, labels, len(rows)), (), inputs.shape[1:])
    else:
        raw = RawData(spec.source, rows, *encode_labels(name, labels, len(rows)), inputs.shape[1:])
    (X_val, y_val), (X_test, y_test) = (_part(path, raw) for path in (spec.validation, spec.test))  # noqa: N806
    files: dict[Part, Path | None] = {"val": spec.validation, "test": spec.test}
    return replace(
        raw,
        X_val=X_val,
        y_val=y_val,
        X_test=X_test,
        y_test=y_test,
        brings_test=spec.test is not None,
        origins={part: Origin(str(path)) for part, path in files.items() if path},
    )


def _read(name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    inputs, labels = read_npz(Path(name), ("X", "y"), "save it with np.savez(path, X=..., y=...)")
    _check_inputs(name, inputs)
    return inputs, labels


def _part(path: Path | None, like: RawData) -> tuple[NDArray[Any], NDArray[Any]] | tuple[None, None]:
    """The rows (N, I) and labels (N,) of a further file, which must go with those of `like`."""
    if path is None:
        return None, None
    inputs, labels = _read(str(path))
    if inputs.shape[1:] != like.feature_shape:
        raise DataError(
            f"{path}: X: has rows of shape {inputs.shape[1:]}, and those of {like.name} have "
            f"{like.feature_shape}; must be alike, so use files of one set"
        )
    y = known_labels(f"{path}: y", labels, len(inputs), like.classes, like.name)
    return inputs.reshape(len(inputs), -1), y


def _check_inputs(name: str, inputs: NDArray[Any]) -> None:
    if inputs.dtype.kind not in NUMBERS:
        raise DataError(f"{name}: X: is of type {inputs.dtype}; must be numbers, so encode text as numbers")
    if inputs.ndim < 2:
        raise DataError(
            f"{name}: X: has shape {inputs.shape}; must have one row per example, (rows, inputs): "
            f"a single input is X.reshape(-1, 1)"
        )
    if inputs.dtype.kind == "f":
        check_finite(f"{name}: X", inputs.reshape(len(inputs), -1))


def check_finite(name: str, inputs: NDArray[Any]) -> None:
    """Raise DataError unless all `inputs` (N, I) are numbers, also as float32, which networks compute in."""
    with np.errstate(invalid="ignore"):
        bad = ~(np.maximum(-inputs.min(axis=0), inputs.max(axis=0)) <= np.finfo(np.float32).max)
    if bad.any():
        column = int(np.argmax(bad))
        rows = ~(np.abs(inputs[:, column]) <= np.finfo(np.float32).max)
        raise DataError(
            f"{name}: {int(rows.sum())} of {len(inputs)} values in column {column} (counted from 0) are "
            f"missing, infinite or beyond float32; fill them in, or leave these rows out"
        )
