"""What a search would try, as dots: random search beside a grid, and each scale beside a linear one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from hpsearch.core.trial import Config
from hpsearch.core.words import spoken
from hpsearch.reporting.page.axes import Axis, of_parameter
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, dots
from hpsearch.reporting.picture.svg import Part, Picture
from hpsearch.space import Integer, Linear, Log, Parameter, Real, Space
from hpsearch.space.preview import preview

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ranged: TypeAlias = Real | Integer
Row: TypeAlias = "tuple[str, Sequence[float], str]"

_SQUARE, _SQUARE_SIZE = Area(110, 46, 520, 520), (660, 650)
_STRIPS, _STRIPS_SIZE = Area(200, 30, 660, 170), (900, 290)
#: How much of its row the dots are spread over, so that they lie apart, and by what.
_SPREAD, _GOLDEN = 0.7, 0.618033988749895
#: So many dots there are at most.
_MOST = 1000
#: From this factor between its ends on a linear range is shown beside a logarithmic one.
_WIDE = 100


class Tries(Struct, frozen=True):
    """What a sampler would try; `note`: what else to say of them."""

    sampler: str
    configs: Sequence[Config]
    note: str = ""


def space_picture(name: str, space: Space, tries: Sequence[Tries], units: NDArray[np.float64]) -> Picture:
    """The picture of `check`; nothing is in it where the space has no parameters.

    Args:
        name: what the search is called.
        space: what is searched.
        tries: those of samplers that are to stand beside each other.
        units: random places in [0, 1], that are shown on the scales.
    """
    samplers = _samplers(space, tries)
    scales = _scales(space, units)
    return Picture(f"What {name} would try", [part for part in (samplers, scales) if part])


def _samplers(space: Space, tries: Sequence[Tries]) -> Part | None:
    """The samplers over two parameters, or along the only one."""
    parameters = sorted(space.parameters, key=lambda one: (bool(one.when), one.kind == "categorical"))
    if not parameters:
        return None
    if len(parameters) == 1:
        return Part("Random beside grid", Charts([_line(tries, parameters[0])]))
    lead = (
        "The marks at the axes are the values that are tried. A grid tries few of each parameter, and all points "
        "with the same one tell the same of it; random search tries a new one every time (Bergstra and Bengio, "
        "2012)."
    )
    charts = [_square(one, parameters[0], parameters[1]) for one in tries]
    return Part("Random beside grid", Charts(charts, size="small"), lead)


def _square(tries: Tries, across: Parameter, up: Parameter) -> Chart:
    names = (across.name, up.name)
    both = [config for config in tries.configs if all(name in config for name in names)][:_MOST]
    values = [[config[name] for config in both] for name in names]
    plot = Plot(_SQUARE, of_parameter(across), of_parameter(up))
    marks, words = plot.frame()
    xs = plot.area.x(across.encode(values[0]).tolist())
    ys = plot.area.y(up.encode(values[1]).tolist())
    points = zip(xs, ys, range(len(xs)), strict=True)
    marks += [_values(xs, ys), dots(points, "new")] if both else []
    different = [f"{len(set(some))} of {spoken(name)}" for name, some in zip(names, values, strict=True)]
    title = f"{spoken(tries.sampler)}, {_trials(both)}"
    note = f"values tried: {', '.join(different)}{tries.note and f'; {tries.note}'}"
    return Chart(title, f"{title}: {note}.", *_SQUARE_SIZE, marks, words, note=note)


def _trials(configs: Sequence[Config]) -> str:
    return "1 trial" if len(configs) == 1 else f"{len(configs)} trials"


def _values(xs: Sequence[int], ys: Sequence[int]) -> Mark:
    """A mark at the axes for each value."""
    bottom = _SQUARE.top + _SQUARE.height
    path = "".join(f"M{x} {bottom}v-14" for x in sorted(set(xs)))
    return Mark(path + "".join(f"M{_SQUARE.left} {y}h14" for y in sorted(set(ys))), "stand")


def _line(tries: Sequence[Tries], parameter: Parameter) -> Chart:
    """Along one parameter, a row for each sampler."""
    rows = []
    for one in tries:
        values = [config[parameter.name] for config in one.configs if parameter.name in config][:_MOST]
        rows.append((spoken(one.sampler), parameter.encode(values).tolist() if values else [], "new"))
    return _strips(parameter, parameter, rows, "; ".join(one.note for one in tries if one.note))


def _scales(space: Space, units: NDArray[np.float64]) -> Part | None:
    """Each scale beside the other that one may think of, where there is such."""
    pairs = [(one, other) for one in space.parameters if (other := _other(one))]
    if not pairs:
        return None
    lead = (
        "The same random numbers on two scales. What counts of a learning rate is its order of magnitude, and of "
        "momentum its distance from 1: where that changes, a linear scale tries next to nothing."
    )
    return Part("Scales beside each other", Charts([_scale(*pair, units) for pair in pairs]), lead)


def _other(parameter: Parameter) -> Ranged | None:
    """The same on the scale that it is to be compared with; None where there is nothing to show."""
    if not isinstance(parameter, Real | Integer) or (isinstance(parameter, Real) and parameter.step):
        return None
    low, high = parameter.scale.low, parameter.scale.high
    if parameter.scale.name != Linear.name:
        return replace(parameter, scale=Linear(low, high))
    return replace(parameter, scale=Log(low, high)) if low > 0 and high / low >= _WIDE else None


def _scale(own: Parameter, other: Ranged, units: NDArray[np.float64]) -> Chart:
    """Both on the axis of the one that is not linear."""
    assert isinstance(own, Real | Integer)  # or there is no other
    curved = other if own.scale.name == Linear.name else own
    rows = [
        (one.scale.name, curved.encode(one.decode(units)).tolist(), style)
        for one, style in ((own, "new"), (other, "s2"))
    ]
    return _strips(own, curved, rows, _most_apart(curved))


def _most_apart(curved: Ranged) -> str:
    """The part of the range in which the scales differ most."""
    found = preview(curved)
    if "linear" not in found:  # few whole numbers, which are told one by one
        return ""
    (label, share), linear = max(
        zip(found["parts"], found["linear"], strict=True), key=lambda pair: abs(pair[0][1] - pair[1])
    )
    return f"{label}: {curved.scale.name} {share:.0%}, linear {linear:.0%}".replace("%", " %")


def _strips(parameter: Parameter, along: Parameter, rows: Sequence[Row], note: str) -> Chart:
    """A row of dots for each of some (label, places along an axis, style)."""
    ends = np.linspace(1, 0, len(rows) + 1)
    middles = [float(middle) for middle in (ends[:-1] + ends[1:]) / 2]
    labels = [(middle, spoken(label)) for middle, (label, *_) in zip(middles, rows, strict=True)]
    plot = Plot(_STRIPS, of_parameter(along), Axis("", labels, np.asarray))
    marks, words = plot.frame()
    for middle, (_, places, style) in zip(middles, rows, strict=True):
        spread = ((np.arange(len(places)) * _GOLDEN) % 1 - 0.5) * _SPREAD / len(rows)
        points = zip(
            plot.area.x(places), plot.area.y((middle + spread).tolist()), range(len(places)), strict=True
        )
        marks += [dots(points, style)] if places else []
    title, what = spoken(parameter.name), str(preview(parameter, [])["what"])
    says = f"{title} ({what}) beside another scale: {note}." if note else f"{title} ({what})."
    return Chart(title, says, *_STRIPS_SIZE, marks, words, note=f"{what}{note and f'; {note}'}")
