"""Each parameter against the metric, on its own scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

import numpy as np
from msgspec.structs import replace

from hpsearch.core.trial import Epochs, Standing, Trial
from hpsearch.core.words import shown, spoken
from hpsearch.reporting.page import levels
from hpsearch.reporting.page.axes import Axis, of_metric, of_parameter
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, crosses, dots, ring
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Section
from hpsearch.space import Integer, Parameter, Real, Steps
from hpsearch.space.preview import preview

_AREA = Area(100, 46, 520, 300)
_SIZE = (660, 425)
#: The part of the height below the values, where crosses lie.
_BELOW = 0.14
#: How far along its bin each of a few values is spread, and by what, so that its trials lie apart.
_FEW, _SPREAD, _GOLDEN = 12, 0.6, 0.618033988749895


def parameters(found: Found) -> Section | None:
    """A chart for each parameter, all with the same axis of the metric."""
    run = found.run
    if not found.standings or not len(run.space):
        return None
    metric = run.metric
    done = [one for one in found.standings if one.rank]
    y = above_the_ill(of_metric(str(metric), metric, [one.reading(metric) for one in done]), found)
    lengths = [one.epochs for one in done]
    charts = [_chart(found, parameter, y, levels.shades(lengths)) for parameter in run.space.parameters]
    key = [*levels.key(lengths), ("ring", "best")] if done else []
    key += [("crosses ill", "did not end well")] if any(map(ill, found.standings)) else []
    key += [("line ends", "an end of the range")] if any(map(has_range, run.space.parameters)) else []
    lead = f"Each dot is a trial at the longest training that ended well. {y.beyond}"
    return Section("parameters", "Each parameter", [Charts(charts, key)], lead)


def ill(standing: Standing) -> bool:
    """Whether a trial did not end well, at first or when it was trained on."""
    return standing.rank is None or standing.failure is not None


def _chart(found: Found, parameter: Parameter, y: Axis, styles: Mapping[Epochs, str]) -> Chart:
    name = parameter.name
    active = [one for one in found.standings if name in one.trial.config]
    what = str(preview(parameter, [])["what"])
    title = spoken(name)
    plot = Plot(_AREA, of_parameter(parameter), y)
    marks, words = plot.frame()
    marks += _ends(plot, parameter)
    marks += drawn(found, plot, active, along(parameter, [one.trial for one in active]), styles)
    count = "1 trial" if len(active) == 1 else f"{len(active)} trials"
    says = f"{found.run.metric} against {title} ({what}): {count}{_best_at(found, name)}."
    return Chart(title, says, *_SIZE, marks, words, note=f"{what}; {count}" if parameter.when else what)


def _ends(plot: Plot, parameter: Parameter) -> list[Mark]:
    """Where a range ends; choices have none."""
    if not has_range(parameter):
        return []
    scale, area = parameter.scale, plot.area
    low, high = area.x(parameter.encode([scale.low, scale.high]).tolist())
    return [
        Mark(
            f"M{low} {area.top}V{area.top + area.height}M{high} {area.top}V{area.top + area.height}",
            "line ends",
        )
    ]


def has_range(parameter: Parameter) -> TypeGuard[Real | Integer | Steps]:
    """Whether a parameter has ends, and not choices."""
    return isinstance(parameter, Real | Integer | Steps)


def along(parameter: Parameter, trials: Sequence[Trial]) -> list[float]:
    """Where the trials lie along a parameter; those of one choice beside each other."""
    places = parameter.encode([trial.config[parameter.name] for trial in trials])
    if parameter.size is None or parameter.size > _FEW:
        return list(places.tolist())
    numbers = np.array([trial.number for trial in trials], dtype=np.float64)
    return list((places + _SPREAD / parameter.size * ((numbers * _GOLDEN) % 1 - 0.5)).tolist())


def drawn(
    found: Found,
    plot: Plot,
    standings: Sequence[Standing],
    places: Sequence[float],
    styles: Mapping[Epochs, str],
) -> list[Mark]:
    """The trials: the worst first, so that the best are seen; dots by length, crosses for what did not end well."""
    metric, xs = found.run.metric, plot.area.x(places)
    done = [(x, one) for x, one in zip(xs, standings, strict=True) if one.rank]
    ys = plot.ys([one.reading(metric) for _, one in done])
    points = [(x, y, one) for (x, one), y in zip(done, ys, strict=True)][::-1]
    marks = [
        dots(((x, y, one.trial.number) for x, y, one in points if one.epochs == epochs), style)
        for epochs, style in styles.items()
    ]
    (bottom,) = plot.area.y([0.0])
    lost = [(x, bottom, one.trial.number) for x, one in zip(xs, standings, strict=True) if ill(one)]
    marks += [crosses(lost, "ill")] if lost else []
    marks += [ring(x, y) for x, y, one in points if one.rank == 1]
    return [mark for mark in marks if mark.path]


def above_the_ill(axis: Axis, found: Found) -> Axis:
    """The axis with a place for what did not end well below all values, where there is such."""
    if not any(map(ill, found.standings)):
        return axis
    ticks = [(0.0, "✕"), *((_BELOW + (1 - _BELOW) * place, text) for place, text in axis.ticks)]
    return replace(axis, ticks=ticks, place=lambda values: _BELOW + (1 - _BELOW) * axis.place(values))


def _best_at(found: Found, name: str) -> str:
    best = found.run.best
    if best is None:
        return ""
    at = (
        f" at {shown(best.trial.config[name], 4)}"
        if name in best.trial.config
        else ", where it is not active"
    )
    return f"; the best has {found.run.metric.shown(best.reading(found.run.metric))}{at}"
