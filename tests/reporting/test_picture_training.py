"""The pictures of one network: how it is trained, and what its layers make of their inputs."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from hpsearch.reporting.page.drawing import Chart
from hpsearch.reporting.picture.characters import plotted
from hpsearch.reporting.picture.layers import layers_picture
from hpsearch.reporting.picture.svg import Picture, svg
from hpsearch.reporting.picture.training import training_picture
from tests.reporting.charted import marks, points, words

LOSSES = {"train_loss": [1.0, 0.5, 0.25], "val_loss": [1.2, 0.8, 0.9]}


def charts(picture: Picture) -> list[Chart]:
    return [chart for part in picture.parts for chart in part.charts.charts]


def heights(chart: Chart) -> list[int]:
    """How high each bar is."""
    (bars,) = marks(chart, "bar")
    return [int(bottom) - int(top) for top, bottom in re.findall(r"M\d+ (\d+)H\d+V(\d+)", bars.path)]


def test_training_and_validation_are_on_one_axis() -> None:
    (chart,) = charts(training_picture("run", LOSSES, {}))
    assert chart.title == "loss"
    assert chart.says == "val loss is 0.9 after epoch 3, 0.25 on the training part."
    held_out, training = (marks(chart, style)[0] for style in ("held-out", "training"))
    first, second = (re.findall(r"(\d+) (\d+)", mark.path) for mark in (training, held_out))
    assert [x for x, _ in first] == [x for x, _ in second]
    assert int(first[2][1]) > int(second[2][1])  # a smaller loss lies lower


def test_a_figure_of_the_last_epoch_is_a_dot_and_one_without_the_other_part_a_line() -> None:
    curves = {**LOSSES, "val_acc": [0.5, 0.6, 0.7], "val_auc": [0.6, 0.7, 0.8]}
    _, acc, auc = charts(training_picture("run", curves, {"train_acc": 0.9, "train_loss": 0.25}))
    assert (acc.title, len(marks(acc, "line")), len(marks(auc, "line"))) == ("acc", 1, 1)
    assert points(acc, "training")[0][0] == points(acc, "held-out")[0][0]
    assert points(acc, "training")[0][1] < points(acc, "held-out")[0][1]
    assert not marks(auc, "training")


@pytest.mark.parametrize("values", [[1.0], [math.nan], [math.inf, 2.0], [1.0, 1e30, math.nan], [0.0, 0.0]])
def test_a_training_is_drawn_however_it_ended(values: list[float]) -> None:
    picture = training_picture(
        "run", {"train_loss": values, "val_loss": values[::-1]}, {"train_acc": math.nan}
    )
    ElementTree.fromstring(svg(picture))
    assert "nan" not in svg(picture).split("</desc>")[1]
    assert plotted(picture, 80)


def test_histograms_of_all_layers_have_the_same_axes() -> None:
    wide, narrow = np.linspace(-1, 1, 3000).reshape(100, 30), np.linspace(-0.1, 0.1, 3000).reshape(300, 10)
    first, second = charts(layers_picture("run", [wide, narrow], "tanh, initializer glorot"))
    assert (first.title, second.title) == ("layer 1, 30 units", "layer 2, 10 units")
    assert words(first) == words(second)
    assert second.note.startswith("mean ")
    assert (len(heights(first)), len(heights(second))) == (30, 4)
    assert max(heights(first)) < max(heights(second)) / 5


def test_a_bar_far_higher_than_the_others_is_cut_off_and_told() -> None:
    dead = np.maximum(np.linspace(-9, 1, 3000), 0).reshape(100, 30)
    (chart,) = charts(layers_picture("run", [dead], "relu, initializer he"))
    assert "90 % at 0 to 0.03" in chart.note
    first, *others = heights(chart)
    assert 1.8 < first / max(others) < 2.2


@pytest.mark.parametrize(
    "layer", [np.zeros((5, 3)), np.full((5, 3), np.nan), np.array([[1.0, np.inf, -np.inf]]), np.ones((1, 1))]
)
def test_a_layer_is_drawn_whatever_comes_out_of_it(layer: np.ndarray) -> None:
    picture = layers_picture("run", [layer, layer], "relu")
    ElementTree.fromstring(svg(picture))
    assert ("not all are finite" in charts(picture)[0].note) == (not np.isfinite(layer).all())
