"""Files that are made to do harm, and the folders and models that some cases begin with."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.commands import here
from tests.corpus.case import GOOD


class Harm:
    """What makes a file `pwned` when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, ("touch pwned",))


PICKLE = pickle.dumps(Harm())


def npz(**arrays: Any) -> bytes:
    """The file that NumPy writes of `arrays`."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def npy(shape: str, dtype: str = "<f4", body: bytes = b"", *, fortran: bool = False) -> bytes:
    """An array of the header `shape` and `dtype`, whatever it may say, and any body."""
    header = f"{{'descr': {dtype!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + body


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip file of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def good_arrays(rows: int = 60) -> dict[str, Any]:
    """Inputs (N, 4) and classes that any network learns."""
    values = np.arange(rows * 4, dtype=np.float32).reshape(rows, 4) % 7
    return {"X": values, "y": (np.arange(rows) % 3).astype(np.int64)}


@cache
def bomb(megabytes: int) -> bytes:
    """Deflated zeros that claim to be an honest array, a thousandth of its size."""
    rows = megabytes * 2**20 // 400
    head, file = npy(f"({rows}, 100)"), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        packed, check = _deflated(head, rows)
        archive.writestr("X.npy", packed, zipfile.ZIP_STORED)
        inflated = archive.getinfo("X.npy")
        inflated.compress_type, inflated.CRC = zipfile.ZIP_DEFLATED, check
        inflated.file_size = len(head) + rows * 400
        archive.writestr("y.npy", npy(f"({rows},)", "|u1") + bytes(rows))
    return file.getvalue()


def _deflated(head: bytes, rows: int) -> tuple[bytes, int]:
    """`head` and so many rows of 400 zeros, deflated, and their checksum: the same piece is repeated."""
    pack, zeros = zlib.compressobj(wbits=-zlib.MAX_WBITS), bytes(400_000)
    begun = pack.compress(head + bytes(rows % 1000 * 400)) + pack.flush(zlib.Z_FULL_FLUSH)
    piece = pack.compress(zeros) + pack.flush(zlib.Z_FULL_FLUSH)
    check = zlib.crc32(head + bytes(rows % 1000 * 400))
    for _ in range(rows // 1000):
        check = zlib.crc32(zeros, check)
    return begun + piece * (rows // 1000) + pack.flush(), check


def idx(kind: int, shape: tuple[int, ...], body: bytes) -> bytes:
    """An IDX file that says what it likes about itself."""
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + body


def gzip_bomb(megabytes: int, head: bytes = b"") -> bytes:
    """Zeros, packed."""
    return gzip.compress(head) + _zeros() * (megabytes // 8)


@cache
def _zeros() -> bytes:
    """Eight megabytes of them, packed."""
    return gzip.compress(bytes(2**23))


def made(path: Path, write: Callable[[Path], None]) -> bytes:
    """The bytes of a file that `write` makes."""
    write(path)
    return path.read_bytes()


@cache
def run_folder() -> Path:
    """A finished run of the good search, and the model it exported: copied by cases, never changed."""
    place = Path(tempfile.mkdtemp(prefix="hpsearch-corpus-"))
    (place / "config.yaml").write_text(GOOD)
    for args in (("run", "config.yaml", "-q", "--executor", "serial"), ("export", "small", "--to", "model")):
        here(place, *args).check_returncode()
    return place


def run_copy(path: Path) -> None:
    """The run's folder, at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(run_folder() / "runs/small", path)


def model_arrays() -> dict[str, Any]:
    """What is in the exported model."""
    with np.load(run_folder() / "small.npz", allow_pickle=False) as file:
        return dict(file)


def model_copy(path: Path) -> None:
    """The exported model."""
    shutil.copy(run_folder() / "small.npz", path)
