"""Columns of dates: told from texts, read in the order that they show, and asked where they show none."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.actions.init import starting_config
from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.sources.base import load
from hpsearch.data.spec import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, DatasetSpec
from hpsearch.data.tables.as_said import AmbiguousDates
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.dates import (
    ORDERS,
    PARTS,
    has_short_years,
    orders_of,
    parts_of,
    stamps_in,
    stamps_of,
)

DAYS = [date(2023, 1, 1) + timedelta(days=37 * n) for n in range(60)]
WRITTEN = {YEAR_FIRST: "%Y-%m-%d", DAY_FIRST: "%d/%m/%Y", MONTH_FIRST: "%m/%d/%Y"}


def _table(path: Path, when: list[object], **more: list[object]) -> str:
    frame = pl.DataFrame({"when": when, **more, "y": ["a", "b"] * (len(when) // 2)}, strict=False)
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return str(path)


def _encoding(spec: DatasetSpec) -> Encoding:
    facts = prepare(spec, seed=0).encoding
    assert facts is not None
    return Encoding.from_facts(facts)


@settings(max_examples=20)
@given(
    st.lists(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)), min_size=1, max_size=5),
    st.sampled_from(ORDERS),
    st.sampled_from(["", "T%H:%M:%S.%f", " %H:%M", " %I:%M %p", "T%H:%M:%SZ", " %H:%M:%S +02:00"]),
)
def test_what_is_written_is_read_by_both_readers(moments: list[datetime], order: str, clock: str) -> None:
    texts = [moment.strftime(WRITTEN[order] + clock) for moment in moments]
    stamps = stamps_of(texts, order)
    assert np.array_equal(stamps, stamps_in(pl.Series(texts), order), equal_nan=True)
    kept = [_as_clock_shows(moment, clock) for moment in moments]
    assert stamps.tolist() == kept
    np.testing.assert_allclose(
        parts_of(stamps),
        [[m.year, m.month, m.day, m.weekday(), m.hour + m.minute / 60 + m.second / 3600] for m in kept],
        atol=1 / 3600,
    )


def _as_clock_shows(moment: datetime, clock: str) -> datetime:
    moment = moment if "%f" in clock else moment.replace(microsecond=0)
    moment = moment if "%S" in clock else moment.replace(second=0)
    return moment if clock else moment.replace(hour=0, minute=0)


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2024-13-01", "24:30", "2024-01-01 12:61", "1.2", "13:00 pm", "x", "12"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    for order in ORDERS:
        assert np.isnat(stamps_of([text, None], order)).all()
        assert np.isnat(stamps_in(pl.Series([text, None]), order)).all()


@pytest.mark.parametrize(
    "written",
    [
        "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %dth, %Y", "%a, %d %b %Y", "%A %d %B %Y", "%d-%b-%y",
        "%d%b%Y", "%Y-%b-%d", "%d. %b. %Y",
    ],
)  # fmt: skip
def test_months_may_have_their_names(written: str) -> None:
    texts = [day.strftime(written) for day in DAYS]
    clocked = [f"{text.upper()} 1:30 PM" for text in texts]
    column = pl.Series([*texts, *clocked])
    assert orders_of(column) == [YEAR_FIRST]
    assert not has_short_years(column)
    midnight = np.array(DAYS, "datetime64[us]")
    expected = np.concatenate([midnight, midnight + np.timedelta64(810, "m")])
    for order in ORDERS:
        assert np.array_equal(stamps_of(column.to_list(), order), expected)
        assert np.array_equal(stamps_in(column, order), expected)


def test_a_date_with_the_name_of_its_month_is_told_and_predicted(tmp_path: Path) -> None:
    spec = DatasetSpec(
        _table(tmp_path / "t.csv", [day.strftime("%d-%b-%y") for day in DAYS]), split=(0.5, 0.5)
    )
    encoded = _encoding(spec).encode(pl.DataFrame({"when": ["March 5, 2024"]}), "t")
    assert encoded.tolist() == [[2024, 3, 5, 1]]


@pytest.mark.parametrize(
    "text", ["31 Feb 2024", "5 Smarch 2024", "may", "May 5", "mar 2024", "5 Janu 2024", "5 \u017fep 2024"]
)
def test_a_month_alone_is_no_date(text: str) -> None:
    for order in ORDERS:
        assert np.isnat(stamps_of([text], order)).all()
        assert np.isnat(stamps_in(pl.Series([text]), order)).all()


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        (["2024-01-02", None], [YEAR_FIRST]),
        (["31/01/2024", "01/02/2024"], [DAY_FIRST]),
        (["01/31/2024", "01/02/2024"], [MONTH_FIRST]),
        (["01/02/2024"], [DAY_FIRST, MONTH_FIRST]),
        (["01/01/2024", "2/2/2024"], [DAY_FIRST]),  # alike in both
        (["1.2.2024"], [DAY_FIRST]),  # nobody writes the month before a point
        (["13/01/2024", "01/13/2024"], []),
        (["12:30"], [YEAR_FIRST]),
        (["20240131"], [YEAR_FIRST]),
        (["1.5"], []),
    ],
)
def test_the_order_is_what_the_dates_show(texts: list[str | None], orders: list[str]) -> None:
    assert orders_of(pl.Series(texts, dtype=pl.String)) == orders


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_dates_become_what_varies_of_them(order: str, kind: str, tmp_path: Path) -> None:
    texts: list[object] = [day.strftime(WRITTEN[order]) for day in DAYS]
    spec = DatasetSpec(_table(tmp_path / f"t{kind}", [*texts[:59], None]), split=(0.5, 0.5))
    encoding = _encoding(spec)
    parts = ["year", "month", "day", "weekday"]
    assert encoding.inputs == [*(f"when: {part}" for part in parts), "when is missing"]
    assert encoding.gaps == (0, 1, 2, 3)
    assert encoding.indicators == (4,)
    rows = pl.DataFrame({"when": [texts[1], "", texts[2]]})
    encoded = encoding.encode(rows, "t")
    first, second = ([day.year, day.month, day.day, day.weekday(), 0] for day in DAYS[1:3])
    assert [encoded[0].tolist(), encoded[2].tolist()] == [first, second]
    assert np.isnan(encoded[1, :4]).all()
    assert encoded[1, 4] == 1
    assert np.array_equal(encoding.encode(pl.DataFrame({"when": DAYS[1:3]}), "t"), encoded[[0, 2]])
    with pytest.raises(DataError, match="'soon' in row 1 is no date"):
        encoding.encode(pl.DataFrame({"when": ["soon"]}), "t")


def test_typed_dates_and_times_are_told_too(tmp_path: Path) -> None:
    moments = [datetime(2024, 5, 6, n % 24, 30) for n in range(60)]
    clocks = [time(n % 24, 45) for n in range(60)]
    encoding = _encoding(DatasetSpec(_table(tmp_path / "t.parquet", list(moments), clock=list(clocks))))
    assert encoding.inputs == ["when: hour", "clock: hour"]
    encoded = encoding.encode(pl.DataFrame({"when": moments[3:4], "clock": ["13:45"]}), "t")
    assert encoded.tolist() == [[3.5, 13.75]]


def test_an_order_that_nothing_tells_is_asked(tmp_path: Path) -> None:
    source = _table(tmp_path / "t.csv", ["03/03/2024", "03/04/2024", "05/06/2024"] * 20)
    with pytest.raises(AmbiguousDates) as error:
        load(DatasetSpec(source))
    assert str(error.value) == (
        f"{source}: column 'when' holds dates with the day or the month first, and nothing tells which "
        "('03/04/2024' in row 2); give the dataset dates: {when: day_first} or {when: month_first}"
    )
    encoded = [
        _encoding(DatasetSpec(source, dates={"when": order})).encode(
            pl.DataFrame({"when": ["03/04/2024"]}), "t"
        )
        for order in (DAY_FIRST, MONTH_FIRST)
    ]
    assert [array[0, :2].tolist() for array in encoded] == [[4, 3], [3, 4]]
    assert load(DatasetSpec(source, ignore=("when",), target="y", split="auto", validation=None)).classes == (
        "a",
        "b",
    )


def test_init_writes_the_question(tmp_path: Path) -> None:
    source = _table(tmp_path / "t.csv", ["03/04/2024", "05/06/2024"] * 30)
    text, _ = starting_config(source, None, tmp_path / "c.yaml")
    assert "# column 'when' holds dates with the day or the month first" in text
    assert "dates: {when: day_first} or {when: month_first}" in text
    assert "dates:" not in text.partition("objective:")[2]


@pytest.mark.parametrize(
    ("texts", "more", "inputs"),
    [
        (["1/31/24", "2/28/25"], {}, ["when=1/31/24", "when=2/28/25"]),  # years of two digits may be anything
        (["1/31/24", "2/28/25"], {"dates": {"when": "auto"}}, ["when: year", "when: month", "when: day"]),
        ([20240131, 20250131], {"dates": {"when": "auto"}}, ["when: year"]),
        (["2024-01-31", "2025-01-31"], {"categorical": ("when",)}, ["when=2024-01-31", "when=2025-01-31"]),
        (["2024-01-31", "soon"], {}, ["when=2024-01-31", "when=soon"]),
    ],
)
def test_columns_are_dates_where_that_is_sure_or_said(
    texts: list[object], more: dict[str, object], inputs: list[str], tmp_path: Path
) -> None:
    found = _encoding(DatasetSpec(_table(tmp_path / "t.csv", texts * 30), **more)).inputs  # type: ignore[arg-type]
    assert [name for name in found if "weekday" not in name] == inputs


@pytest.mark.parametrize(
    ("texts", "more", "words"),
    [
        (
            ["2024-01-31", "soon"],
            {"dates": {"when": "auto"}},
            "holds 'soon' in row 2, which is no date; write",
        ),
        (
            ["2024-01-31", "soon"],
            {"dates": {"when": DAY_FIRST}},
            "holds '2024-01-31' in row 1, which is no date, day first",
        ),
        (["1", "soon"], {"numeric": ("when",)}, "holds 'soon' in row 2, which is no number; correct it"),
        (["1", "2"], {"dates": {"then": "auto"}}, "has no column 'then' for dates; did you mean 'when'"),
    ],
)
def test_what_does_not_hold_what_is_said_is_refused(
    texts: list[object], more: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=words):
        load(DatasetSpec(_table(tmp_path / "t.csv", texts * 30), **more))  # type: ignore[arg-type]


def test_numbers_that_are_said_to_be_some_are_no_rows_and_no_classes(tmp_path: Path) -> None:
    source = _table(tmp_path / "t.csv", [1, 2, 3] * 20, id=list(range(60)))
    assert _encoding(DatasetSpec(source)).inputs == ["when"]
    assert _encoding(DatasetSpec(source, numeric=("id",))).inputs == ["when", "id"]


def test_other_parts_are_read_in_the_same_order(tmp_path: Path) -> None:
    source = _table(tmp_path / "t.csv", [day.strftime("%d/%m/%Y") for day in DAYS])
    other = Path(_table(tmp_path / "v.csv", ["03/04/2024", "05/06/2024"]))
    raw = load(DatasetSpec(source, validation=other))
    raw = raw.encoded(np.arange(60))
    assert raw.X_val is not None
    assert raw.X_val[:, :3].tolist() == [[2024, 4, 3], [2024, 6, 5]]
    _table(other, ["03/04/2024", "later"])
    with pytest.raises(
        DataError, match=r"v.csv: column 'when' holds 'later' in row 2, which is no date, day first"
    ):
        load(DatasetSpec(source, validation=other))


def test_every_part_has_its_place() -> None:
    moment = np.array(["2024-02-29T06:00"], "datetime64[us]")
    assert dict(zip(PARTS, parts_of(moment)[0].tolist(), strict=True)) == {
        "year": 2024,
        "month": 2,
        "day": 29,
        "weekday": 3,
        "hour": 6,
    }
