"""The learning curves of the best as small multiples, all with the same axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hpsearch.core.trial import Epochs, Standing
from hpsearch.core.words import spoken
from hpsearch.engine.run import Run
from hpsearch.reporting.page.axes import Axis, numbers, of_metric
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, dots, line
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.names import of_training
from hpsearch.reporting.page.parts import Section

#: So many of the best are shown.
_BEST = 20
_AREA = Area(86, 44, 324, 190)
_SIZE = (420, 310)
Points = Mapping[Epochs, float]


def curves(found: Found) -> Section | None:
    """A small chart for each of the best that were measured in more than one epoch."""
    run, metric = found.run, found.run.metric
    best = list(run.ranked[:_BEST])
    traced = {one.trial.number: run.curves(one.trial.number) for one in best}
    if not any(len(curve.get(metric.name, ())) > 1 for curve in traced.values()):
        return None
    other = of_training(metric.name, {name for curve in traced.values() for name in curve})
    drawn = [name for name in (metric.name, other) if name]
    values = [value for curve in traced.values() for name in drawn for value in curve.get(name, {}).values()]
    y = of_metric(str(metric), metric, values)
    first = min(epoch for curve in traced.values() for points in curve.values() for epoch in points)
    x = numbers("epoch", min(1, first), run.epochs, whole=True)
    charts = [_chart(run, one, traced[one.trial.number], drawn, x, y) for one in best]
    key = [("line held-out", str(metric)), *([("line training", spoken(other))] if other else [])]
    short = sum(one.epochs < run.epochs for one in best)
    lead = (
        f"The best {len(best)}, all on the same axes." if len(best) > 1 else "The one trial that ended well."
    )
    lead += f" {short} of them {'was' if short == 1 else 'were'} stopped early." if short else ""
    lead += f" {y.beyond}"
    return Section("curves", "Learning curves", [Charts(charts, key, size="small")], lead)


def _chart(
    run: Run, standing: Standing, curve: Mapping[str, Points], names: Sequence[str], x: Axis, y: Axis
) -> Chart:
    plot = Plot(_AREA, x, y)
    marks, words = plot.frame()
    styles = zip(reversed(names), ("training", "held-out")[-len(names) :], strict=True)
    for name, style in styles:
        marks += _line(plot, standing.trial.number, curve.get(name, {}), style)
    title = f"Best-{standing.rank}, trial {standing.trial.number}"
    note = ended(standing, run.epochs)
    says = f"{run.metric} of trial {standing.trial.number} by epoch: {_told(run, curve)}; {note}."
    return Chart(title, says, *_SIZE, marks, words, note=note)


def _line(plot: Plot, trial: int, points: Points, style: str) -> list[Mark]:
    """The curve, with a dot at its end."""
    if not points:
        return []
    epochs = sorted(points)
    xs, ys = plot.xs(epochs), plot.ys([points[epoch] for epoch in epochs])
    return [line(xs, ys, style), dots([(xs[-1], ys[-1], trial)], style)]


def ended(standing: Standing, full: int) -> str:
    """How far a trial was trained."""
    if standing.failure:
        return f"{standing.failure.status} when trained on from epoch {standing.epochs}"
    if standing.epochs < full:
        return f"stopped at {standing.epochs} of {full} epochs"
    return f"all {full} epochs" if full > 1 else "1 epoch"


def _told(run: Run, curve: Mapping[str, Points]) -> str:
    points = curve.get(run.metric.name, {})
    if not points:
        return "not measured"
    first, last = min(points), max(points)
    shown = run.metric.shown
    return f"{shown(points[first])} at epoch {first} to {shown(points[last])} at epoch {last}"
