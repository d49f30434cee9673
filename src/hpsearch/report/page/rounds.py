"""Coarse to fine: where the trials of each part of the search went, in the two parameters that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.core.trial import Trial
from hpsearch.core.words import spoken
from hpsearch.report.page.axes import of_parameter
from hpsearch.report.page.drawing import Area, Chart, Charts, Mark, Plot, box, dots, ring
from hpsearch.report.page.found import MOST, Found
from hpsearch.report.page.parameters import along
from hpsearch.report.page.parts import Section
from hpsearch.report.page.ranges import had, middle, span, spanning
from hpsearch.space import Parameter

#: The search is shown in so many parts at most; what is fewer trials than this has no middle.
_PARTS, _FEWEST = 6, 4
_AREA = Area(100, 46, 520, 380)
_SIZE = (640, 520)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Some rounds that follow each other, and the trials that were new in them."""

    first: int
    last: int
    trials: Sequence[Trial]


def rounds(found: Found) -> Section | None:
    """A chart for each part of the search: its new trials, the earlier ones, and the middle of what was tried."""
    if found.pair is None:
        return None
    across, up = (spanning(one, found.ancestors) for one in found.pair)
    names = (across.name, up.name)
    trials = [one for _, one in sorted(found.run.trials.items()) if all(name in one.config for name in names)]
    stages = staged(trials[:MOST])
    if not stages:
        return None
    plot = Plot(_AREA, of_parameter(across), of_parameter(up))
    places = {one.number: point for one, point in zip(trials, _points(plot, across, up, trials), strict=True)}
    boxes = _boxes(found, plot, across, up)
    charts = [_chart(found, plot, stages[: place + 1], places, boxes) for place in range(len(stages))]
    lead = f"Where the search went, from coarse to fine. {found.why_these}"
    return Section("rounds", "Coarse to fine", [Charts(charts, _key(found))], lead)


def _key(found: Found) -> list[tuple[str, str]]:
    key = [("dots new", "new"), ("dots old", "earlier"), ("box middle", "the middle 80 % of the new")]
    key += [("ring", "best")] if found.run.best else []
    if found.ancestors:
        before = ", ".join(spoken(one.name) for one in found.ancestors)
        key += [
            ("box own", "the ranges of this search"),
            ("box before", f"those of the searches before: {before}"),
        ]
    return key


def staged(trials: Sequence[Trial]) -> list[_Stage]:
    """The trials by their rounds, in at most so many parts of about as many trials."""
    new: dict[int, list[Trial]] = {}
    for trial in trials:
        new.setdefault(trial.round, []).append(trial)
    ordered, size = sorted(new), len(trials) / _PARTS
    parts: dict[int, list[int]] = {}
    seen = 0
    for number in ordered:
        parts.setdefault(min(_PARTS - 1, int((seen + len(new[number]) / 2) / size)), []).append(number)
        seen += len(new[number])
    return [
        _Stage(some[0], some[-1], [trial for number in some for trial in new[number]])
        for some in parts.values()
    ]


def _points(plot: Plot, across: Parameter, up: Parameter, trials: Sequence[Trial]) -> list[tuple[int, int]]:
    xs, ys = plot.area.x(along(across, trials)), plot.area.y(along(up, trials))
    return list(zip(xs, ys, strict=True))


def _chart(
    found: Found,
    plot: Plot,
    stages: Sequence[_Stage],
    places: dict[int, tuple[int, int]],
    boxes: Sequence[Mark],
) -> Chart:
    *before, now = stages
    marks, words = plot.frame()
    marks += boxes
    old = [trial for stage in before for trial in stage.trials]
    marks += [_dots(places, some, style) for some, style in ((old, "old"), (now.trials, "new")) if some]
    if len(now.trials) >= _FEWEST:
        marks.append(_middle([places[trial.number] for trial in now.trials]))
    best = found.run.best
    if best and any(best.trial.number == trial.number for trial in now.trials):
        marks.append(ring(*places[best.trial.number]))
    which = f"round {now.first}" if now.first == now.last else f"rounds {now.first} to {now.last}"
    count = f"{len(now.trials)} new {'trial' if len(now.trials) == 1 else 'trials'}"
    says = f"{plot.y.label} against {plot.x.label} in {which}: {count}, {len(old)} earlier ones."
    return Chart(which.capitalize(), says, *_SIZE, marks, words, note=count)


def _dots(places: dict[int, tuple[int, int]], trials: Sequence[Trial], style: str) -> Mark:
    return dots(((*places[trial.number], trial.number) for trial in trials), style)


def _middle(points: Sequence[tuple[int, int]]) -> Mark:
    """The box of what is most of them along each axis."""
    left, right = middle([x for x, _ in points])
    top, bottom = middle([y for _, y in points])
    return Mark(box(round(left), round(top), round(right), round(bottom)), "box middle")


def _boxes(found: Found, plot: Plot, across: Parameter, up: Parameter) -> list[Mark]:
    """The ranges of this search and of those that it refines, each around the next."""
    if not found.ancestors or found.pair is None:
        return []
    ranges = [("before", had(one, across.name), had(one, up.name)) for one in reversed(found.ancestors)]
    return [_range(plot, across, up, x, y, style) for style, x, y in [*ranges, ("own", *found.pair)]]


def _range(
    plot: Plot, across: Parameter, up: Parameter, x: Parameter | None, y: Parameter | None, style: str
) -> Mark:
    left, right = plot.area.x(span(x, across))
    bottom, top = plot.area.y(span(y, up))
    return Mark(box(left, top, right, bottom), f"box {style}")
