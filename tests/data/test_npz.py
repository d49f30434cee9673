from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hpsearch.core.errors import DataError
from hpsearch.data.sources.base import load
from hpsearch.data.spec import DatasetSpec
from hpsearch.storage import checked as binary
from hpsearch.storage.npz import read_npz

X = np.arange(12, dtype=np.float64).reshape(6, 2)
Y = np.array([0, 1, 0, 1, 0, 1])


class Trap:
    """Unpickling this leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return (open, (str(self.path), "w"))


def saved(folder: Path, compressed: bool = False, **arrays: Any) -> Path:
    path = folder / "data.npz"
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return path


def member(header: str, body: bytes = b"", version: int = 1) -> bytes:
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header.encode() + body


def archive(folder: Path, method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> Path:
    path = folder / "data.npz"
    with zipfile.ZipFile(path, "w", method) as target:
        for name, content in members.items():
            target.writestr(f"{name}.npy", content)
    return path


def npy(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", ["?", "u1", "<i8", ">i4", "<f2", "<f4", ">f8", "<U3", "S4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_plain_arrays_come_back(tmp_path: Path, compressed: bool, kind: str, order: Any) -> None:
    array = np.asarray(np.arange(24).reshape(2, 3, 4).astype(kind), order=order)
    (found,) = read_npz(saved(tmp_path, compressed, X=array), ["X"])
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_the_format_is_read(tmp_path: Path, version: tuple[int, int]) -> None:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, X, version=version)
    (found,) = read_npz(archive(tmp_path, X=stream.getvalue()), ["X"])
    np.testing.assert_array_equal(found, X)


def test_images_are_made_flat(tmp_path: Path) -> None:
    raw = load(DatasetSpec(str(saved(tmp_path, X=np.ones((6, 4, 3)), y=Y))))
    assert (raw.X.shape, raw.feature_shape, raw.brings_test) == ((6, 12), (4, 3), False)


def test_python_objects_are_refused_and_never_run(tmp_path: Path) -> None:
    trap = np.array([Trap(tmp_path / "sprung")] * 6, dtype=object)
    path = saved(tmp_path, X=trap, y=trap)
    with pytest.raises(DataError, match=r"data\.npz: X: holds Python objects"):
        load(DatasetSpec(str(path)))
    assert not (tmp_path / "sprung").exists()
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung"))).close()
    assert (tmp_path / "sprung").exists(), "the trap works"


def test_a_bare_pickle_is_refused_and_never_run(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(DataError, match="is damaged"):
        load(DatasetSpec(str(path)))
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("compressed", [False, True])
def test_every_cut_is_noticed(tmp_path: Path, compressed: bool) -> None:
    path = saved(tmp_path, compressed, X=X, y=Y)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError):
            load(DatasetSpec(str(path)))


@pytest.mark.parametrize("compressed", [False, True])
def test_every_flipped_byte_is_noticed_or_harmless(tmp_path: Path, compressed: bool) -> None:
    path = saved(tmp_path, compressed, X=X, y=Y)
    whole = path.read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(bytes(damaged))
        try:
            raw = load(DatasetSpec(str(path)))
        except DataError:
            continue
        np.testing.assert_array_equal(raw.X, X)
        np.testing.assert_array_equal(raw.y, Y)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("shape", ["(1000000, 100)", "(4294967296, 4294967296)", f"({'9' * 19},)"])
def test_a_lying_header_costs_no_memory(
    tmp_path: Path, peak_bytes: Callable[[], int], method: int, shape: str
) -> None:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    path = archive(tmp_path, method, X=member(header, bytes(64)), y=npy(Y))
    with pytest.raises(DataError, match="X: its header declares"):
        load(DatasetSpec(str(path)))
    assert peak_bytes() < 2**20


def test_a_bomb_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peak_bytes: Callable[[], int]
) -> None:
    monkeypatch.setattr(binary, "UNSUSPICIOUS", 2**20)
    path = saved(tmp_path, compressed=True, X=np.zeros((2**20, 8), np.uint8), y=Y)
    before = peak_bytes()
    with pytest.raises(DataError, match="no real data"):
        load(DatasetSpec(str(path)))
    assert peak_bytes() - before < 2**20


def test_a_header_that_declares_a_long_header_is_not_unpacked(
    tmp_path: Path, peak_bytes: Callable[[], int]
) -> None:
    path = archive(tmp_path, X=b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31) + bytes(2**23), y=npy(Y))
    before = peak_bytes()
    with pytest.raises(DataError, match="must be a plain array"):
        load(DatasetSpec(str(path)))
    assert peak_bytes() - before < 2**20


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (6, 2), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-6, 2), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (6.0, 2), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 6, }",
        "{'descr': '<f8', 'fortran_order': 7, 'shape': (6, 2), }",
        "{'descr': '<f8'}",
        "(" * 3000,
        "__import__('os').abort()",
        "",
    ],
)
def test_a_strange_header_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(DataError, match="must be a plain array"):
        load(DatasetSpec(str(archive(tmp_path, X=member(header, bytes(96)), y=npy(Y)))))


@pytest.mark.parametrize("kind", ["<f3", "<q9", "<c16", "<M8", "<V8", "<x4"])
def test_a_strange_type_is_refused(tmp_path: Path, kind: str) -> None:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (6, 2), }}"
    with pytest.raises(DataError, match=r"X: is of .*type"):
        load(DatasetSpec(str(archive(tmp_path, X=member(header, bytes(192)), y=npy(Y)))))


def test_another_packing_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, zipfile.ZIP_LZMA, X=npy(X), y=npy(Y))
    with pytest.raises(DataError, match="unknown way"):
        load(DatasetSpec(str(path)))


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ({"X": X}, r"no array 'y' \(it has: X\)"),
        ({"features": X, "y": Y}, r"no array 'X' \(it has: features, y\)"),
        ({"X": X[:, 0], "y": Y}, r"X: has shape \(6,\); must have one row per example"),
        ({"X": X.astype(str), "y": Y}, "X: is of type .*must be numbers"),
        ({"X": X[:0], "y": Y[:0]}, "holds no values"),
        ({"X": X[:, :0], "y": Y}, "holds no values"),
        ({"X": np.where(X == 5, np.nan, X), "y": Y}, r"1 of 6 values in column 1 .* are missing"),
        ({"X": np.where(X > 5, -np.inf, X), "y": Y}, r"3 of 6 values in column 0 .* infinite"),
        ({"X": np.where(X > 9, 1e39, X), "y": Y}, r"beyond float32"),
        ({"X": X, "y": Y[:5]}, "5 labels for 6 rows"),
    ],
)
def test_arrays_that_are_no_data_set_are_refused(
    tmp_path: Path, arrays: dict[str, Any], problem: str
) -> None:
    with pytest.raises(DataError, match=rf"data\.npz.*{problem}"):
        load(DatasetSpec(str(saved(tmp_path, **arrays))))
