"""Files that are no tables, or not the kind that is read: each with its reason and remedy."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.sources.base import load
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.file import read_table, read_texts, said_of_reading

ROWS = "".join(f"{n},{n % 7},{'yes' if n % 2 else 'no'}\n" for n in range(60))
GOOD = "a,b,y\n" + ROWS

WRONG: dict[str, tuple[str | bytes, str]] = {
    "blank lines": ("\n\n\n", "is empty"),
    "binary": (bytes(range(256)) * 20, "is no text, but binary"),
    "binary without zeros": (bytes(range(1, 128)) * 20, "is no text, but binary"),
    "letters of neither": (
        GOOD.replace("yes", "y\x81s").encode("latin-1"),
        "is neither UTF-8 nor Windows-1252",
    ),
    "compressed": (gzip.compress(GOOD.encode()), "is compressed, in the way of gunzip; unpack it"),
    "carriage returns": (GOOD.replace("\n", "\r"), "lines end in carriage returns only"),
    "two of a name": ("a,a,y\n" + ROWS, "has two columns 'a'; rename or remove one"),
    "no name": ("a,,y\n" + ROWS, "column 2 has no name"),
    "a long row": (GOOD + "1,2,yes,4\n", "line 62 has 4 fields, and the first line 3 names"),
    "an open quotation": (GOOD + '1,"2,yes\n', "is no table that can be read"),
    "a name without end": ("a" * 200_000 + ",y\n", "is no table that can be read"),
    "one column": ("y\n" + "yes\nno\n" * 9, "has no column to learn from besides the target 'y'"),
    "a rare class": (GOOD + "1,2,maybe\n", "t.csv: class 'maybe' has 1 row to split"),
    "a long class": (GOOD + f"1,2,{'q' * 100_000}\n", r"class 'q{57}\.\.\.' has 1 row to split"),
    "one number": ("a,y\n1,2.5\n", "all 1 values are 2.5"),
    "two numbers": ("a,y\n1,2.5\n2,3.5\n", "t.csv: has 2 rows, too few for 3 parts"),
    "infinite": ("a,b,y\ninf,2,yes\n" + ROWS, "a: inf in row 1 is infinite or beyond float32; correct it"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case: str, tmp_path: Path) -> None:
    content, words = WRONG[case]
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError, match=words) as error:
        prepare(DatasetSpec(str(path)), seed=0)
    assert str(error.value).startswith(str(path))
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("name", ["t.csv.gz", "t.parquet"])
def test_the_ending_must_be_true(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(GOOD)
    with pytest.raises(DataError, match=r"is damaged|is no table that can be read"):
        prepare(DatasetSpec(str(tmp_path / name)), seed=0)


@pytest.mark.parametrize(
    ("name", "mark", "said"),
    [
        ("t.csv", ";", "is read with ';' between its columns"),
        ("t.csv", "\t", "is read with tabs between its columns"),
        ("t.csv", "|", "is read with '|' between its columns"),
        ("t.tsv", "\t", "is read with tabs between its columns"),
        ("t.csv", ",", ""),
    ],
)
def test_columns_are_told_by_what_stands_between_their_names(
    name: str, mark: str, said: str, tmp_path: Path
) -> None:
    plain = "a,b,y\n" + "".join(f"{n}.5,x y,{'yes' if n % 2 else 'no'}\n" for n in range(60))
    (tmp_path / "plain.csv").write_text(plain)
    path = tmp_path / name
    path.write_text(plain.replace(",", mark))
    assert read_table(path).equals(read_table(tmp_path / "plain.csv"))
    assert read_texts(path).equals(read_texts(tmp_path / "plain.csv"))
    notes = load(DatasetSpec(str(path))).notes
    assert notes == ((f"{path}: {said}",) if said else ())


def test_commas_in_numbers_are_points_where_semicolons_part_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a;b;c\n1,5;"x;y";-0,25\n\n2;z;1e3\n')
    frame = read_table(path)
    assert frame.rows() == [(1.5, "x;y", -0.25), (2.0, "z", 1000.0)]
    assert said_of_reading(path) == "is read with ';' between its columns, and with commas in numbers"
    path.write_text("a;b\n1,5;x\n2.5;y\n")  # both: the comma is none of a number
    assert read_table(path)["a"].to_list() == ["1,5", "2.5"]


def test_marks_and_long_fields_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\ufeffa,b\r\n1," + "x" * 1_000_000 + "\r\n", newline="")
    frame = read_table(path)
    assert frame.columns == ["a", "b"]
    assert len(frame["b"][0]) == 1_000_000


def test_a_column_can_be_read_alone_and_as_texts(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(" a ,b\n1,01\n2,02\n")
    assert read_table(tmp_path / "t.csv", column="b").rows() == [(1,), (2,)]
    assert read_table(tmp_path / "t.csv", texts=["a", "b"]).rows() == [("1", "01"), ("2", "02")]


def test_a_word_among_numbers_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(GOOD.replace("\n9,", "\nunknown,"))
    (note,) = [note for note in prepare(DatasetSpec(str(tmp_path / "t.csv")), seed=0).notes if "'a'" in note]
    assert "column 'a' is taken as texts, for 'unknown' in row 10 is no number" in note
    assert 'list it in dataset.missing (missing: ["unknown"])' in note


@pytest.mark.parametrize("written", ["${}.50", "{} %", '"{},000"', "{}\u00a0€"])
def test_numbers_with_marks_are_said(written: str, tmp_path: Path) -> None:
    rows = "".join(f"{written.format(n)},{n},{'xz'[n % 2]}\n" for n in range(1, 400))
    (tmp_path / "t.csv").write_text("price,b,y\n" + rows, encoding="utf-8")
    notes = prepare(DatasetSpec(str(tmp_path / "t.csv")), seed=0).notes
    assert any(
        "column 'price' is taken as texts" in note and "in row 1 is no number" in note for note in notes
    )
    assert not any("'y' is taken" in note for note in notes)
