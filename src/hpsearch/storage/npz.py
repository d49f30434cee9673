"""NumPy's .npz files. Plain arrays only: one that holds Python objects is a pickle, and never opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.storage.checked import MOST_DEFLATED, check_size, fill, reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"\x93NUMPY"
#: NumPy pads the header of a plain array to 64 or 128 bytes.
LONGEST_HEADER = 4096
#: NumPy itself makes no more (NPY_MAXDIMS, 64 from version 2 on).
MOST_AXES = 64
#: The three entries NumPy writes for a plain array, in its order. Matched, not evaluated.
HEADER = re.compile(
    r"\{'descr': '(?P<dtype>[<>|=]?[a-zA-Z?]\d{0,9})', 'fortran_order': (?P<fortran>True|False), "
    r"'shape': \((?P<shape>(?:\d{1,19}L?(?:, ?|(?=\))))*)\), ?\}\s*"
)
#: Kinds of values that are numbers, as NumPy names them: bool, signed, unsigned, float.
NUMBERS = "biuf"
#: How the files of np.savez and np.savez_compressed are packed, and how much a packed byte can stand for.
METHODS = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: MOST_DEFLATED}


def read_npz(path: Path, names: Sequence[str], remedy: str = "") -> list[NDArray[Any]]:
    """The arrays `names` of an .npz file, in that order; the others are not touched.

    Args:
        path: the file.
        names: which arrays.
        remedy: what to do where one is missing.

    Raises:
        DataError: no such file or array, not .npz, Python objects in it, cut short, damaged, or a header
            that declares more than the file can hold or than is taken (see `binary`).
    """
    with reading(path):
        packed = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            return [
                _read_member(path, archive, _member(path, archive, name, remedy), packed) for name in names
            ]


def names_in(path: Path) -> list[str]:
    """The names of the arrays in an .npz file. Raises DataError as `read_npz`."""
    with reading(path), zipfile.ZipFile(path) as archive:
        return [name.removesuffix(".npy") for name in archive.namelist()]


def _read_member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, packed: int) -> NDArray[Any]:
    what = f"{path}: {info.filename.removesuffix('.npy')}"
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


def _member(path: Path, archive: zipfile.ZipFile, name: str, remedy: str) -> zipfile.ZipInfo:
    members = [entry for entry in archive.infolist() if entry.filename == f"{name}.npy"]
    if len(members) > 1:
        raise DataError(f"{path}: has the array {name!r} more than once; save it again with np.savez")
    if not members:
        held = ", ".join(entry.removesuffix(".npy") for entry in archive.namelist()[:8])
        end = f"; {remedy}" if remedy else ""
        raise DataError(f"{path}: has no array {name!r} (it has: {held or 'nothing'}){end}")
    return members[0]


def _header(what: str, stream: io.BufferedIOBase | Any) -> tuple[np.dtype[Any], bool, tuple[int, ...]]:
    start = stream.read(8)
    if len(start) < 8 or start[:6] != MAGIC or start[6] not in (1, 2, 3):
        raise DataError(f"{what}: is not an array in NumPy's format; save the file with np.savez")
    size = int.from_bytes(stream.read(2 if start[6] == 1 else 4), "little")
    text = stream.read(min(size, LONGEST_HEADER)).decode("latin-1")
    header = HEADER.fullmatch(text)
    if size > LONGEST_HEADER or header is None or header["shape"].count(",") > MOST_AXES:
        raise DataError(f"{what}: must be a plain array of numbers or text; its header is not that of one")
    shape = tuple(int(axis.strip(" L")) for axis in header["shape"].split(",") if axis.strip())
    return _dtype(what, header["dtype"]), header["fortran"] == "True", shape


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
