from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

CODES = {"u1": 0x08, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}

IdxBytes = Callable[[NDArray[Any]], bytes]
WriteMnist = Callable[..., Path]


@pytest.fixture
def idx_bytes() -> IdxBytes:
    """The IDX file of an array."""

    def build(array: NDArray[Any]) -> bytes:
        magic = bytes([0, 0, CODES[array.dtype.str[1:]], array.ndim])
        return (
            magic
            + struct.pack(f">{array.ndim}I", *array.shape)
            + array.astype(f">{array.dtype.str[1:]}").tobytes()
        )

    return build


@pytest.fixture
def write_mnist(tmp_path: Path, idx_bytes: IdxBytes) -> WriteMnist:
    """Writes a folder of IDX files: `train` and `test` images of 4x3 pixels, ten classes in turn."""

    def write(train: int = 600, test: int | None = 50) -> Path:
        generator = np.random.default_rng(0)
        for part, rows in (("train", train), ("t10k", test)):
            if rows is not None:
                images = generator.integers(0, 200, (rows, 4, 3), dtype=np.uint8)
                images[:, 0, 0] = 0
                labels = (np.arange(rows) % 10).astype(np.uint8)
                (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(images))
                (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
        return tmp_path

    return write


@pytest.fixture
def peak_bytes() -> Iterator[Callable[[], int]]:
    """The most memory that was held since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
