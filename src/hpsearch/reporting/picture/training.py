"""One training: what it learned from and what it did not, on one axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from hpsearch.core.metric import Metric
from hpsearch.core.words import spoken
from hpsearch.reporting.page.axes import numbers, of_metric
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, dots, line
from hpsearch.reporting.page.names import of_training
from hpsearch.reporting.picture.svg import Part, Picture

_AREA, _SIZE = Area(110, 46, 700, 400), (850, 530)
_KEY = [("line held-out", "validation"), ("line training", "training")]
Curve = Sequence[float]


def training_picture(name: str, curves: Mapping[str, Curve], last: Mapping[str, float]) -> Picture:
    """The picture of `train`: a chart for each figure.

    Args:
        name: what is trained.
        curves: each figure by epoch, those of both parts.
        last: what was measured after the last epoch alone.
    """
    pairs = list(_pairs(curves, last))
    charts = [
        _chart(held_out, curves[held_out], *_of(training, curves, last)) for held_out, training in pairs
    ]
    lead = (
        "Where the training part goes on getting better and the validation part does not, the network learns by "
        "heart; where both are poor, it is too small, or not trained for long enough."
    )
    return Picture(f"The training of {name}", [Part("Training and validation", Charts(charts, _KEY), lead)])


def _pairs(curves: Mapping[str, Curve], last: Mapping[str, float]) -> Iterator[tuple[str, str | None]]:
    """Each figure of what is held out, and the same of the training part."""
    known = {*curves, *last}
    others = {name: of_training(name, known) for name in curves}
    for name, other in others.items():
        if name not in others.values():
            yield name, other


def _of(
    name: str | None, curves: Mapping[str, Curve], last: Mapping[str, float]
) -> tuple[Curve, float | None]:
    """The curve of a figure, or the one number that there is of it."""
    if name is None:
        return (), None
    return (curves[name], None) if name in curves else ((), last[name])


def _chart(name: str, held_out: Curve, training: Curve, last: float | None) -> Chart:
    metric = Metric.named(name)
    title = spoken(name.removeprefix("val_"))
    single = [] if last is None else [last]
    y = of_metric(title, metric, [*held_out, *training, *single])
    plot = Plot(_AREA, numbers("epoch", 1, len(held_out), whole=True), y)
    marks, words = plot.frame()
    marks += _line(plot, training, "training") + _line(plot, held_out, "held-out")
    if last is not None and math.isfinite(last):
        marks.append(dots([(plot.xs([len(held_out)])[0], plot.ys([last])[0], 0)], "training"))
    return Chart(title, _says(metric, held_out, training, single), *_SIZE, marks, words, note=y.beyond)


def _line(plot: Plot, curve: Curve, style: str) -> list[Mark]:
    """A curve with a dot at its end; without what is no number."""
    points = [(epoch, value) for epoch, value in enumerate(curve, start=1) if math.isfinite(value)]
    if not points:
        return []
    epochs, values = zip(*points, strict=True)
    xs, ys = plot.xs(epochs), plot.ys(values)
    return [line(xs, ys, style), dots([(xs[-1], ys[-1], 0)], style)]


def _says(metric: Metric, held_out: Curve, training: Curve, single: Sequence[float]) -> str:
    ends = [f"{spoken(metric.name)} is {metric.shown(held_out[-1])} after epoch {len(held_out)}"]
    ends += [f"{metric.shown(value)} on the training part" for value in [*training[-1:], *single]]
    return f"{', '.join(ends)}."
