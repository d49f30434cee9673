"""The IDX format of MNIST and its relatives: a magic number, the axes as big-endian integers, the values.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits" (1998), file formats.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.storage.checked import MOST_DEFLATED, Readable, check_size, fill, reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The third byte of the magic number -> what the values are.
TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: Path, axes: int) -> NDArray[Any]:
    """The array of an IDX file, plain or gzip-compressed (told by its first bytes, not by its name).

    Args:
        path: the file.
        axes: how many axes the array must have: 1 for labels, 3 for grey images.

    Raises:
        DataError: no such file, not IDX, another number of axes, cut short, too long, damaged, or its header
            declares more than the file can hold or than is taken (see `binary`).
    """
    with reading(path), path.open("rb") as plain:
        packed = path.stat().st_size
        compressed = plain.read(2) == GZIP_MAGIC
        plain.seek(0)
        if not compressed:
            return _read(str(path), plain, axes, packed, most=1)
        with gzip.GzipFile(fileobj=plain) as stream:
            return _read(str(path), stream, axes, packed, MOST_DEFLATED)


def _read(name: str, stream: Readable, axes: int, packed: int, most: int) -> NDArray[Any]:
    dtype, dimensions = _magic(name, stream)
    if dimensions != axes:
        raise DataError(
            f"{name}: holds an array of {dimensions} axes where {axes} are needed; check the path"
        )
    shape = struct.unpack(f">{axes}I", _exactly(name, stream, 4 * axes))
    if 0 in shape:
        raise DataError(f"{name}: holds no values, its shape is {shape}; get the file again")
    check_size(name, shape, dtype.itemsize, packed, most)
    return fill(name, stream, dtype, int(np.prod(shape, dtype=np.int64))).reshape(shape)


def _magic(name: str, stream: Readable) -> tuple[np.dtype[Any], int]:
    magic = _exactly(name, stream, 4)
    if magic[:2] != b"\0\0" or magic[2] not in TYPES:
        raise DataError(f"{name}: is not an IDX file (it begins with {magic.hex(' ')}); check the path")
    return np.dtype(TYPES[magic[2]]), magic[3]


def _exactly(name: str, stream: Readable, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise DataError(f"{name}: ends within its header: cut short; get the file again")
    return content
