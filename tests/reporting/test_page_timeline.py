"""What is drawn of when something was trained is what was recorded of it."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.core.trial import Result
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.timeline import Clock, rowed, timeline
from tests.reporting.charted import charts, marks, points, searched, words

RESULTS = [
    Result(0, 1, "done", {"acc": 0.5}),
    Result(1, 1, "done", {"acc": 0.5}),
    Result(2, 3, "crashed"),
    Result(3, 3, "done", {"acc": 0.5}),
]
#: The first two were trained together, while the third was; the fourth came after both.
SPANS = [(100.0, 110.0), (100.0, 110.0), (104.0, 120.0), (120.0, 140.0)]


def trained(spans: list[tuple[float, float]]) -> Found:
    times = {result.key: span for result, span in zip(RESULTS, spans, strict=False)}
    return Found(searched([{"lr": 0.1}] * 4, RESULTS), times=times)


def test_a_row_has_one_bar_at_a_time_and_what_was_trained_together_is_one() -> None:
    found = trained(SPANS)
    assert [(bar.row, [result.trial for result in bar.results]) for bar in rowed(found)] == [
        (0, [0, 1]), (1, [2]), (0, [3]),
    ]  # fmt: skip
    (chart,) = charts(timeline(found))
    scale = words(chart)
    left, unit = scale["0"][0], (scale["40"][0] - scale["0"][0]) / 40
    for style, begun, ended, trial in (("s0", 100, 110, 0), ("ill", 104, 120, 2), ("s5", 120, 140, 3)):
        (mark,) = marks(chart, style)
        middle, _, half, length = map(
            int, re.findall(r"\d+", mark.path)[:3] + re.findall(r"h(\d+)", mark.path)
        )
        assert middle - half == pytest.approx(left + unit * (begun - 100), abs=1.5)
        assert length == pytest.approx(unit * (ended - begun), abs=1.5)
        assert points(chart, style).keys() == {trial}
    assert chart.title == "Rows in use for 58 % of 40 s"
    assert chart.numbers is not None
    assert [tuple(row) for row in chart.numbers.rows] == [("1", "3", "30 s"), ("2", "1", "16 s")]


def test_long_pauses_are_left_out_and_it_is_said() -> None:
    found = trained([*SPANS[:3], (86_520.0, 86_540.0)])
    clock = Clock.of(rowed(found))
    assert clock.total == pytest.approx(40 + 0.02 * 40)
    assert clock.at(86_520.0) == pytest.approx(20 + 0.02 * 40)
    section = timeline(found)
    assert section is not None
    assert "Left out: 1 pause, 1 d 0 h in all." in section.lead
    assert not Clock.of(rowed(trained(SPANS))).said


def test_what_was_not_recorded_is_not_drawn() -> None:
    assert timeline(trained([])) is None
    section = timeline(trained(SPANS[:3]))
    assert section is not None
    assert "Of 3 of 4 trainings it is known." in section.lead
    assert timeline(trained([(5.0, 4.0)])) is None  # a clock that was put back


def test_many_rows_are_thin() -> None:
    results = [Result(number, 1, "done", {"acc": 0.5}) for number in range(200)]
    found = Found(
        searched([{"lr": 0.1}] * 200, results),
        times={result.key: (float(result.trial), 1000.0 + result.trial) for result in results},
    )
    (chart,) = charts(timeline(found))
    assert chart.height < 2000
    assert marks(chart, "thin")
    assert chart.says.startswith("200 bars in 200 rows")
