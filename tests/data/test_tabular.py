"""Tables: what columns become, what is refused, and what is said about the data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.prepared import load_prepared
from hpsearch.data.sources.base import RawData, load
from hpsearch.data.spec import Categories, DatasetSpec
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.file import read_table
from hpsearch.data.tables.source import inferred_task

Table = Callable[..., Path]
TARGET = ["no", "yes"] * 30


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A file of the columns given, with a target of two classes last unless there is one."""

    def write(name: str = "t.csv", *, y: list[object] | None = TARGET, **columns: list[object]) -> Path:  # type: ignore[assignment]
        frame = pl.DataFrame({**columns, "y": y} if y else columns, strict=False)
        path = tmp_path / name
        if path.suffix.lower() == ".csv":
            frame.write_csv(path)
        else:
            frame.write_parquet(path)
        return path

    return write


def loaded(path: Path, **more: object) -> RawData:
    raw = load(DatasetSpec(str(path), **more))  # type: ignore[arg-type]
    return raw.encoded(np.arange(len(raw.y)))


NUMBERS = list(range(60))


@pytest.mark.parametrize("name", ["t.csv", "t.CSV", "t.parquet"])
def test_numbers_categories_and_truths_become_inputs(name: str, table: Table) -> None:
    colours = ["red", " blue", "green "] * 20
    raw = loaded(table(name, n=NUMBERS, colour=colours, b=[True, False, True] * 20))
    assert Encoding.from_facts(raw.encoding or {}).inputs == [
        "n",
        "colour=blue",
        "colour=green",
        "colour=red",
        "b",
    ]
    np.testing.assert_array_equal(raw.X[:3], [[0, 0, 0, 1, 1], [1, 1, 0, 0, 0], [2, 0, 1, 0, 1]])
    assert raw.X.dtype == np.float32
    assert raw.classes == ("no", "yes")
    assert raw.y.tolist() == [0, 1] * 30
    assert raw.facts == (f"target 'y': texts, so classification ({raw.name})",)


def test_missing_values_are_filled_from_the_training_part_and_marked(table: Table) -> None:
    numbers = [None if n % 5 == 0 else n * 1.0 for n in NUMBERS]
    path = table(n=numbers, colour=["?", "red", "blue"] * 20)
    prepared = prepare(DatasetSpec(str(path), scaling="none"), seed=0)
    names = Encoding.from_facts(prepared.encoding or {}).inputs
    assert names == ["n", "n is missing", "colour=blue", "colour=red", "colour is missing"]
    known = prepared.X_train[prepared.X_train[:, 1] == 0, 0]
    assert prepared.fill[0] == np.median(known)
    for part in (prepared.X_train, prepared.X_val, prepared.X_test):
        assert (part[part[:, 1] == 1, 0] == prepared.fill[0]).all()
        assert np.isfinite(part).all()


def test_what_was_never_seen_is_no_category(table: Table) -> None:
    raw = loaded(table(colour=["red", "blue", "red"] * 20, n=NUMBERS))
    later = pl.DataFrame({"n": ["7", None], "colour": ["violet", "blue"], "other": [1, 2]})
    encoded = Encoding.from_facts(raw.encoding or {}).encode(later, "later.csv")
    np.testing.assert_array_equal(encoded, [[0, 0, 7], [1, 0, np.nan]])


def test_rare_categories_are_one_input_which_new_ones_join(table: Table) -> None:
    colours = ["red"] * 30 + ["blue"] * 25 + ["jade"] * 3 + ["plum"] * 2
    raw = loaded(table(colour=colours, n=NUMBERS), categories=Categories(rare=5))
    encoding = Encoding.from_facts(raw.encoding or {})
    assert encoding.inputs == ["colour=blue", "colour=red", "colour is another", "n"]
    assert raw.indicators == encoding.indicators == (0, 1, 2)
    np.testing.assert_array_equal(raw.X[[0, 30, 57, 59], :3], [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]])
    later = pl.DataFrame({"n": [1, 2, 3], "colour": ["violet", "blue", None]})
    np.testing.assert_array_equal(
        encoding.encode(later, "later.csv"), [[0, 0, 1, 1], [1, 0, 0, 2], [0, 0, 0, 3]]
    )


@pytest.mark.parametrize(
    ("kept", "inputs"),
    [
        (Categories(rare=1, most=2, by_target=False), ["c=a", "c=b", "n"]),
        (Categories(rare=2, most=2, by_target=False), ["c=a", "c=b", "c is another", "n"]),
        (Categories(rare=21, most=2, by_target=False), ["n"]),
        (Categories(rare=2, most=100), ["c=a", "c=b", "c=c", "n"]),
        (Categories(rare=2, most=2), ["c=a", "c=b", "c is another", "c: share of yes", "n"]),
        (Categories(rare=21, most=2), ["c: share of yes", "n"]),
    ],
)
def test_how_many_categories_have_inputs_is_settable(
    kept: Categories, inputs: list[str], table: Table
) -> None:
    raw = loaded(table(c=["a", "b", "c"] * 20, n=NUMBERS), categories=kept)
    assert Encoding.from_facts(raw.encoding or {}).inputs == inputs
    said = any("is left out: none of its 3 texts is in 21 rows" in note for note in raw.notes)
    assert said == (inputs == ["n"])


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_columns_are_left_out_or_taken_as_texts_where_that_is_said(name: str, table: Table) -> None:
    path = table(name, zip=[1, 2, 3] * 20, note=NUMBERS, n=[*NUMBERS[1:], 0])
    raw = loaded(path, ignore=("note",), categorical=("zip",))
    encoding = Encoding.from_facts(raw.encoding or {})
    assert encoding.inputs == ["zip=1", "zip=2", "zip=3", "n"]
    later = path.with_name(f"later.{name[2:]}")
    frame = pl.DataFrame({"zip": [3, 9], "n": [1, 2]})
    frame.write_csv(later) if later.suffix == ".csv" else frame.write_parquet(later)
    encoded = encoding.encode(read_table(later, texts=encoding.texts), "later")
    np.testing.assert_array_equal(encoded, [[0, 0, 1, 1], [0, 0, 0, 2]])


def test_the_target_is_the_last_column_that_is_not_left_out_and_has_classes_as_a_text(table: Table) -> None:
    path = table(a=NUMBERS, b=[n / 7 for n in NUMBERS])
    assert loaded(path, ignore=("y",), task="regression").classes == ()
    assert inferred_task(DatasetSpec(str(path), ignore=("y",))) == "regression"
    assert inferred_task(DatasetSpec(str(path), ignore=("y",), categorical=("b",))) == "classification"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ignore": ("m",)}, "has no column 'm' for ignore"),
        ({"categorical": ("nn",)}, "has no column 'nn' for categorical; did you mean 'n'"),
        ({"ignore": ("y",), "target": "y"}, "column 'y' is the target; ignore others"),
    ],
)
def test_columns_that_are_not_there_are_named(settings: dict[str, object], words: str, table: Table) -> None:
    with pytest.raises(DataError, match=words):
        loaded(table(n=NUMBERS), **settings)


def test_numbers_are_scaled_and_what_is_so_or_not_stays_0_or_1(table: Table) -> None:
    path = table(n=[None, 5, 9] * 20, c=["a"] * 50 + ["b"] * 10, t=[True, False] * 30)
    prepared = prepare(DatasetSpec(str(path), scaling="numbers"), seed=0)
    names = Encoding.from_facts(prepared.encoding or {}).inputs
    assert names == ["n", "n is missing", "c=a", "c=b", "t"]
    assert np.isin(prepared.X_train[:, 1:], [0, 1]).all()
    assert prepared.X_train[:, 0].mean() == pytest.approx(0, abs=1e-6)
    assert prepared.X_train[:, 0].std() == pytest.approx(1, abs=1e-6)


def test_the_target_is_named_or_last(table: Table) -> None:
    path = table(kind=["a", "b", "c"] * 20, n=NUMBERS)
    assert loaded(path).classes == ("no", "yes")
    raw = loaded(path, target="kind")
    assert raw.classes == ("a", "b", "c")
    assert Encoding.from_facts(raw.encoding or {}).inputs == ["n", "y=no", "y=yes"]
    with pytest.raises(DataError, match="has no column 'kin' for the target; did you mean 'kind'"):
        loaded(path, target="kin")


def test_classes_may_be_numbers_and_rows_without_one_are_left_out(table: Table) -> None:
    raw = loaded(table(n=NUMBERS, y=[3, 1, None] * 20))
    assert raw.classes == ("1", "3")
    assert len(raw.X) == 40
    assert "20 rows are left out, their target 'y' is missing" in raw.notes[0]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"when": ["2024-01-31"] * 60},
            "no column to learn from.*column 'when' is left out: it has one value only",
        ),
        (
            {"when": ["1/2/2024", "3/4/2024"] * 30},
            "column 'when' holds dates with the day or the month first",
        ),
        ({"n": list(range(200)), "y": [f"id {n}" for n in range(200)]}, "200 different values in 200 rows"),
        ({"n": NUMBERS, "y": ["a"] * 60}, "all 60 labels are a"),
        ({"c": [1] * 60}, "has no column to learn from"),
        ({"n": [1e300] * 30 + [0.0] * 30}, "beyond float32"),
    ],
)
def test_what_cannot_be_used_is_refused_with_advice(
    columns: dict[str, list[object]], words: str, table: Table
) -> None:
    with pytest.raises(DataError, match=words):
        loaded(table(**columns))


def test_lists_are_refused(table: Table) -> None:
    with pytest.raises(DataError, match=r"is of type List.*encode or remove it"):
        loaded(table("t.parquet", a=[[1, 2]] * 60))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("a,b\n", "has no rows"),
        ("a,b\n1,2,3\n4,5\n", "line 2 has 3 fields, and the first line 2 names"),
        (None, "no such file"),
    ],
)
def test_broken_files_are_named(content: str | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(DataError, match=words):
        loaded(path)


def test_what_looks_odd_is_said(table: Table) -> None:
    y = ["no"] * 57 + ["yes"] * 3
    leak = [{"no": 10, "yes": 20}[value] for value in y]
    notes = "\n".join(loaded(table(n=NUMBERS, same=[1] * 60, leak=leak, y=y)).notes)
    assert "column 'same' is left out: it has one value only" in notes
    assert "95.0% of the rows have y 'no'" in notes
    assert "column 'leak' tells the target 'y' by itself" in notes
    assert "'n'" not in notes


def test_names_of_rows_are_left_out_and_rare_categories_too(tmp_path: Path) -> None:
    rows = 1000
    frame = pl.DataFrame(
        {
            "id": [f"row {n}" for n in range(rows)],
            "city": [f"c{n % 200:03}" for n in range(rows)],
            "n": range(rows),
            "y": [n % 2 for n in range(rows)],
        }
    )
    frame.write_csv(tmp_path / "t.csv")
    raw = loaded(tmp_path / "t.csv")
    assert raw.X.shape == (rows, 101)
    assert "column 'id' is left out: 1,000 different texts in 1,000 rows" in raw.notes[0]
    assert "the commonest 100 are inputs" in raw.notes[1]


def test_prepared_tables_keep_how_they_were_made(table: Table, tmp_path: Path) -> None:
    prepared = prepare(DatasetSpec(str(table(n=NUMBERS, c=["a", "b", "c"] * 20))), seed=0)
    prepared.save(tmp_path / "data.bin")
    again = load_prepared(tmp_path / "data.bin")
    assert again.encoding is not None
    assert Encoding.from_facts(again.encoding) == Encoding.from_facts(prepared.encoding or {})


def test_a_target_is_for_tables_only() -> None:
    with pytest.raises(DataError, match="only tables"):
        load(DatasetSpec("digits", target="y"))


def test_many_rows_are_read_alike(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {f"n{index}": rng.normal(size=200_000).round(4) for index in range(10)}
    frame = pl.DataFrame(
        {**columns, "c": rng.choice(["a", "b", "c"], 200_000), "y": rng.integers(0, 2, 200_000)}
    )
    frame.write_csv(tmp_path / "t.csv")
    found = loaded(tmp_path / "t.csv")
    np.testing.assert_array_equal(found.X[:, 3], frame["n3"].to_numpy().astype(np.float32))
    np.testing.assert_array_equal(
        found.X[:, 10:].argmax(axis=1), np.searchsorted(["a", "b", "c"], frame["c"])
    )


def test_tables_are_read_with_their_missing_values(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(" a ,b\n1,x\n?,\nNA,y\n")
    assert read_table(tmp_path / "t.csv").rows() == [(1, "x"), (None, None), (None, "y")]


def test_a_type_that_only_late_rows_show_is_found(tmp_path: Path) -> None:
    lines = ["1,x"] * 11_000 + ["2.5,y"]
    (tmp_path / "t.csv").write_text("\n".join(["a,b", *lines]))
    assert read_table(tmp_path / "t.csv")["a"][-1] == 2.5
