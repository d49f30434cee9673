"""Columns have one name each, whatever metrics and parameters are called."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hpsearch.core.trial import Confirmed, Result, Standing, Trial
from hpsearch.reporting.columns import spoken_apart
from hpsearch.reporting.export import FORMATS
from hpsearch.reporting.headings import told_apart
from hpsearch.reporting.tables import columns_of, curves_csv, results_csv, table
from hpsearch.space import Linear, Real, Space
from tests.reporting.runs import a_run

OWN = [
    "rank",
    "trial",
    "round",
    "status",
    "epochs",
    "mean",
    "spread",
    "seeds",
    "seconds",
    "reason",
    "epoch",
    "replicate",
]
#: Few names, so that they meet: those of columns, what becomes of them, and whatever else.
NAMES = (
    st.sampled_from([*OWN, "acc", "val_acc", "val acc", "précision", "a\r\nb", '"', "a,b"])
    | st.builds(
        "{}_{}".format,
        st.sampled_from(["params", "metrics", "params_params"]),
        st.sampled_from([*OWN, "acc"]),
    )
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
)
UNIQUE = st.lists(NAMES, unique=True, max_size=8)


@given(st.lists(NAMES, unique=True), UNIQUE, UNIQUE)
def test_no_two_have_one_name_and_who_meets_nobody_keeps_it(
    own: list[str], metrics: list[str], parameters: list[str]
) -> None:
    called = told_apart(own, metrics, parameters)
    columns = [*own, *called.metrics.values(), *called.parameters.values()]
    assert len(set(columns)) == len(columns)
    assert [*called.metrics] == metrics
    assert [*called.parameters] == parameters
    for name, column in called.metrics.items():
        assert column.endswith(name)
        assert (column == name) == (name not in own)
    for name, column in called.parameters.items():
        assert (column == name) == (name not in own and name not in metrics)


@st.composite
def rankings(draw: st.DrawFn) -> tuple[list[Standing], list[str]]:
    """Some trials with their metrics and parameters of any name, of which the best are confirmed, or none is."""
    metrics, parameters = draw(UNIQUE), draw(UNIQUE)
    confirmed = draw(st.integers(0, 2))
    value = itertools.count(100)  # each cell is another, so that it tells where it stands
    standings = [
        Standing(
            number + 1,
            Trial(number, 0, {name: float(next(value)) for name in parameters}, 0),
            3,
            "done",
            {name: float(next(value)) for name in draw(st.lists(st.sampled_from(metrics), unique=True))}
            if metrics
            else {},
            confirmed=Confirmed(0.5, 0.1, 3) if number < confirmed else None,
        )
        for number in range(3)
    ]
    return standings, parameters


@given(rankings())
def test_a_column_is_the_same_whichever_trials_are_shown(found: tuple[list[Standing], list[str]]) -> None:
    standings, parameters = found
    header, rows = table(standings, parameters)
    assert len(set(header)) == len(header)
    whole = [dict(zip(header, row, strict=True)) for row in rows]
    for count in range(4):
        few, some = table(standings[:count], parameters, columns_of(standings))
        assert set(few) <= set(header)
        assert [dict(zip(few, row, strict=True)) for row in some] == [
            {name: row[name] for name in few} for row in whole[:count]
        ]
    told = {value for row in rows for value in row}
    assert all(
        value in told for one in standings for value in (*one.metrics.values(), *one.trial.config.values())
    )


@given(rankings())
def test_what_is_written_is_read_as_one_column_each(found: tuple[list[Standing], list[str]]) -> None:
    header, rows = table(*found)
    read = list(csv.reader(io.StringIO("".join(results_csv(*found)), newline="")))
    assert read[0] == header
    assert read[1:] == [["" if value is None else str(value) for value in row] for row in rows]


@given(UNIQUE.filter(bool))
def test_curves_have_one_column_each(metrics: list[str]) -> None:
    results = [Result(0, 2, "done", {}, {name: [float(place), 0.5] for place, name in enumerate(metrics)})]
    header, first, _ = csv.reader(io.StringIO("".join(curves_csv(results)), newline=""))
    assert len(set(header)) == len(header) == len(metrics) + 3
    assert [float(cell) for cell in first[3:]] == [float(metrics.index(name)) for name in sorted(metrics)]


@example(["val_acc", "val acc", '"val_acc"'])
@given(UNIQUE)
def test_on_a_screen_no_two_heads_are_alike(names: list[str]) -> None:
    heads = spoken_apart(names)
    assert list(heads) == names
    assert len(set(heads.values())) == len(names)
    assert "\n" not in "".join(heads.values())


def test_names_of_columns_that_a_program_prints(tmp_path: Path) -> None:
    """A program that prints `epochs=`, `rank=` and `seeds=`, and parameters named `seconds` and `reason`."""
    run = a_run(empty=True)
    run.trials = {0: Trial(0, 0, {"seconds": 0.25, "reason": 0.75}, 0)}
    run.results = [
        Result(0, 3, "done", {"acc": 0.5, "epochs": 7.5, "rank": 0.0, "seeds": 0.5, "": 4.0}, seconds=2.0)
    ]
    run.space = Space([Real("seconds", Linear(0, 1)), Real("reason", Linear(0, 1))])
    FORMATS["csv"].write(run, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    wanted = {
        "rank": "1", "trial": "0", "round": "0", "status": "done", "epochs": "3",
        "": "4.0", "acc": "0.5", "metrics_epochs": "7.5", "metrics_rank": "0.0", "seeds": "0.5",
        "params_seconds": "0.25", "params_reason": "0.75", "seconds": "2.0", "reason": "",
    }  # fmt: skip
    assert row == wanted
    header = next(results_csv(run.standings, run.space.names)).splitlines()[0].split(",")
    assert header[-2:] == ["seconds", "reason"]  # results.csv has neither of its own
    pl = pytest.importorskip("polars", reason="polars is not installed: pip install 'hpsearch[tabular]'")
    FORMATS["parquet"].write(run, tmp_path / "out.parquet")
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame.columns == list(wanted)
    assert frame.row(0, named=True)["seeds"] == 0.5
