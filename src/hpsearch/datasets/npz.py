"""NumPy's .npz files. Plain arrays only: one that holds Python objects is a pickle, and never opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.datasets.binary import MOST_DEFLATED, check_size, fill, reading
from hpsearch.datasets.labels import encode_labels, encode_values, known_labels
from hpsearch.datasets.source import FORMATS, RawData, refuse_dir
from hpsearch.datasets.spec import DatasetSpec
from hpsearch.errors import DataError

MAGIC = b"\x93NUMPY"
#: NumPy pads the header of a plain array to 64 or 128 bytes.
LONGEST_HEADER = 4096
#: The three entries NumPy writes for a plain array, in its order. Matched, not evaluated.
HEADER = re.compile(
    r"\{'descr': '(?P<dtype>[<>|=]?[a-zA-Z?]\d{0,9})', 'fortran_order': (?P<fortran>True|False), "
    r"'shape': \((?P<shape>(?:\d{1,19}L?,? ?)*)\), ?\}\s*"
)
#: Kinds of values that are numbers, as NumPy names them: bool, signed, unsigned, float.
NUMBERS = "biuf"
#: How the files of np.savez and np.savez_compressed are packed, and how much a packed byte can stand for.
METHODS = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: MOST_DEFLATED}


@FORMATS.register(".npz")
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
    return replace(
        raw, X_val=X_val, y_val=y_val, X_test=X_test, y_test=y_test, brings_test=spec.test is not None
    )


def _read(name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    inputs, labels = read_npz(Path(name), ("X", "y"))
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
    found = known_labels(f"{path}: y", labels, len(inputs), like.classes, like.name)
    return inputs.reshape(len(inputs), -1), found


def read_npz(path: Path, names: Sequence[str]) -> list[NDArray[Any]]:
    """The arrays `names` of an .npz file, in that order; the others are not touched.

    Raises:
        DataError: no such file or array, not .npz, Python objects in it, cut short, damaged, or a header
            that declares more than the file can hold or than is taken (see `binary`).
    """
    with reading(path):
        packed = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            return [_read_member(path, archive, name, packed) for name in names]


def _read_member(path: Path, archive: zipfile.ZipFile, name: str, packed: int) -> NDArray[Any]:
    info = _member(path, archive, name)
    what = f"{path}: {name}"
    if info.compress_type not in METHODS:
        raise DataError(f"{what}: is packed in an unknown way; save it with np.savez or np.savez_compressed")
    with archive.open(info) as stream:
        dtype, fortran, shape = _header(what, stream)
        if dtype.itemsize == 0 or 0 in shape:
            raise DataError(f"{what}: holds no values, its shape is {shape}; at least one row is needed")
        room = min(packed, info.compress_size)
        check_size(what, shape, dtype.itemsize, room, METHODS[info.compress_type])
        values = fill(what, stream, dtype, int(np.prod(shape, dtype=np.int64)))
    return values.reshape(shape, order="F" if fortran else "C")


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(f"{name}.npy")
    except KeyError:
        found = ", ".join(entry.removesuffix(".npy") for entry in archive.namelist()[:8])
        raise DataError(
            f"{path}: has no array {name!r} (it has: {found or 'nothing'}); "
            f"save it with np.savez(path, X=..., y=...)"
        ) from None


def _header(what: str, stream: io.BufferedIOBase | Any) -> tuple[np.dtype[Any], bool, tuple[int, ...]]:
    start = stream.read(8)
    if len(start) < 8 or start[:6] != MAGIC or start[6] not in (1, 2, 3):
        raise DataError(f"{what}: is not an array in NumPy's format; save the file with np.savez")
    size = int.from_bytes(stream.read(2 if start[6] == 1 else 4), "little")
    text = stream.read(min(size, LONGEST_HEADER)).decode("latin-1")
    found = HEADER.fullmatch(text)
    if size > LONGEST_HEADER or found is None:
        raise DataError(f"{what}: must be a plain array of numbers or text; its header is not that of one")
    shape = tuple(int(axis.strip(" L")) for axis in found["shape"].split(",") if axis.strip())
    return _dtype(what, found["dtype"]), found["fortran"] == "True", shape


def _dtype(what: str, name: str) -> np.dtype[Any]:
    if name.lstrip("<>|=").startswith("O"):
        raise DataError(
            f"{what}: holds Python objects, which loading would run as a program, so it is not loaded; "
            f"save it as numbers, for instance X.astype('float32')"
        )
    try:
        dtype = np.dtype(name)
    except TypeError:
        raise DataError(f"{what}: is of the unknown type {name!r}; save it as numbers") from None
    if dtype.kind not in NUMBERS + "US":
        raise DataError(f"{what}: is of type {dtype}; must be numbers or text")
    return dtype


def _check_inputs(name: str, inputs: NDArray[Any]) -> None:
    if inputs.dtype.kind not in NUMBERS:
        raise DataError(f"{name}: X: is of type {inputs.dtype}; must be numbers, so encode text as numbers")
    if inputs.ndim < 2:
        raise DataError(
            f"{name}: X: has shape {inputs.shape}; must have one row per example, (rows, inputs): "
            f"a single input is X.reshape(-1, 1)"
        )
    if inputs.dtype.kind == "f":
        _check_finite(name, inputs.reshape(len(inputs), -1))


def _check_finite(name: str, inputs: NDArray[Any]) -> None:
    """Every value must also be one as float32, which the network computes in."""
    with np.errstate(invalid="ignore"):
        bad = ~(np.maximum(-inputs.min(axis=0), inputs.max(axis=0)) <= np.finfo(np.float32).max)
    if bad.any():
        column = int(np.argmax(bad))
        rows = ~(np.abs(inputs[:, column]) <= np.finfo(np.float32).max)
        raise DataError(
            f"{name}: X: {int(rows.sum())} of {len(inputs)} values in column {column} (counted from 0) are "
            f"missing, infinite or beyond float32; fill them in, or leave these rows out"
        )
