"""Round by round: where the trials of each part of the search went, in the two parameters that matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from hpsearch.core.trial import Trial
from hpsearch.core.words import spoken
from hpsearch.reporting.page.axes import of_parameter
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, box, dots, ring
from hpsearch.reporting.page.found import MOST, Found
from hpsearch.reporting.page.parameters import along
from hpsearch.reporting.page.parts import Section
from hpsearch.reporting.page.ranges import had, middle, span, spanning
from hpsearch.space import Parameter

#: The search is shown in so many parts at most; what is fewer trials than this has no middle.
_PARTS, _FEWEST = 6, 4
_AREA = Area(100, 46, 520, 380)
_SIZE = (660, 505)


class _Stage(Struct, frozen=True):
    """Some rounds that follow each other, and the trials that were new in them."""

    first: int
    last: int
    trials: Sequence[Trial]


class _Ground(Struct, frozen=True):
    """What all charts have: the axes, the ranges, and where each trial lies."""

    plot: Plot
    ranges: Sequence[Mark]
    places: Mapping[int, tuple[int, int]]
    ordered: tuple[bool, bool]

    def dots(self, trials: Sequence[Trial], style: str) -> Mark:
        """The trials."""
        return dots(((*self.places[trial.number], trial.number) for trial in trials), style)

    def middle(self, trials: Sequence[Trial]) -> Mark:
        """The box of most of them along each axis; along one whose values have no order it has no ends."""
        area = self.plot.area
        xs, ys = zip(*(self.places[trial.number] for trial in trials), strict=True)
        left, right = middle(xs) if self.ordered[0] else (area.left, area.left + area.width)
        top, bottom = middle(ys) if self.ordered[1] else (area.top, area.top + area.height)
        return Mark(box(round(left), round(top), round(right), round(bottom)), "box middle")


def rounds(found: Found) -> Section | None:
    """A chart for each part of the search: its new trials, the earlier ones, and the middle of what was tried."""
    if found.pair is None:
        return None
    names = [one.name for one in found.pair]
    trials = [one for _, one in sorted(found.run.trials.items()) if all(name in one.config for name in names)]
    stages = staged(trials[:MOST])
    if not stages:
        return None
    ground = _ground(found, found.pair, trials[:MOST])
    charts = [_chart(found, ground, stages[: place + 1]) for place in range(len(stages))]
    lead = f"Where the new trials of each part of the search lie. {found.why_these}"
    return Section("rounds", "Round by round", [Charts(charts, _key(found))], lead)


def _ground(found: Found, pair: tuple[Parameter, Parameter], trials: Sequence[Trial]) -> _Ground:
    across, up = (spanning(one, found.ancestors) for one in pair)
    plot = Plot(_AREA, of_parameter(across), of_parameter(up))
    points = zip(plot.area.x(along(across, trials)), plot.area.y(along(up, trials)), strict=True)
    ranges = []
    if found.ancestors:
        before = [(had(one, across.name), had(one, up.name), "before") for one in reversed(found.ancestors)]
        drawn = [_range(plot, (across, up), *one) for one in [*before, (*pair, "own")]]
        ranges = [mark for mark in drawn if mark]
    places = dict(zip((one.number for one in trials), points, strict=True))
    return _Ground(plot, ranges, places, (across.kind != "categorical", up.kind != "categorical"))


def _range(
    plot: Plot, on: tuple[Parameter, Parameter], across: Parameter | None, up: Parameter | None, style: str
) -> Mark | None:
    """The ranges of a search as a box; None where they have no place on these axes."""
    widths, heights = span(across, on[0]), span(up, on[1])
    if widths is None or heights is None:
        return None
    left, right = plot.area.x(widths)
    bottom, top = plot.area.y(heights)
    return Mark(box(left, top, right, bottom), f"box {style}")


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


def _chart(found: Found, ground: _Ground, stages: Sequence[_Stage]) -> Chart:
    *before, now = stages
    marks, words = ground.plot.frame()
    old = [trial for stage in before for trial in stage.trials]
    marks += [*ground.ranges, ground.dots(old, "old"), ground.dots(now.trials, "new")]
    if len(now.trials) >= _FEWEST:
        marks.append(ground.middle(now.trials))
    best = found.run.best
    if best and any(best.trial.number == trial.number for trial in now.trials):
        marks.append(ring(*ground.places[best.trial.number]))
    which = f"round {now.first}" if now.first == now.last else f"rounds {now.first} to {now.last}"
    count = f"{len(now.trials)} new {'trial' if len(now.trials) == 1 else 'trials'}"
    says = (
        f"{ground.plot.y.label} against {ground.plot.x.label} in {which}: {count}, {len(old)} earlier ones."
    )
    shown = [mark for mark in marks if mark.path]
    return Chart(which.capitalize(), says, *_SIZE, shown, words, note=count)
