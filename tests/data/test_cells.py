"""Rows without polars: plain values and texts become the inputs that a table of polars becomes."""

from __future__ import annotations

import sys
from datetime import date, datetime
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.spec import Categories, DatasetSpec
from hpsearch.data.tables.cells import columns_of, encode_cells, plain_columns, read_cells
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.file import read_table, read_texts

COLUMNS: dict[str, list[object]] = {
    "n": [1.5, None, 1e6 + 0.25, -3] * 15,
    "near": [1e9 + n / 8 for n in range(60)],
    "text": [*["u", "v", "w", None, "rare"] * 11, *"abcde"],
    "many": [f"city {n % 25}" for n in range(60)],
    "truth": [True, False, False] * 20,
    "born": [date(2020, 1 + n % 12, 1 + n % 28) for n in range(60)],
    "at": [datetime(2020, 1, 1, n % 24, 30) for n in range(60)],
    "y": ["a", "b"] * 30,
}
TEXTS: dict[str, list[str]] = {
    "n": ["+5", " 5.e3", "?", "-", ".5", "NaN", "-7", "1e-3"],
    "near": ["1e9", "1000000001", "", "NA", "-1", "0", "1E9", "1000000007.5"],
    "text": ["u", " v ", "w", "new", "", "NA", "-", "rare"],
    "many": ["city 1", "city 2", "nowhere", "", "city 3", "n/a", "city 24", "-"],
    "truth": ["TRUE", "false", "True", "", "true", "FALSE", "NA", "true"],
    "born": [
        "2021-05-06",
        "",
        "20210102",
        "2021-12-31T23:59:59Z",
        "NA",
        "2021/1/2",
        "2021.01.02",
        "2021-05-06",
    ],
    "at": [
        "2021-05-06 07:08",
        "12:30",
        "",
        "2021-05-06 11:59 pm",
        "NA",
        "2021-05-06",
        "-",
        "2021-05-06T01:02:03",
    ],
}


@pytest.fixture(scope="module")
def encoding(tmp_path_factory: pytest.TempPathFactory) -> Encoding:
    path = tmp_path_factory.mktemp("cells") / "t.csv"
    pl.DataFrame(COLUMNS, strict=False).write_csv(path)
    kept = Categories(rare=3, most=20)
    spec = DatasetSpec(str(path), split=(0.9, 0.1), categories=kept, missing=("-", "-7"))
    facts = prepare(spec, seed=0).encoding
    assert facts is not None
    found = Encoding.from_facts(facts)
    assert any(column.means for column in found.columns)
    assert any(column.origin for column in found.columns)
    assert any(column.other for column in found.columns)
    return found


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_text_is_read_as_polars_reads_it(mark: str, encoding: Encoding, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text(pl.DataFrame(TEXTS).write_csv(separator=mark) + "\n")
    frame = read_table(path, texts=encoding.texts, known=encoding.names, missing=encoding.missing)
    names, rows = read_cells(path, encoding.names)
    assert [names, *rows] == [read_texts(path).columns, *map(list, read_texts(path).rows())]
    ours = encode_cells(encoding, columns_of(names, rows), "new")
    np.testing.assert_array_equal(ours, encoding.encode(frame, "new"))


def test_plain_values_are_encoded_as_a_table_of_them(encoding: Encoding) -> None:
    frame = pl.DataFrame(COLUMNS, strict=False)
    expected = encoding.encode(frame, "t")
    np.testing.assert_array_equal(encode_cells(encoding, plain_columns(COLUMNS), "t"), expected)
    np.testing.assert_array_equal(encode_cells(encoding, plain_columns(frame), "t"), expected)
    arrays = {name: frame[name].to_numpy() for name in ("n", "near", "truth")}
    np.testing.assert_array_equal(encode_cells(encoding, plain_columns({**COLUMNS, **arrays}), "t"), expected)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n": ["1", "1_000"]}, "n: '1_000' in row 2 is no number"),
        ({"n": ["1", "inf"]}, "n: inf in row 2 is infinite or beyond float32"),
        ({"n": ["true", "false"]}, "column 'n' holds true and false, and held numbers"),
        ({"born": ["2020-01-01", "soon"]}, "born: 'soon' in row 2 is no date, year first"),
    ],
)
def test_what_is_wrong_is_said_alike(
    changed: dict[str, list[str]], words: str, encoding: Encoding, tmp_path: Path
) -> None:
    frame = pl.DataFrame({**{name: texts[:2] for name, texts in TEXTS.items()}, **changed})
    frame.write_csv(tmp_path / "new.csv")
    cells = columns_of(*read_cells(tmp_path / "new.csv"))
    table = read_table(tmp_path / "new.csv", texts=encoding.texts, missing=encoding.missing)
    ours, theirs = partial(encode_cells, encoding, cells, "t"), partial(encoding.encode, table, "t")
    for encode in (ours, theirs):
        with pytest.raises(DataError, match=words):
            encode(None)
        if "holds" not in words:
            lost: dict[int, str] = {}
            assert len(encode(lost)) == 2
            assert list(lost) == [1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n\n", "has no rows"),
        ("n\n1,2\n", "line 2 has 2 fields"),
        ("n\n\x81\n", "neither"),
        ("m\n1\n", "no column"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, words: str, encoding: Encoding, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=words):
        encode_cells(encoding, columns_of(*read_cells(tmp_path / "new.csv")), "new")


def test_nothing_of_it_needs_polars(
    encoding: Encoding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pl.DataFrame(TEXTS).write_csv(tmp_path / "new.csv")
    monkeypatch.setitem(sys.modules, "polars", None)
    assert len(encode_cells(encoding, columns_of(*read_cells(tmp_path / "new.csv")), "new")) == 8
