"""The training part against what is held out: who has learned by heart."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hpsearch.core.goals import goal_of
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Standing
from hpsearch.core.words import spoken
from hpsearch.reporting.page import levels
from hpsearch.reporting.page.axes import of_metric
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Plot, dots, line, ring
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.names import of_training
from hpsearch.reporting.page.parts import Section

_AREA = Area(110, 46, 510, 430)
_SIZE = (660, 556)
Pair = tuple[Standing, float, float]


def fitting(found: Found) -> Section | None:
    """A chart for the metric, and for the loss beside it, as far as both parts were measured."""
    charts = [chart for names in _pairs(found) if (chart := _chart(found, *names))]
    if not charts:
        return None
    lengths = [one.epochs for one in found.run.ranked]
    lead = (
        "On the line a trial is as good on both parts; the further from it, the more it has learned by heart."
    )
    key = [*levels.key(lengths), ("ring", "best"), ("line even", "equal on both")]
    return Section("fitting", "Training against validation", [Charts(charts, key, size="medium")], lead)


def _pairs(found: Found) -> Iterator[tuple[str, str]]:
    known = {name for standing in found.run.ranked for name in standing.metrics}
    metric = found.run.metric
    for name in dict.fromkeys([metric.name, *filter(None, [metric.loss_beside]), *sorted(known)]):
        other = of_training(name, known)
        if name in known and other:
            yield other, name


def _chart(found: Found, training: str, held_out: str) -> Chart | None:
    pairs = [pair for one in found.standings if one.rank and (pair := _pair(one, training, held_out))]
    if not pairs:
        return None
    given = found.run.metric
    metric = given if held_out == given.name else Metric(held_out, goal_of(held_out) or given.goal)
    values = [value for _, *both in pairs for value in both]
    axis = of_metric(spoken(held_out), metric, values)
    plot = Plot(_AREA, of_metric(spoken(training), metric, values), axis)
    marks, words = plot.frame()
    marks.append(line(plot.area.x([0, 1]), plot.area.y([0, 1]), "even"))
    xs, ys = plot.xs([x for _, x, _ in pairs]), plot.ys([y for *_, y in pairs])
    points = list(zip(xs, ys, (one for one, *_ in pairs), strict=True))[::-1]
    for epochs, style in levels.shades(one.epochs for one, *_ in pairs).items():
        marks.append(dots(((x, y, one.trial.number) for x, y, one in points if one.epochs == epochs), style))
    marks += [ring(x, y) for x, y, one in points if one.rank == 1]
    says = f"{spoken(held_out)} against {spoken(training)} of {len(pairs)} trials{_best(pairs, metric)}."
    side = "below" if metric.goal == "maximize" else "above"
    note = f"{side} the line: better in training. {axis.beyond}"
    return Chart(f"{spoken(held_out)} against {spoken(training)}", says, *_SIZE, marks, words, note=note)


def _pair(standing: Standing, training: str, held_out: str) -> Pair | None:
    values = [standing.metrics.get(name, math.nan) for name in (training, held_out)]
    return (standing, values[0], values[1]) if all(map(math.isfinite, values)) else None


def _best(pairs: list[Pair], metric: Metric) -> str:
    best, training, held_out = pairs[0]
    parts = f"{metric.shown(training)} in training, {metric.shown(held_out)} held out"
    return f"; trial {best.trial.number} has {parts}"
