from __future__ import annotations

import io
import math
import random

import pytest
from rich.console import Console

from hpsearch.reporting.curves import Lines, Live, chart, drawn

CURVES = {"val_loss": [2.0, 1.0, 0.5], "val_acc": [0.1, 0.5, 0.9]}


def test_a_long_curve_keeps_its_ends_and_its_width() -> None:
    (line,) = chart([float(value) for value in range(1000)], 1000, width=20, height=1)
    assert len(line) == 20
    assert (line[0], line[-1]) == ("▁", "█")
    assert chart([], 5, 10, 1) == [""]
    assert chart([1.0, 1.0], 5, 5, 1) == ["▁▁"]
    assert chart([math.nan], 5, 5, 1) == [" "]


def test_a_curve_grows_to_the_right_with_its_epochs() -> None:
    assert [len(chart([1.0] * done, 1000, 50, 1)[0]) for done in (1, 20, 21, 500, 1000)] == [1, 1, 2, 25, 50]
    assert [len(chart([1.0] * done, 10, 50, 1)[0]) for done in (1, 10)] == [4, 40]


def test_a_high_chart_fills_from_below() -> None:
    assert chart([0.0, 1.0, 15.0], 3, 3, 2) == ["  █", "▁▂█"]


def test_the_curves_on_a_terminal() -> None:
    output = io.StringIO()
    with Live(Console(file=output, force_terminal=True, width=100, height=30)) as live:
        live.update(CURVES, 27)
    assert "epoch 3 of 27, about " in output.getvalue()
    assert drawn(CURVES, 27, 80, 30) == [
        "val loss              2 ┤██    ",
        "now 0.5                 │██    ",
        "                        │██▅▅  ",
        "                        │████  ",
        "                    0.5 ┤████▁▁",
        "val acc             0.9 ┤    ██",
        "now 0.9                 │    ██",
        "                        │  ▅▅██",
        "                        │  ████",
        "                    0.1 ┤▁▁████",
    ]


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("height", [5, 24, 60])
@pytest.mark.parametrize("epochs", [1, 27, 5000])
def test_the_curves_fit_the_terminal(width: int, height: int, epochs: int) -> None:
    rng = random.Random(0)
    curves = {
        name: [rng.random() * 1e5 for _ in range(epochs)] for name in ("train_loss", "val_loss", "val_acc")
    }
    lines = drawn(curves, epochs, width, height)
    assert max(map(len, lines)) < width
    assert len(lines) < height - 1
    assert max(map(len, lines)) > width / 2 or epochs < 10


@pytest.mark.parametrize(("quiet", "lines"), [(False, 1), (True, 0)])
def test_the_curves_elsewhere(quiet: bool, lines: int) -> None:
    output = io.StringIO()
    with Lines(Console(file=output, width=40), quiet=quiet) as plain:
        for done in (1, 2, 3):
            plain.update({name: values[:done] for name, values in CURVES.items()}, 30)
    assert output.getvalue() == "epoch 3 of 30: val loss 0.5000, val acc 0.9000\n" * lines
