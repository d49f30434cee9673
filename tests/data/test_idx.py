from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hpsearch.core.errors import DataError
from hpsearch.data.sources.idx import read_idx
from hpsearch.storage import checked as binary

IdxBytes = Callable[[NDArray[Any]], bytes]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gz": lambda data: gzip.compress(data, mtime=0),
}
IMAGES = np.arange(5 * 3 * 2, dtype=np.uint8).reshape(5, 3, 2)


@pytest.fixture(params=list(PACKERS))
def pack(request: pytest.FixtureRequest) -> Callable[[bytes], bytes]:
    return PACKERS[request.param]


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4", "f8"])
def test_arrays_come_back(
    tmp_path: Path, idx_bytes: IdxBytes, pack: Callable[[bytes], bytes], kind: str
) -> None:
    array = IMAGES.astype(kind)
    found = read_idx(written(tmp_path, pack(idx_bytes(array))), axes=3)
    np.testing.assert_array_equal(found, array)
    assert found.dtype.newbyteorder("=") == array.dtype


def test_every_cut_is_noticed(tmp_path: Path, idx_bytes: IdxBytes, pack: Callable[[bytes], bytes]) -> None:
    whole = pack(idx_bytes(IMAGES))
    for length in range(len(whole)):
        with pytest.raises(DataError):
            read_idx(written(tmp_path, whole[:length]), axes=3)


def test_every_flipped_byte_of_a_gz_file_is_noticed_or_harmless(tmp_path: Path, idx_bytes: IdxBytes) -> None:
    whole = PACKERS["gz"](idx_bytes(IMAGES))
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        try:
            found = read_idx(written(tmp_path, bytes(damaged)), axes=3)
        except DataError:
            continue
        np.testing.assert_array_equal(found, IMAGES)


def test_bytes_after_the_last_value_are_noticed(tmp_path: Path, idx_bytes: IdxBytes) -> None:
    with pytest.raises(DataError, match="goes on after its 30 bytes"):
        read_idx(written(tmp_path, idx_bytes(IMAGES) + b"!"), axes=3)


def test_another_number_of_axes_is_refused(tmp_path: Path, idx_bytes: IdxBytes) -> None:
    with pytest.raises(DataError, match="array of 3 axes where 1 are needed"):
        read_idx(written(tmp_path, idx_bytes(IMAGES)), axes=1)


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\0\1\x08\3", b"\0\0\x07\3"])
def test_another_format_is_refused(tmp_path: Path, magic: bytes) -> None:
    with pytest.raises(DataError, match="is not an IDX file"):
        read_idx(written(tmp_path, magic + bytes(100)), axes=3)


def test_a_file_without_rows_is_refused(tmp_path: Path, idx_bytes: IdxBytes) -> None:
    with pytest.raises(DataError, match="holds no values"):
        read_idx(written(tmp_path, idx_bytes(IMAGES[:0])), axes=3)


@pytest.mark.parametrize("rows", [10**6, 2**32 - 1])
def test_a_lying_header_costs_no_memory(
    tmp_path: Path, pack: Callable[[bytes], bytes], peak_bytes: Callable[[], int], rows: int
) -> None:
    path = written(tmp_path, pack(b"\0\0\x08\3" + struct.pack(">III", rows, 28, 28) + bytes(100)))
    with pytest.raises(DataError, match="its header declares"):
        read_idx(path, axes=3)
    assert peak_bytes() < 2**20


def test_a_bomb_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peak_bytes: Callable[[], int]
) -> None:
    monkeypatch.setattr(binary, "UNSUSPICIOUS", 2**20)
    path = written(tmp_path, gzip.compress(b"\0\0\x08\1" + struct.pack(">I", 2**23) + bytes(2**23)))
    before = peak_bytes()
    with pytest.raises(DataError, match="no real data"):
        read_idx(path, axes=1)
    assert peak_bytes() - before < 2**20


def test_missing_files_folders_and_devices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_idx(tmp_path / "absent", axes=1)
    with pytest.raises(DataError, match="cannot be read"):
        read_idx(tmp_path, axes=1)
    with pytest.raises(DataError, match="device or pipe"):
        read_idx(Path("/dev/zero"), axes=1)
