"""Parallel coordinates: each trial as a line over all parameters to its metric, of which parts can be picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from msgspec import Struct

from hpsearch.core.trial import Standing, Trial
from hpsearch.core.words import spoken
from hpsearch.reporting.page.axes import Axis, of_metric, of_parameter
from hpsearch.reporting.page.drawing import LETTER, Area, Mark, Word, shortened
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parameters import along
from hpsearch.reporting.page.parts import Section
from hpsearch.space import Parameter

#: So many lines can be told apart at most: the best, and as many of the others.
_BEST, _OTHERS = 300, 200
_SHADES = 6
_LEFT, _TOP, _HEIGHT, _RIGHT = 90, 60, 420, 130
#: How far axes are apart: at least, and at most; so wide are all of them if they can.
_NEAR, _FAR, _ROOM = 190, 400, 2000
#: Below the axis, where a parameter is not active.
_INACTIVE = -0.1


class Stand(Struct, frozen=True):
    """One axis: where it stands, what it is of, and its place along the row."""

    x: int
    top: int
    bottom: int
    label: str


class Parallel(Struct, frozen=True):
    """The picture; lines are marks with one trial each. `lead` is what is to be seen in it as it stands."""

    template: ClassVar[str] = "parallel.html"
    says: str
    lead: str
    width: int
    height: int
    stands: Sequence[Stand]
    marks: Sequence[Mark]
    words: Sequence[Word]


def parallel(found: Found) -> Section | None:
    """The lines of the best and of some others, with the axes that can be brushed."""
    run = found.run
    if not run.ranked or not len(run.space):
        return None
    shown = chosen(run.ranked)
    metric = of_metric(str(run.metric), run.metric, [one.reading(run.metric) for one in shown])
    columns = [_places(parameter, shown) for parameter in run.space.parameters]
    reached = metric.place([one.reading(run.metric) for one in shown]).tolist()
    columns.append(dict(zip((one.trial.number for one in shown), reached, strict=True)))
    axes = [*map(of_parameter, run.space.parameters), metric]
    area = Area(_LEFT, _TOP, 0, _HEIGHT)
    apart = min(_FAR, max(_NEAR, _ROOM // len(columns)))
    top, bottom = area.y([1.0, 0.0])
    stands = [Stand(_LEFT + apart * place, top, bottom, axis.label) for place, axis in enumerate(axes)]
    marks = [_line(one, stands, columns, area, style) for one, style in _styled(found, shown, columns[-1])]
    width, height = _LEFT + apart * (len(axes) - 1) + _RIGHT, _TOP + _HEIGHT + 70
    says = f"Parallel coordinates of {len(shown)} trials over {', '.join(axis.label for axis in axes)}."
    lead = _lead(run.ranked, shown)
    block = Parallel(
        says, f"{lead} {metric.beyond}", width, height, stands, marks, _words(area, stands, axes, apart)
    )
    picked = (
        "Draw along an axis, or set its ends below, to pick the trials that pass there: "
        "the table shows them too."
    )
    return Section("parallel", "All parameters together", [block], f"{lead} {picked} {metric.beyond}")


def _lead(ranked: Sequence[Standing], shown: Sequence[Standing]) -> str:
    some = f"The best {_BEST} of {len(ranked)} trials and {len(shown) - _BEST} of the others. "
    lead = some if len(shown) < len(ranked) else ""
    return f"{lead}Each line is a trial; the stronger, the better."


def chosen(ranked: Sequence[Standing]) -> list[Standing]:
    """The best, and others evenly along the ranking."""
    if len(ranked) <= _BEST + _OTHERS:
        return list(ranked)
    others = np.linspace(_BEST, len(ranked) - 1, _OTHERS).astype(int).tolist()
    return [*ranked[:_BEST], *(ranked[place] for place in others)]


def _places(parameter: Parameter, standings: Sequence[Standing]) -> dict[int, float]:
    """Where the trials lie in which it is active."""
    trials = [one.trial for one in standings if parameter.name in one.trial.config]
    return dict(zip((trial.number for trial in trials), along(parameter, trials), strict=True))


def _styled(found: Found, shown: Sequence[Standing], places: Mapping[int, float]) -> list[tuple[Trial, str]]:
    """The worst first, each with the shade of how good it is."""
    best = found.run.metric.goal == "maximize"
    styled = []
    for one in reversed(shown):
        place = places[one.trial.number] if best else 1 - places[one.trial.number]
        shade = f"s{min(int(place * _SHADES), _SHADES - 1)}"
        styled.append((one.trial, "best" if one.rank == 1 else shade))
    return styled


def _line(
    trial: Trial, stands: Sequence[Stand], columns: Sequence[Mapping[int, float]], area: Area, style: str
) -> Mark:
    ys = area.y([column.get(trial.number, _INACTIVE) for column in columns])
    path = "M" + "L".join(f"{stand.x} {y}" for stand, y in zip(stands, ys, strict=True))
    return Mark(path, f"thread {style}", str(trial.number))


def _words(area: Area, stands: Sequence[Stand], axes: Sequence[Axis], apart: int) -> list[Word]:
    words = []
    for place, (stand, axis) in enumerate(zip(stands, axes, strict=True)):
        words.append(_name(axis, stand, place, len(axes), apart))
        for y, (_, text) in zip(area.y([tick for tick, _ in axis.ticks]), axis.ticks, strict=True):
            words.append(Word(stand.x + 10, y + 8, shortened(text, apart - 30), "tick"))
    return words


def _name(axis: Axis, stand: Stand, place: int, count: int, apart: int) -> Word:
    """The name of an axis above it, every other one higher; those of the ends begin and end with the picture."""
    text, y = spoken(axis.label), 26 if place % 2 else 48
    room = 3 * apart // 2
    centred = shortened(text, 2 * apart - 40)
    if place == 0 and len(centred) * LETTER > 2 * _LEFT:
        return Word(0, y, shortened(text, room), "axis")
    if place == count - 1 and len(centred) * LETTER > 2 * _RIGHT:
        return Word(stand.x + _RIGHT, y, shortened(text, room), "axis end")
    return Word(stand.x, y, centred, "axis middle")
