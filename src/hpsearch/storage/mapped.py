"""Several arrays in one file that is mapped, not read.

The file: a magic line, the length of the header (8 bytes, little-endian), the header (JSON: the facts, and
for each array its type, shape and place), then the arrays, each at a multiple of 64 bytes from the start.
"""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.core.errors import DataError
from hpsearch.storage.atomic import replacing
from hpsearch.storage.checked import reading

MAGIC = b"hpsearch data 1\n"
#: A cache line, and enough for any vector instruction.
ALIGNMENT = 64


def write(path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write `arrays` and `facts` (anything JSON can say) to `path`, whole or not at all. Raises OSError."""
    with replacing(path) as stream:
        for piece in _pieces(arrays, facts):
            stream.write(piece)


def _pieces(arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> list[bytes | memoryview]:
    """The file in pieces. Places count from the end of the header, whose length depends on them."""
    place, table = 0, {}
    body: list[bytes | memoryview] = []
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        table[name] = {"dtype": plain.dtype.str, "shape": plain.shape, "place": place}
        body += [plain.reshape(-1).view(np.uint8).data, bytes(-plain.nbytes % ALIGNMENT)]
        place += plain.nbytes + len(body[-1])
    header = json.dumps({"facts": facts, "arrays": table, "size": place}).encode()
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % ALIGNMENT)
    return [MAGIC, len(header).to_bytes(8, "little"), header, *body]


def load(path: Path, names: Sequence[str] | None = None) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays `names` (all of them by default) as read-only maps of the file at `path`, and its facts.

    Raises:
        DataError: no such file, or not one that `write` finished.
    """
    with reading(path), path.open("rb") as stream:
        size = path.stat().st_size
        if stream.read(len(MAGIC)) != MAGIC:
            raise DataError(f"{path}: is not a file of prepared data; delete it, and it is made again")
        length = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(min(length, size)))
        start = stream.tell()
        if start + header["size"] != size:
            raise DataError(f"{path}: is cut short or too long; delete it, and it is made again")
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    table = header["arrays"]
    return {name: _view(mapped, start, table[name]) for name in names or table}, header["facts"]


def _view(mapped: mmap.mmap, start: int, entry: Mapping[str, Any]) -> NDArray[Any]:
    count, place = math.prod(entry["shape"]), start + entry["place"]
    return np.frombuffer(mapped, np.dtype(entry["dtype"]), count, place).reshape(entry["shape"])
