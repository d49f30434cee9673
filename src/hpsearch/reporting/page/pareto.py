"""What there is to choose between: every trial in the plane of two criteria, and those that no other beats."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from msgspec.structs import replace

from hpsearch.core.words import shown
from hpsearch.engine.front import Front
from hpsearch.engine.run import Run
from hpsearch.reporting.columns import digits, spoken_apart
from hpsearch.reporting.fronts import table, wanted
from hpsearch.reporting.page import levels
from hpsearch.reporting.page.axes import Axis, of_metric, of_parameter
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, dots, ring, steps
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Column, Section, Table

_AREA = Area(120, 46, 620, 400)
_SIZE = (780, 525)
#: More digits than this nobody compares.
_DIGITS = 6


def pareto(found: Found) -> Section | None:
    """The front, where there is one."""
    run, front = found.run, found.front
    if front is None or not front.best:
        return None
    lead = _lead(front, _axes(run, front), found.remarks)
    return Section("pareto", "Trade-offs", [charts(run, front)], lead)


def charts(run: Run, front: Front) -> Charts:
    """A chart for each pair of criteria, with the same trials marked in all. There must be a front."""
    axes = _axes(run, front)
    pairs = list(combinations(range(len(axes)), 2))
    drawn = [_chart(front, axes, across, up) for up, across in pairs]
    drawn[0] = replace(drawn[0], numbers=_numbers(run, front))
    key = [*levels.key(point.standing.epochs for point in front.points), ("ring", "on the front")]
    key += [("line even", "what the front reaches")] if len(pairs) == 1 else []
    return Charts(drawn, key)


def _lead(front: Front, axes: Sequence[Axis], remarks: Sequence[str]) -> str:
    goals = [wanted(one) for one in front.criteria]
    compared = "1 trial" if len(front.points) == 1 else f"{len(front.points)} trials"
    head = (
        f"The front: {len(front.best)} of {compared}, beaten by none where {' and '.join(goals)} is wanted."
    )
    beyond = [f"{axis.label}: {axis.beyond}" for axis in axes if axis.beyond]
    return " ".join([head, *beyond, *(f"{text[0].upper()}{text[1:]}." for text in remarks)])


def _axes(run: Run, front: Front) -> list[Axis]:
    return [_axis(run, front, place) for place in range(len(front.criteria))]


def _axis(run: Run, front: Front, place: int) -> Axis:
    """Of a criterion: a parameter on its own scale, all else by its numbers, with the whole front on it."""
    criterion = front.criteria[place]
    parameter = next((one for one in run.space.parameters if one.name == criterion.metric.name), None)
    if criterion.of == "parameter" and parameter is not None:
        axis = of_parameter(parameter)
        return replace(axis, place=lambda values: axis.place(parameter.encode(list(values))))
    values, seen = ([point.values[place] for point in some] for some in (front.points, front.best))
    return of_metric(str(criterion), criterion.metric, values, seen=seen)


def _chart(front: Front, axes: Sequence[Axis], across: int, up: int) -> Chart:
    plot = Plot(_AREA, axes[across], axes[up])
    marks, words = plot.frame()
    shades = levels.shades(point.standing.epochs for point in front.points)
    xs = plot.xs([point.values[across] for point in front.points])
    ys = plot.ys([point.values[up] for point in front.points])
    places = list(zip(xs, ys, front.points, strict=True))
    for epochs, style in shades.items():
        marks.append(
            dots(((x, y, one.number) for x, y, one in places if one.standing.epochs == epochs), style)
        )
    best = {point.number for point in front.best}
    rings = sorted({(x, y) for x, y, one in places if one.number in best})
    if len(axes) == 2:
        marks.append(_reached(plot, front, rings, across))
    marks += [ring(x, y) for x, y in rings]
    title = f"{front.criteria[up]} against {front.criteria[across]}"
    says = f"{title}: {len(places)} trials, {len(best)} of them on the front."
    return Chart(title, says, *_SIZE, marks, words)


def _reached(plot: Plot, front: Front, rings: Sequence[tuple[int, int]], across: int) -> Mark:
    """The end of what is reached: what one trial has, all that are worse by both criteria have too."""
    left, right = plot.area.left, plot.area.left + plot.area.width
    upwards = front.criteria[across].metric.goal == "minimize"
    xs, ys = zip(*(rings if upwards else rings[::-1]), strict=True)
    return steps(xs, ys, right if upwards else left, "even")


def _numbers(run: Run, front: Front) -> Table:
    """The trials of the front."""
    header, rows = table(run, front)
    heads = spoken_apart(header)
    columns, cells = list[Column](), list[list[str]]()
    for place, name in enumerate(header):
        values = [row[place] for row in rows]
        enough = min(digits(values), _DIGITS)
        numeric = all(
            isinstance(value, int | float | None) and not isinstance(value, bool) for value in values
        )
        columns.append(Column(heads[name], numeric))
        cells.append(["" if value is None else shown(value, enough) for value in values])
    return Table("front", columns, list(zip(*cells, strict=True)))
