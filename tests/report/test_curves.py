from __future__ import annotations

import io
import math

import pytest
from rich.console import Console

from hpsearch.report.curves import Lines, Live, drawn, sparkline

CURVES = {"val_loss": [2.0, 1.0, 0.5], "val_acc": [0.1, 0.5, 0.9]}


def test_a_long_curve_keeps_its_ends_and_its_width() -> None:
    line = sparkline([float(value) for value in range(1000)], width=20)
    assert len(line) == 20
    assert (line[0], line[-1]) == ("▁", "█")
    assert sparkline([]) == ""
    assert sparkline([1.0, 1.0]) == "▁▁"
    assert sparkline([math.nan]) == " "


def test_the_curves_on_a_terminal() -> None:
    output = io.StringIO()
    with Live(Console(file=output, force_terminal=True, width=100)) as live:
        live.update(CURVES, 27)
    assert "epoch 3 of 27" in output.getvalue()
    assert "val acc    0.9000  ▁" in output.getvalue()
    assert drawn(CURVES, 27).splitlines()[1].startswith("val loss   0.5000  █")


@pytest.mark.parametrize(("quiet", "lines"), [(False, 1), (True, 0)])
def test_the_curves_elsewhere(quiet: bool, lines: int) -> None:
    output = io.StringIO()
    with Lines(Console(file=output, width=40), quiet=quiet) as plain:
        for done in (1, 2, 3):
            plain.update({name: values[:done] for name, values in CURVES.items()}, 30)
    assert output.getvalue() == "epoch 3 of 30: val loss 0.5000, val acc 0.9000\n" * lines
