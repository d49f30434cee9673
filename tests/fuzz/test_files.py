"""Files of data, models, weights and states. Only the documented errors, little time and memory."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.errors import DataError, InputError
from hpsearch.data.sources.base import load
from hpsearch.data.sources.idx import read_idx
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.file import read_table, read_texts
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.state import State
from hpsearch.nn.weights import load_weights
from hpsearch.objectives.network.model_file import FORMAT, load_model
from tests.corpus.making import good_arrays, idx, npy, npz, zipped
from tests.fuzz.strategies import FUZZ, NUMBERS, edited, mutated, quick

_ROWS = "".join(f"{index % 7},{index % 5}.5,{'abc'[index % 3]},2024-01-02\n" for index in range(30))
CSV = f"a,b,c,when\n{_ROWS}".encode()
CELLS = [
    b",",
    b"\n",
    b'"',
    b'""',
    b"\r",
    b"\r\n",
    b";",
    b"NA",
    b"nan",
    b"1e999",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\x1f\x8b",
    b"_duplicated_0",
    b"9" * 40,
]


def _packed() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **good_arrays())
    return file.getvalue()


@cache
def _parquet() -> bytes:
    import polars as pl

    file = io.BytesIO()
    pl.DataFrame(
        {"a": [1, 2, None] * 10, "b": [0.5, 1.5, 2.5] * 10, "c": ["x", "y", "z"] * 10}
    ).write_parquet(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return tmp_path_factory.mktemp("fuzz")  # type: ignore[return-value]


def _load(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with quick():
        try:
            raw = load(DatasetSpec(str(path)))
        except DataError as error:
            assert str(path.name) in str(error) or "class" in str(error)
            assert "allow_pickle" not in str(error)
            return
    assert len(raw.X) == len(raw.y)


@FUZZ
@given(
    edited(
        [npz(**good_arrays()), _packed()],
        [b"PK\3\4", b"PK\1\2", b"PK\5\6", b"\x93NUMPY", b"'|O'", b"(9" * 9, b"\xff" * 8],
    )
)
def test_any_bytes_are_an_npz_or_refused(place: Path, content: bytes) -> None:
    _load(place / "data.npz", content)


@FUZZ
@given(
    st.tuples(NUMBERS, NUMBERS).map(str) | st.text("0123456789,() L-.", max_size=30),
    st.sampled_from(
        [
            "<f4",
            ">f8",
            "|u1",
            "<i8",
            "<U5",
            "|S3",
            "|O",
            "<M8",
            "|V8",
            "<c8",
            "|b1",
            "<U999999999",
            "<f2",
            "?",
        ]
    ),
    st.binary(max_size=64),
)
def test_any_header_is_an_array_or_refused(place: Path, shape: str, dtype: str, body: bytes) -> None:
    _load(
        place / "data.npz", zipped({"X.npy": npy(shape, dtype, body), "y.npy": npy("(2,)", "|u1", b"\0\1")})
    )


@FUZZ
@given(
    edited(
        [idx(8, (3, 2, 2), bytes(12)), gzip.compress(idx(8, (3, 2, 2), bytes(12)))],
        [b"\xff" * 4, b"\x1f\x8b", bytes(8)],
    )
)
def test_any_bytes_are_idx_or_refused(place: Path, content: bytes) -> None:
    path = place / "images"
    path.write_bytes(content)
    with quick():
        try:
            assert read_idx(path, axes=3).ndim == 3
        except DataError as error:
            assert str(path) in str(error)


@FUZZ
@given(edited([CSV, b"a,b\n1,x\n2,y\n"], CELLS))
def test_any_text_is_a_table_or_refused(place: Path, content: bytes) -> None:
    _load(place / "data.csv", content)
    with quick():
        try:
            assert len(read_texts(place / "data.csv")) > 0
        except DataError as error:
            assert "data.csv" in str(error)


@FUZZ
@given(edited([_parquet()], [b"PAR1", b"\xff" * 8, b"\x15\x00"]))
def test_any_bytes_are_parquet_or_refused(place: Path, content: bytes) -> None:
    path = place / "data.parquet"
    path.write_bytes(content)
    with quick():
        try:
            read_table(path)
        except DataError as error:
            assert "data.parquet" in str(error)


# -- what training leaves and takes ------------------------------------------------------------------------

SHAPE = Architecture(4, (3,), 2)
FACTS: dict[str, Any] = {
    "format": FORMAT,
    "architecture": {"inputs": 4, "hidden": [3], "outputs": 2, "activation": "relu", "loss": "cross_entropy",
        "task": "classification", "batch_norm": "off", "dropout": "off", "input_dropout": False},
    "classes": ["a", "b"],
    "encoding": {"columns": [
        {"name": "a", "categories": None, "missing": False}, {"name": "c", "categories": ["x", "y", "z"], "missing": False}],
        "target": "d"},
    "origin": {"run": "r", "trial": 0},
}  # fmt: skip


def _model(facts: Any = FACTS, **changes: Any) -> bytes:
    arrays: dict[str, Any] = {"parameters": np.zeros(Network(SHAPE).layout.size, np.float32)}
    arrays |= {name: np.zeros(4) for name in ("offset", "factor", "fill")}
    return npz(**{**arrays, "facts": np.array(json.dumps(facts)), **changes})


def _predict(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    (path.parent / "rows.parquet").write_bytes(_parquet())
    with quick():
        try:
            model = load_model(path)
            assert set(model.predict(path.parent / "rows.parquet")) <= set(model.classes)
        except InputError as error:
            assert "model.npz" in str(error) or "rows.parquet" in str(error)
            assert "allow_pickle" not in str(error)


@FUZZ
@given(mutated(FACTS))
def test_any_facts_are_a_model_or_refused(place: Path, facts: Any) -> None:
    _predict(place / "model.npz", _model(facts))


@FUZZ
@given(edited([_model()], [b"PK\3\4", b"\x93NUMPY", b"'|O'", b"\xff" * 8, b"[", b"9" * 20]))
def test_any_bytes_are_a_model_or_refused(place: Path, content: bytes) -> None:
    _predict(place / "model.npz", content)


def _state() -> bytes:
    file = io.BytesIO()
    array = np.zeros((1, 5), np.float32)
    State(1, 3, array, {"velocity": array}, np.zeros(1, np.int64)).write(file)
    return file.getvalue()


@FUZZ
@given(edited([_state(), _model()], [b"PK\3\4", b"slot_", b"\x93NUMPY", b"'|O'", b"\xff" * 8, b"()"]))
def test_any_bytes_are_a_state_or_refused(place: Path, content: bytes) -> None:
    path = place / "state.npz"
    path.write_bytes(content)
    with quick():
        try:
            State.load(path)
        except DataError as error:
            assert "state.npz" in str(error)
        try:
            load_weights(path, Network(SHAPE).layout)
        except InputError as error:
            assert "state.npz" in str(error)


def test_the_seeds_are_good(place: Path) -> None:
    (place / "model.npz").write_bytes(_model())
    (place / "rows.parquet").write_bytes(_parquet())
    assert load_model(place / "model.npz").predict(place / "rows.parquet") == ["a"] * 30
    (place / "state.npz").write_bytes(_state())
    assert State.load(place / "state.npz").epoch == 1
