"""What is drawn of several parameters together is what the run holds: numbers are read back from the marks."""

from __future__ import annotations

import math
import re

import pytest

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.core.trial import Result, Trial
from hpsearch.reporting.page.fitting import fitting
from hpsearch.reporting.page.found import Ancestor, Found, Grid, Part, Share
from hpsearch.reporting.page.heat import Heat, heat
from hpsearch.reporting.page.page import page
from hpsearch.reporting.page.parallel import Parallel, chosen, parallel
from hpsearch.reporting.page.ranges import span, spanning
from hpsearch.reporting.page.rounds import rounds, staged
from hpsearch.reporting.page.shares import shares
from hpsearch.space import Choice, Linear, Log, Real, Space
from tests.reporting.charted import LR, charts, many, marks, points, searched, words
from tests.reporting.pages import Page
from tests.reporting.runs import a_run

# -- rounds


def test_every_trial_is_new_once_and_earlier_from_then_on() -> None:
    run = many(60)
    pair = (run.space.parameters[0], run.space.parameters[1])
    drawn = charts(rounds(Found(run, pair=pair)))
    assert 1 < len(drawn) <= 6
    seen: set[int] = set()
    for chart in drawn:
        assert points(chart, "old").keys() == seen
        new = points(chart, "new").keys()
        assert not new & seen
        seen |= new
    assert seen == set(range(60))
    assert run.best is not None
    ringed = [chart for chart in drawn if marks(chart, "ring")]
    assert len(ringed) == 1
    assert run.best.trial.number in points(ringed[0], "new")


def test_rounds_are_put_together_evenly() -> None:
    trials = [Trial(number, number // 10, {}, 0) for number in range(120)]
    assert [(stage.first, stage.last) for stage in staged(trials)] == [
        (0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 11),
    ]  # fmt: skip
    assert [(stage.first, len(stage.trials)) for stage in staged(trials[:10])] == [(0, 10)]
    assert staged([]) == []


def test_the_ranges_of_earlier_searches_lie_around_those_of_this_one() -> None:
    run = many(30)
    beta = run.space.parameters[1]
    parent = Ancestor("parent", Space([Real("lr", Log(1e-5, 10)), beta]))
    grandparent = Ancestor("grandparent", Space([Real("lr", Log(1e-6, 10)), beta]))
    section = rounds(Found(run, pair=(LR, beta), ancestors=[parent, grandparent]))
    for chart in charts(section):
        boxes = [
            [int(number) for number in re.findall(r"\d+", mark.path)]
            for mark in chart.marks
            if mark.style in ("box before", "box own")
        ]
        lefts = [left for left, *_ in boxes]
        assert lefts == sorted(lefts)
        assert len(set(lefts)) == 3
        ticks = words(chart)
        assert lefts[0] == ticks["1e-06"][0]
        assert boxes[2][0] == ticks["0.0001"][0]


def test_ranges_that_cannot_be_compared_have_no_box() -> None:
    wide = Ancestor("wide", Space([Real("lr", Log(1e-5, 10))]))
    assert spanning(LR, [wide]) == Real("lr", Log(1e-5, 10))
    assert spanning(LR, [Ancestor("linear", Space([Real("lr", Linear(-5, 10))]))]) == LR
    assert span(Real("lr", Log(0.01, 1)), LR) == pytest.approx((0.5, 1))
    assert span(Real("lr", Linear(0.01, 1)), LR) is None
    assert span(None, LR) is None
    three = Choice("act", ("a", "b", "c"))
    assert span(Choice("act", ("a", "b")), three) == pytest.approx((0, 2 / 3))
    assert span(Choice("act", ("a", "c")), three) is None
    assert span(Choice("act", ("d",)), three) is None


# -- importance, fitting, heat


def test_importance_has_its_intervals_or_says_that_it_cannot_be_told() -> None:
    run = many(30)
    (chart,) = charts(shares(Found(run, shares=[Share("lr", 0.5, 0.25, 0.75), Share("beta", 0.1, 0, 0.2)])))
    ticks = words(chart)
    unit = (ticks["100"][0] - ticks["0"][0]) / 100
    left, _, right, *_ = map(int, re.findall(r"\d+", marks(chart, "bar")[0].path))
    assert (right - left) / unit == pytest.approx(50, abs=0.2)
    low, _, high, *_ = map(int, re.findall(r"\d+", marks(chart, "whisker")[0].path))
    assert [(low - left) / unit, (high - left) / unit] == pytest.approx([25, 75], abs=0.2)
    assert chart.numbers is not None
    assert chart.numbers.rows[1] == ("beta", "10", "0", "20")
    assert "too few to tell which parameter matters most" in Page(page(Found(run))).words
    assert (
        "too few to tell"
        not in Page(page(Found(searched([{"lr": 0.1}], [Result(0, 1, "done", {"acc": 1})])))).words
    )


def test_what_has_learned_by_heart_lies_beside_the_line() -> None:
    results = [
        Result(0, 9, "done", {"val_acc": 0.9, "train_acc": 0.9}),
        Result(1, 9, "done", {"val_acc": 0.5, "train_acc": 1.0}),
        Result(2, 9, "done", {"val_acc": 0.6}),
        Result(3, 9, "done", {"val_acc": 0.7, "train_acc": math.nan}),
    ]
    (chart,) = charts(fitting(Found(searched([{"lr": 0.1}] * 4, results, metric="val_acc"))))
    there = points(chart, "dots")
    x1, y1, x2, y2 = map(int, re.findall(r"\d+", marks(chart, "even")[0].path))
    assert there.keys() == {0, 1}
    assert there[0][1] - y1 == pytest.approx((there[0][0] - x1) * (y2 - y1) / (x2 - x1), abs=1.01)
    assert there[1] == (x2, y1)
    assert chart.note.startswith("below the line")
    assert fitting(Found(many(5))) is None


def test_the_map_has_the_best_of_each_part_and_shades_it() -> None:
    run = searched(
        [{"lr": 0.1}] * 3,
        [
            Result(0, 9, "done", {"acc": 0.9}),
            Result(1, 3, "done", {"acc": 0.2}),
            Result(2, 3, "done", {"acc": 0.5}),
        ],
    )
    best, middle, worst = run.ranked
    grid = Grid(
        "act",
        "lr",
        ["a", "b"],
        [("x", [Part(4, best), Part(0, None)]), ("y", [Part(1, worst), Part(2, middle)])],
    )
    section = heat(Found(run, grid=grid))
    assert section is not None
    (block,) = section.blocks
    assert isinstance(block, Heat)
    cells = [(cell.text, cell.trials, cell.style) for _, row in block.rows for cell in row]
    assert cells == [("0.9 (9)", 4, "h5"), ("", 0, ""), ("0.2 (3)", 1, "h0"), ("0.5 (3)", 2, "h2")]
    assert "In brackets the epochs" in section.lead


# -- parallel coordinates


def test_a_line_goes_through_every_axis() -> None:
    run = many(40)
    section = parallel(Found(run))
    assert section is not None
    (block,) = section.blocks
    assert isinstance(block, Parallel)
    assert [stand.label for stand in block.stands] == ["lr", "beta", "act", "acc"]
    threads = [mark for mark in block.marks if "thread" in mark.style.split()]
    assert {int(mark.trials) for mark in threads} == {one.trial.number for one in run.ranked}
    best = threads[-1]
    assert run.best is not None
    assert (best.style, int(best.trials)) == ("thread best", run.best.trial.number)
    for mark in threads:
        xs = [int(x) for x, _ in re.findall(r"[ML](\d+) (\d+)", mark.path)]
        assert xs == [stand.x for stand in block.stands]
    assert best.path.endswith(f"L{block.stands[-1].x} {block.stands[-1].top}")


def test_what_is_not_active_goes_below_its_axis() -> None:
    section = parallel(Found(a_run()))
    assert section is not None
    (block,) = section.blocks
    assert isinstance(block, Parallel)
    by_trial = {int(mark.trials): re.findall(r"[ML]\d+ (\d+)", mark.path) for mark in block.marks}
    beta = block.stands[2]
    assert int(by_trial[1][2]) > beta.bottom
    assert beta.top <= int(by_trial[0][2]) <= beta.bottom


def test_of_many_lines_the_best_and_some_of_the_others_are_drawn() -> None:
    ranked = many(900).ranked
    some = chosen(ranked)
    assert len(some) == 500
    assert some[:300] == list(ranked[:300])
    assert some[-1] == ranked[-1]
    assert chosen(ranked[:400]) == list(ranked[:400])
