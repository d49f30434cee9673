"""Tables as people write them, and what is read of them: each is compared with the values it was written from."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.file import read_table, read_texts
from hpsearch.data.tables.learning import learn

pl = pytest.importorskip("polars")
_NOTHING = ("", "NA", "NAN", "nan", "?", " ", " NA ")


def read(folder: Path, text: str) -> dict[str, list[object]]:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path).to_dict(as_series=False)


@st.composite
def _spelled(draw: st.DrawFn) -> tuple[str, float | None]:
    """A number, or none, as somebody might write it."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(_NOTHING)), None
    value = draw(st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6, allow_subnormal=False)))
    forms = [f"{value!r}", f" {value!r}", f"{value!r} ", f"{value:.9e}", f"{value:.9E}"]
    forms += [f"+{value!r}"] if math.copysign(1, value) > 0 else []
    forms += [f"{value}."] if isinstance(value, int) else []
    text = draw(st.sampled_from(forms))
    return text, float(text)


@given(cells=st.lists(_spelled(), min_size=3, max_size=20))
def test_numbers_are_numbers_however_they_are_spelled(
    cells: list[tuple[str, float | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [*cells, ("1", 1.0)]
    text = "a,b\n" + "".join(f"{spelled},{place}\n" for place, (spelled, _) in enumerate(rows))
    found = read(tmp_path_factory.mktemp("t"), text)
    assert found == {"a": [value for _, value in rows], "b": list(range(len(rows)))}


@pytest.mark.parametrize("odd", ["+5", "5.e3", "1" * 39, "1" * 60, "Infinity"])
def test_odd_numbers_are_numbers(odd: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"a,y\n{odd},u\n6,v\n") == {"a": [pytest.approx(float(odd)), 6.0], "y": ["u", "v"]}


def test_digits_of_another_width_are_texts_and_nothing_is_wrong_with_the_rest(tmp_path: Path) -> None:
    found = read(tmp_path, "a,b,c\n\uff11\uff12,1,true\n6,2,false\n")
    assert found == {"a": ["\uff11\uff12", "6"], "b": [1.0, 2.0], "c": [True, False]}


def test_lines_without_anything_are_no_rows(tmp_path: Path) -> None:
    text = 'a,b\n\n1,2\n   \nNA,NA\n3,"x"\n\n,\n'
    assert read(tmp_path, text) == {"a": [1, None, 3, None], "b": ["2", None, "x", None]}
    assert read_texts(tmp_path / "t.csv").rows() == [("1", "2"), ("NA", "NA"), ("3", "x"), ("", "")]
    assert read(tmp_path, 'a\n1\n\n""\n3\n\n') == {"a": [1, None, 3]}


def test_a_quotation_mark_within_a_cell_is_read_or_said_with_its_line(tmp_path: Path) -> None:
    try:
        found = read(tmp_path, 'a,b\n1,2\n5" pipe,1\n')
    except DataError as error:
        assert "line 3 has a quotation mark that is not closed, or stands within" in str(error)
    else:  # polars takes it, or not, by its version
        assert found == {"a": ["1", '5" pipe'], "b": [2, 1]}


def test_names_are_kept_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('"a ""x""",b\n1,2\n')
    assert read_texts(tmp_path / "t.csv").columns == ['a "x"', "b"]


def test_a_text_of_a_parquet_file_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": ["NA", "US", "", None, "+5"]}).write_parquet(path)
    assert read_table(path)["a"].to_list() == ["NA", "US", "", None, "+5"]
    encoding, _ = learn(read_table(path).with_columns(y=pl.lit(1)), "y", "t")
    assert encoding.columns[0].categories == ("+5", "NA", "US")


@pytest.mark.parametrize(
    "values", [[1_700_000_000.0 + step for step in range(99)], [1e6 + 1e-3 * step for step in range(99)]]
)
def test_numbers_close_together_far_from_zero_are_told_apart(values: list[float]) -> None:
    frame = pl.DataFrame({"a": values, "y": list(range(99))})
    encoding, _ = learn(frame, "y", "t")
    inputs = Encoding.from_facts(encoding.as_facts()).encode(frame, "t")[:, 0].astype(np.float64)
    steps = np.diff(inputs)
    np.testing.assert_allclose(steps, np.diff(values), rtol=1e-3)


def test_numbers_that_float32_holds_are_left_alone() -> None:
    frame = pl.DataFrame({"a": [1990, 2000, 2010], "b": [0.1, 0.2, 0.3], "y": [1, 2, 3]})
    encoding, _ = learn(frame, "y", "t")
    assert [column.origin for column in encoding.columns] == [0.0, 0.0]


def test_labels_beyond_the_whole_numbers_of_floats_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    labels = [2**53, 2**53 + 1]
    path.write_text("a,y\n" + "".join(f"{row},{labels[row % 2]}\n" for row in range(40)))
    assert prepare(DatasetSpec(str(path)), seed=0).classes == tuple(map(str, labels))


@pytest.mark.parametrize(
    ("learned", "given", "refused"),
    [
        ([1.5, 2.5], [True, False], "true and false"),
        ([1.5, 2.5], [None, None], ""),
        ([True, False], [True, True], ""),
        ([True, False], [1, 0], ""),
    ],
)
def test_true_and_false_are_no_numbers(learned: list[object], given: list[object], refused: str) -> None:
    encoding, _ = learn(pl.DataFrame({"a": learned, "y": [1, 2]}), "y", "t")
    frame = pl.DataFrame({"a": given})
    if not refused:
        encoding.encode(frame, "new.csv")
        return
    with pytest.raises(DataError, match=f"new.csv: column 'a' holds {refused}, and held numbers"):
        encoding.encode(frame, "new.csv")


def test_nor_are_dates(tmp_path: Path) -> None:
    encoding, _ = learn(pl.DataFrame({"a": [1, 2], "y": [1, 2]}), "y", "t")
    (tmp_path / "new.csv").write_text("a\n2020-01-02\n2020-01-03\n")
    frame = read_table(tmp_path / "new.csv")
    with pytest.raises(DataError, match="'2020-01-02' in row 1 is no number"):
        encoding.encode(frame, "new.csv")
    with pytest.raises(DataError, match="column 'a' holds dates or times, and held numbers"):
        encoding.encode(frame.with_columns(pl.col("a").str.to_date()), "new.csv")


def test_what_only_the_rows_for_training_show_is_said_so() -> None:
    frame = pl.DataFrame({"a": [1, 1], "b": [1, 2], "y": [1, 2]})
    _, (note,) = learn(frame, "y", "t", part=True)
    assert note == "t: column 'a' is left out: it has one value only in the rows that are trained on"
