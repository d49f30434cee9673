"""How a front is told: as a table, and drawn among all trials."""

from __future__ import annotations

import re

import pytest

from hpsearch.cli import pareto as told
from hpsearch.cli import showing
from hpsearch.core.trial import Result
from hpsearch.engine.front import Front
from hpsearch.engine.run import Run
from hpsearch.reporting.fronts import table
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.pareto import charts, pareto
from hpsearch.reporting.page.sections import sections
from tests.engine.fronts import a_run
from tests.reporting.charted import marks, points

TOLD = [
    {"val_acc": acc, "bytes": size}
    for acc, size in ((0.9, 90.0), (0.7, 20.0), (0.6, 60.0), (0.5, 10.0), (0.9, 95.0), (0.1, 900.0))
]


@pytest.fixture
def run() -> Run:
    return a_run(TOLD, Result(0, 1, "done", {"val_acc": 0.94, "bytes": 90.0}, replicate=1))


def test_the_table_has_the_criteria_and_the_parameters(run: Run) -> None:
    header, rows = table(run, Front.of(run, ["val_acc", "bytes:minimize"]))
    assert header == ["trial", "rank", "epochs", "val_acc", "bytes", "seeds", "x", "kind"]
    assert rows[0] == [0, 1, 1, pytest.approx(0.92), 90.0, 2, 0.0, "a"]
    assert [row[0] for row in rows] == [0, 1, 3]
    assert table(run, Front.of(run, ["bytes:minimize", "seconds"]))[0][3:5] == ["bytes", "seconds"]
    parameter = table(run, Front.of(run, ["val_acc", "x:minimize"]))[0]
    assert parameter.count("x") == 1


def test_a_metric_with_the_name_of_a_column_has_one_of_its_own() -> None:
    run = a_run([{"val_acc": 0.9, "rank": 1.0}])
    assert table(run, Front.of(run, ["val_acc", "rank:minimize"]))[0][3:5] == ["val_acc", "metrics_rank"]


def test_every_trial_is_a_dot_and_the_front_has_rings(run: Run) -> None:
    (chart,) = charts(run, Front.of(run, ["val_acc", "bytes:minimize"])).charts
    dots = points(chart, "dots")
    assert dots.keys() == set(range(6))
    assert dots[0][0] > dots[1][0] > dots[3][0]  # across: bytes
    assert dots[0][1] < dots[1][1] < dots[3][1]  # upwards: the accuracy
    rings = {tuple(map(int, re.match(r"M(\d+) (\d+)", mark.path).groups())) for mark in marks(chart, "ring")}  # type: ignore[union-attr]
    assert rings == {(x - 12, y) for x, y in (dots[0], dots[1], dots[3])}
    assert chart.numbers is not None
    assert len(chart.numbers.rows) == 3


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_the_line_is_the_end_of_what_is_reached(run: Run, goal: str) -> None:
    front = Front.of(run, ["val_acc", f"bytes:{goal}"])
    (chart,) = charts(run, front).charts
    (line,) = marks(chart, "even")
    (x, y), end = map(int, re.match(r"M(\d+) (\d+)", line.path).groups()), int(line.path.rpartition("H")[2])  # type: ignore[union-attr]
    dots = points(chart, "dots")
    first = min(
        (dots[point.number] for point in front.best), key=lambda at: at[0] if goal == "minimize" else -at[0]
    )
    assert (x, y) == first
    assert (end > x) == (goal == "minimize")


def test_the_whole_front_is_on_the_axes() -> None:
    # The cheapest is so far behind that an axis of the metric alone would leave it out.
    run = a_run(
        [
            *({"val_acc": 0.9 + place / 1000, "bytes": 50.0 + place} for place in range(30)),
            {"val_acc": 0.1, "bytes": 1.0},
        ]
    )
    (chart,) = charts(run, Front.of(run, ["val_acc", "bytes:minimize"])).charts
    dots = points(chart, "dots")
    assert dots[30][1] == max(y for _, y in dots.values())
    assert dots[0][1] < dots[30][1] - 100


def test_three_criteria_are_three_pictures_with_the_same_front(run: Run) -> None:
    drawn = charts(run, Front.of(run, ["val_acc", "bytes:minimize", "x:minimize"]))
    assert [len(marks(chart, "ring")) for chart in drawn.charts] == [3, 3, 3]
    assert [chart.title for chart in drawn.charts] == [
        "val acc against bytes",
        "val acc against x",
        "bytes against x",
    ]
    assert not any(marks(chart, "even") for chart in drawn.charts)


def test_the_page_has_it_where_it_was_asked_for(run: Run) -> None:
    assert pareto(Found(run)) is None
    front = Front.of(run, ["val_acc", "bytes:minimize"])
    found = Found(run, front=front, remarks=["mind this"])
    section = pareto(found)
    assert section is not None
    assert "3 of 6 trials, beaten by none where val acc high and bytes low is wanted" in section.lead
    assert section.lead.endswith("Mind this.")
    assert "pareto" in [one.id for one in sections(found)]


def test_show_has_the_table_and_a_plot(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    showing.pareto(run, "val_acc,bytes:minimize", showing.Look("table", 20, None, False))
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0].split() == [
        "trial",
        "rank",
        "epochs",
        "val",
        "acc",
        "bytes",
        "seeds",
        "x",
        "kind",
    ]
    assert "val acc against bytes" in printed.out
    showing.pareto(run, "val_acc,bytes:minimize", showing.Look("csv", 20, "x", False))
    assert capsys.readouterr().out.splitlines() == ["trial,x", "0,0.0", "1,0.1", "3,0.3"]


def test_it_is_said_where_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    run = a_run([{"val_acc": 0.9, "size": float("inf")}])
    showing.pareto(run, "val_acc,size:minimize", showing.Look("table", 20, None, False))
    assert "no trial has a value for each of val acc, size" in capsys.readouterr().err
    told.tell(Front.of(run, ["val_acc", "size:minimize"]), [])
