"""Tables in every kind of file: the same rows, and what was assumed said."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.file import read_table, read_texts, said_of_reading, table_columns
from hpsearch.storage.endings import TABLES, ending
from tests.data.sheets import write_sheets

ROWS = [(n / 4, n % 7, "yes é" if n % 2 else "no") for n in range(60)]
FRAME = pl.DataFrame(ROWS, schema=["a", "größe", "y"], orient="row")
TEXT = FRAME.write_csv()


def _zipped(path: Path, *, other: str = "README.txt") -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/t.csv", TEXT)
        archive.writestr("__MACOSX/data/._t.csv", "x")
        archive.writestr(other, "about it")


def _packed(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(gzip.compress(text.encode()))


WRITERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "t.csv": (lambda path: path.write_text(TEXT, "utf-8"), ""),
    "t.CSV.gz": (_packed(TEXT), ""),
    "t.tsv.gz": (_packed(TEXT.replace(",", "\t")), "is read with tabs between its columns"),
    "t.zip": (_zipped, "is read from 'data/t.csv' in it"),
    "t.txt": (
        lambda path: path.write_text(TEXT.replace(",", "|"), "utf-8"),
        "is read with '|' between its columns",
    ),
    "t.parquet": (FRAME.write_parquet, ""),
    "t.feather": (FRAME.write_ipc, ""),
    "t.arrow": (FRAME.write_ipc, ""),
    "t.jsonl": (FRAME.write_ndjson, ""),
    "t.ndjson": (FRAME.write_ndjson, ""),
    "t.xlsx": (
        lambda path: write_sheets(path, One=[FRAME.columns, *ROWS], Two=[["x"]]),
        "is read from the first of its 2 sheets, 'One'",
    ),
}


def test_every_kind_is_written_here() -> None:
    others = {".tsv", ".txt.gz", ".xls", ".ods"}  # read by what reads one of these
    assert {ending(name) for name in WRITERS} | others == set(TABLES)


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_is_read_from_every_kind_of_file(name: str, tmp_path: Path) -> None:
    if name.endswith(".xlsx"):
        pytest.importorskip("fastexcel")
    write, said = WRITERS[name]
    path = tmp_path / name
    write(path)
    assert read_table(path).equals(FRAME)
    assert read_table(path, column="größe").equals(FRAME[["größe"]])
    assert table_columns(path) == FRAME.columns
    assert said_of_reading(path) == said
    texts = read_texts(path)["a"]
    assert texts.cast(pl.Float64).equals(FRAME["a"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", TEXT.encode("cp1252"), "is read as Windows-1252 text"),
        ("t.csv", TEXT.encode("utf-16"), "is read as UTF-16 text"),
        ("t.csv", b"\xfe\xff" + TEXT.encode("utf-16-be"), "is read as UTF-16 text"),
        ("t.csv", f"Sales\n\n{TEXT}".encode(), "is read without its first 2 lines, above the table"),
        ("t.csv", f"Sales,,\n{TEXT}".encode(), "is read without its first line, above the table"),
        (
            "t.csv",
            f"Sales, in all\n{TEXT.replace(',', ';')}".encode("cp1252"),
            "is read as Windows-1252 text, without its first line, above the table, and with ';' between its "
            "columns",
        ),
        (
            "t.txt",
            TEXT.replace("yes é", '"yes é"').replace(",", "   ").encode(),
            "is read with blanks between its columns",
        ),
    ],
)
def test_what_is_assumed_is_said(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert read_table(path).equals(FRAME)
    assert said_of_reading(path) == said
    (note,) = [note for note in prepare(DatasetSpec(str(path)), seed=0).notes if "is read" in note]
    assert note == f"{path}: {said}"


def test_letters_beyond_the_first_ones_tell_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,y\n" + b"1,x\n" * 600_000 + "2,é\n".encode("cp1252"))
    assert read_table(path)["y"][-1] == "é"
    assert said_of_reading(path) == "is read as Windows-1252 text"


@pytest.mark.parametrize(
    "text",
    [
        "5.1,3,setosa\n" + "4.9,2,setosa\n" * 3,
        "5,3,setosa\n" + "4,2,setosa\n" * 3,  # a text that stands again below
        "5,3,3\n" + "4,2,1\n" * 3,  # no two columns have one name
    ],
)
def test_columns_without_names_are_numbered(text: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    frame = read_table(path)
    assert frame.columns == ["column_1", "column_2", "column_3"]
    assert len(frame) == text.count("\n")
    assert frame["column_1"][0] in (5, 5.1)
    assert "its first line is taken for a row ('5" in said_of_reading(path)
    assert "its columns are called column_1 to column_3" in said_of_reading(path)


@pytest.mark.parametrize("first", ["p,x,s", "p,x,x"])
def test_a_line_of_texts_is_a_row_where_each_stands_again(first: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{first}\n" + "e,x,y\np,b,s\ne,x,x\n" * 3)
    assert table_columns(path) == ["column_1", "column_2", "column_3"]
    assert len(read_table(path)) == 10
    assert "its first line is taken for a row ('p'), not for names" in said_of_reading(path)


def test_names_that_are_repeated_are_names_still(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\nx,y\na,b\nx,z\n" * 3)
    assert table_columns(path) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("5,3\n4,2\n", "5"),
        ("7,8,a\n4,2,b\n", ""),  # names may count
        ("2019,2020,y\n4,2,b\n", ""),
        ("5,3,a\n4,x,b\n", ""),
        ("a,b,7\n4,2,1\n", ""),
        ("9,2,a\n4,2,b\n", "9"),
    ],
)
def test_names_that_may_be_a_row_are_said(text: str, doubted: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert table_columns(path) == text.splitlines()[0].split(",")
    said = f"its first line is taken for names, though it may be a row ('{doubted}'); if it is one, put a line of"
    assert said_of_reading(path) == (f"{said} names before it" if doubted else "")


@pytest.mark.parametrize("names", ["2019,2020,y", "0,1,2", "a,1,y", "5.1,b,c,d,y"])
def test_numbers_may_be_names(names: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        f"{names}\n" + ",".join("9" * names.count(",") + "x") + "\n8" + ",7" * names.count(",") + "\n"
    )
    assert table_columns(path) == names.split(",")


@pytest.mark.parametrize("names", ["850.5,851.0,fat", "fat,-1,1", "1.5,2.5,NA percent"])
def test_a_text_with_numbers_only_below_it_is_a_name(names: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{names}\n0.2,1,4.5\n?,2,NA\n")
    assert table_columns(path) == names.split(",")


@pytest.mark.parametrize("missing", ["-", "NA", "99"])
def test_what_stands_for_a_missing_number_is_no_name(missing: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"5.1,{missing},3\n4.2,1,1\n?,2,1\n")
    assert table_columns(path) == ["column_1", "column_2", "column_3"]


def test_what_a_model_calls_its_columns_tells_whether_they_have_names(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("5,3\n4,2\n")
    assert table_columns(path) == ["5", "3"]
    assert read_table(path, known=["column_1", "column_2"]).rows() == [(5, 3), (4, 2)]
    assert table_columns(path, known=["a", "b"]) == ["5", "3"]


@pytest.mark.parametrize("said", [{"target": "b"}, {"ignore": ("a",)}, {"dates": {"a": "auto"}}])
def test_names_that_are_spoken_of_are_names(said: dict[str, Any], tmp_path: Path) -> None:
    """Though each stands again in its column."""
    path = tmp_path / "t.csv"
    path.write_text("a,c,b\n" + "a,x,b\nd,c,b\nd,y,e\n" * 9)
    assert table_columns(path) == ["column_1", "column_2", "column_3"]
    spec = DatasetSpec(str(path), **said)
    assert table_columns(path, spec.columns) == ["a", "c", "b"]
    if "dates" not in said:
        encoding = prepare(spec, seed=0).encoding
        assert encoding
        assert {column["name"] for column in encoding["columns"]} == {"a", "c"} - {*spec.ignore}


def test_a_zip_may_hold_one_table(tmp_path: Path) -> None:
    _zipped(tmp_path / "t.zip", other="b.csv")
    with pytest.raises(
        DataError, match=r"holds 2 tables \(data/t.csv, b.csv\); unpack the one that is meant"
    ):
        read_table(tmp_path / "t.zip")


@pytest.mark.parametrize("name", ["t.feather", "t.jsonl", "t.xlsx", "t.ods", "t.xls", "t.csv.gz", "t.zip"])
def test_what_is_no_such_file_is_said(name: str, tmp_path: Path) -> None:
    if name in ("t.xlsx", "t.ods", "t.xls"):
        pytest.importorskip("fastexcel")
    (tmp_path / name).write_text(TEXT)
    with pytest.raises(
        DataError, match=r"is no table that can be read|is damaged|is no spreadsheet"
    ) as error:
        read_table(tmp_path / name)
    assert str(error.value).startswith(f"{tmp_path / name}: ")


def test_a_long_line_in_a_packed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,y\n" + b"1" * (17 << 20)))
    with pytest.raises(DataError, match="has a line of more than 16 MB"):
        read_table(path)
