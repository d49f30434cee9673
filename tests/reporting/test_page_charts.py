"""What is drawn of progress, parameters and curves is what the run holds: numbers are read back from the marks."""

from __future__ import annotations

import math
import re

import pytest

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.core.trial import Result, Value
from hpsearch.core.words import shown
from hpsearch.reporting.page.axes import numbers, of_metric, of_parameter
from hpsearch.reporting.page.curves import curves
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parameters import parameters
from hpsearch.reporting.page.progress import best_so_far, progress, read
from hpsearch.space import Choice, Integer, Linear, Log, OneMinusLog, Parameter, Real
from hpsearch.space.parameters import Steps
from tests.reporting.charted import LR, charts, many, marks, points, searched, words
from tests.reporting.runs import a_run

# -- axes


def test_a_parameter_lies_where_its_own_scale_has_it() -> None:
    cases: list[tuple[Parameter, list[Value], list[float]]] = [
        (LR, [1e-4, 0.01, 1.0], [0, 0.5, 1]),
        (Real("beta", OneMinusLog(0.9, 0.999)), [0.9, 0.99, 0.999], [0, 0.5, 1]),
        (Real("drop", Linear(0, 0.8)), [0.0, 0.4, 0.8], [0, 0.5, 1]),
        (Choice("act", ("relu", "tanh")), ["relu", "tanh"], [0.25, 0.75]),
    ]
    for parameter, values, places in cases:
        axis = of_parameter(parameter)
        assert axis.place(parameter.encode(values)) == pytest.approx(places)
        assert axis.ticks[0][1] in ("0.0001", "0.9", "0", "relu")
        assert [place for place, _ in axis.ticks] == sorted(place for place, _ in axis.ticks)
    assert [text for _, text in of_parameter(Integer("depth", Linear(1, 3))).ticks] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "parameter",
    [
        Choice("std", tuple(round(0.9**power, 5) for power in range(16))),
        Steps("width", tuple(range(0, 1001, 10))),
        Choice("city", tuple(f"city {number}" for number in range(30))),
    ],
    ids=lambda parameter: parameter.name,
)
def test_of_many_choices_some_stand_beside_the_axis(parameter: Parameter) -> None:
    ticks = of_parameter(parameter).ticks
    assert 2 <= len(ticks) <= 8
    assert {text for _, text in ticks} <= {shown(choice, 4) for choice in parameter.levels(99)}
    assert [place for place, _ in ticks] == sorted(place for place, _ in ticks)


def test_words_beside_an_axis_do_not_touch() -> None:
    axis = of_parameter(Real("lr", Log(1e-12, 1)))
    gaps = [b[0] - a[0] for a, b in zip(axis.ticks, axis.ticks[1:], strict=False)]
    assert len(gaps) >= 2
    assert min(gaps) > 0.1


def test_what_is_far_worse_than_most_lies_at_the_edge_and_it_is_said() -> None:
    run = searched([], [], metric="val_loss")
    axis = of_metric("loss", run.metric, [*[1 + place / 100 for place in range(30)], 1e9])
    assert "lies at the edge" in axis.beyond
    assert axis.place([1e9]) == [1]
    assert axis.place([1.29])[0] < 1
    assert axis.place([1.0]) == [0]
    same = of_metric("loss", run.metric, [0.5, 0.5])
    assert not same.beyond
    assert same.place([0.5]) == pytest.approx([0.5])
    wide = of_metric("loss", run.metric, [10.0**place for place in range(-6, 1)])
    assert wide.place([1e-3]) == pytest.approx([0.5])


def test_ticks_are_round_numbers() -> None:
    assert [text for _, text in numbers("", 0, 30, whole=True).ticks] == [
        "0",
        "5",
        "10",
        "15",
        "20",
        "25",
        "30",
    ]
    assert [text for _, text in numbers("", 0, 3, whole=True).ticks] == ["0", "1", "2", "3"]
    assert [text for _, text in numbers("", 1, 1000, log=True).ticks] == ["1", "10", "100", "1000"]
    assert len(numbers("", 7, 7).ticks) > 1


# -- best so far


def test_progress_counts_what_each_training_adds_and_keeps_the_best_of_each_length() -> None:
    results = [
        Result(0, 1, "done", {"acc": 0.5}),
        Result(1, 1, "done", {"acc": 0.4}),
        Result(2, 1, "failed"),
        Result(0, 3, "done", {"acc": 0.7}),
        Result(3, 1, "done", {"acc": 0.6}),
        Result(0, 3, "done", {"acc": 0.9}, replicate=1),
    ]
    found = Found(
        searched([{"lr": 0.1}] * 4, results[::-1]),
        asked={result.key: place for place, result in enumerate(results)},
    )
    readings, spent = read(found)
    assert [(one.spent, one.value, one.epochs, one.trial) for one in readings] == [
        (1, 0.5, 1, 0), (2, 0.4, 1, 1), (5, 0.7, 3, 0), (6, 0.6, 1, 3),
    ]  # fmt: skip
    assert spent == 9
    assert [one.value for one in best_so_far(found, readings)] == [0.5, 0.7]
    (chart,) = charts(progress(found))
    assert chart.numbers is not None
    assert [tuple(row) for row in chart.numbers.rows] == [
        ("1", "1", "0", "0.5"), ("1", "6", "3", "0.6"), ("3", "5", "0", "0.7"),
    ]  # fmt: skip
    assert len(marks(chart, "line")) == 2
    assert "0.7 of trial 0 at 3 epochs, after 5 of 9 epochs" in chart.says


# -- parameters


def test_each_trial_lies_at_its_value_and_its_metric() -> None:
    run = many(40)
    chart, *others = charts(parameters(Found(run)))
    assert [one.title for one in others] == ["beta", "act"]
    there, told = points(chart, "dots"), words(chart)
    assert there.keys() == {one.trial.number for one in run.ranked}
    left, right = told["0.0001"][0], told["1"][0]
    (best,) = marks(chart, "ring")
    ordered = [there[one.trial.number][1] for one in sorted(run.ranked, key=lambda one: one.metrics["acc"])]
    assert ordered == sorted(ordered, reverse=True)
    for one in run.ranked:
        place = (math.log10(float(str(one.trial.config["lr"]))) + 4) / 4
        assert there[one.trial.number][0] == pytest.approx(left + place * (right - left), abs=1.01)
    assert run.best is not None
    x, y = there[run.best.trial.number]
    assert best.path.startswith(f"M{x - 12} {y}a")
    lost = points(chart, "crosses")
    assert lost.keys() == {one.trial.number for one in run.lost}
    assert min(y for _, y in lost.values()) > max(y for _, y in there.values())
    ends = marks(chart, "ends")[0].path
    assert [int(x) for x in re.findall(r"M(\d+)", ends)] == [left, right]
    assert not marks(others[1], "ends")


def test_the_longer_the_training_the_stronger_the_dot() -> None:
    chart = charts(parameters(Found(many(40))))[0]
    for epochs, style in ((1, "s0"), (3, "s2"), (9, "s5")):
        assert all((1, 3, 9)[trial % 3] == epochs for trial in points(chart, style))


def test_a_conditional_parameter_shows_where_it_is_active() -> None:
    chart = charts(parameters(Found(a_run())))[2]
    assert chart.title == "beta"
    assert "only when optimizer is ádam" in chart.note
    assert points(chart, "dots").keys() == {0}
    assert not points(chart, "crosses")


# -- learning curves


def test_the_best_have_their_curves_on_the_same_axes_and_say_where_they_were_stopped() -> None:
    results = [
        Result(0, 9, "done", {"val_acc": 0.9}, {"val_acc": [place / 10 for place in range(1, 10)]}),
        Result(1, 3, "done", {"val_acc": 0.3}, {"val_acc": [0.1, 0.2, 0.3], "train_acc": [0.2, 0.4, 0.6]}),
        *[Result(number, 1, "done", {"val_acc": 0.1}, {"val_acc": [0.1]}) for number in range(2, 30)],
    ]
    section = curves(Found(searched([{"lr": 0.1}] * 30, results, metric="val_acc")))
    first, second, *others = charts(section)
    assert section is not None
    assert "18 of them were stopped early" not in section.lead
    assert "19 of them were stopped early" in section.lead
    assert len(others) == 18
    assert (first.title, first.note) == ("Best-1, trial 0", "all 9 epochs")
    assert second.note == "stopped at 3 of 9 epochs"
    assert {frozenset(words(one)) for one in (first, second, *others)} == {frozenset(words(first))}
    (drawn,), (short, again) = marks(first, "line"), marks(second, "line")
    assert drawn.path.count("L") == 8
    assert (short.style, again.style) == ("line training", "line held-out")
    assert short.path.count("L") == again.path.count("L") == 2
    ticks = words(first)
    assert points(first, "dots")[0][1] < ticks["0.8"][1]
    assert "0.1 at epoch 1 to 0.9 at epoch 9" in first.says


def test_without_epochs_there_are_no_curves() -> None:
    assert curves(Found(searched([{"lr": 0.1}], [Result(0, 9, "done", {"acc": 0.5})]))) is None


def test_a_trial_that_failed_later_says_so() -> None:
    results = [
        Result(0, 3, "done", {"acc": 0.5}, {"acc": [0.3, 0.4, 0.5]}),
        Result(0, 9, "crashed", reason="killed"),
    ]
    (chart,) = charts(curves(Found(searched([{"lr": 0.1}], results))))
    assert chart.note == "crashed when trained on from epoch 3"
