"""Tables in whatever spelling: what is read is what they were written from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.file import read_table, read_texts
from hpsearch.data.tables.texts import MISSING

#: What a cell holds, and how it is written.
Cell: TypeAlias = "tuple[Any, str]"
#: A column's cells; of texts the first is none that could be a number.
Column: TypeAlias = "list[Cell]"

BLANKS = st.sampled_from(["", "", " ", "  ", "\t"])
GAPS = st.sampled_from([*MISSING, " ", " NA "]).map(lambda text: (None, text))
MARKS = {"\n", "\r", ",", '"'}


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@st.composite
def whole_numbers(draw: st.DrawFn) -> Cell:
    number = draw(st.integers(-(2**53), 2**53) | st.integers(-20, 20))
    return number, signed(draw, f"{number}{draw(st.sampled_from(['', '', '.', '.0', 'e0', '.e0', 'E+00']))}")


@st.composite
def identifiers(draw: st.DrawFn) -> Cell:
    """Whole numbers that only 64 bits hold."""
    number = draw(st.integers(-(2**62), 2**62))
    return number, signed(draw, str(number))


def signed(draw: st.DrawFn, text: str) -> str:
    return text if text.startswith("-") else draw(st.sampled_from(["", "+"])) + text


@st.composite
def fractions(draw: st.DrawFn) -> Cell:
    number = draw(st.floats(allow_nan=False, allow_infinity=False))
    text = draw(st.sampled_from(["{!r}", "{:.17e}", "{:.17E}"])).format(number)
    text = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) and draw(st.booleans()) else text
    return number, signed(draw, text)


TRUTHS = st.booleans().flatmap(
    lambda truth: st.sampled_from([str(truth).lower(), str(truth), str(truth).upper()]).map(
        lambda text: (truth, text)
    )
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n,"'), max_size=8).map(
    lambda text: (f"t {text}.", f"t {text}.")
)


@st.composite
def columns(draw: st.DrawFn, rows: int) -> Column:
    numbers = [whole_numbers(), identifiers(), fractions(), whole_numbers() | fractions()]
    kind = draw(st.sampled_from([*numbers, TRUTHS, TEXTS]))
    known = draw(kind)
    rest = draw(st.lists(kind | GAPS if draw(st.booleans()) else kind, min_size=rows - 1, max_size=rows - 1))
    return [(value, written(draw, text)) for value, text in [known, *rest]]


def written(draw: st.DrawFn, text: str) -> str:
    around = draw(BLANKS) if not MARKS & set(text) else ""
    text = around + text + around
    return quoted(text) if MARKS & set(text) or draw(st.sampled_from([False, False, True])) else text


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Column], bytes]:
    rows = draw(st.integers(1, 6))
    held = [
        *draw(st.lists(columns(rows), min_size=1, max_size=4)),
        [(f"row {row}.",) * 2 for row in range(rows)],
    ]
    end, mark = draw(st.sampled_from(["\n", "\r\n"])), draw(st.sampled_from(["", "\ufeff"]))
    lines = [",".join(f"c{place}" for place in range(len(held)))]
    for row in range(rows):
        lines += [""] * draw(st.sampled_from([0, 0, 0, 1, 2]))
        lines.append(",".join(column[row][1] for column in held))
    return held, (mark + end.join(lines) + end * draw(st.integers(0, 3))).encode()


def values(held: Sequence[Column], column: int) -> list[Any]:
    return [value for value, _ in held[column]]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spellings") / "t.csv"


@given(tables())
def test_a_table_is_read_as_what_it_was_written_from(path: Path, drawn: tuple[list[Column], bytes]) -> None:
    held, content = drawn
    path.write_bytes(content)
    frame = read_table(path)
    for column, name in enumerate(frame.columns):
        assert frame[name].to_list() == values(held, column), name
    assert len(read_texts(path)) == len(frame)


def test_labels_of_64_bits_stay_apart_with_blanks_around_them(path: Path) -> None:
    labels = [2**53, 2**53 + 1]
    path.write_text("a, y\n" + "".join(f"{row}, {labels[row % 2]}\n" for row in range(40)))
    assert prepare(DatasetSpec(str(path)), seed=0).classes == tuple(map(str, labels))
