"""Pictures as data: marks along paths of SVG, and words beside them, in whole units of half a pixel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from msgspec import Struct

from hpsearch.reporting.page.axes import Axis
from hpsearch.reporting.page.parts import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Places: TypeAlias = "NDArray[np.float64] | Sequence[float]"
#: What each style of a mark looks like beside its explanation.
SAMPLES = {
    "dots": "M20 12h0",
    "crosses": "M13 5l14 14m0-14l-14 14",
    "ring": "M10 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0",
    "line": "M2 12H38",
    "bars": "M4 12h32",
    "box": "M4 4H36V20H4z",
}
#: More dots than this are small.
_MANY = 800
#: Of a letter on the average, of one where texts nearly touch, and of what says that one is cut.
LETTER, _CLOSE, _DOTS = 13, 14, 24
#: What is cut to fewer letters is not known by them.
_FEWEST = 3
#: Between marks and the frame around them, so that what lies at an end is whole.
_MARGIN = 18


class Mark(Struct, frozen=True):
    """A path with the classes of its style; `trials` are those that its points stand for, in their order."""

    path: str
    style: str
    trials: str = ""


class Word(Struct, frozen=True):
    """A text at a place; the classes of its style say where from there it goes."""

    x: int
    y: int
    text: str
    style: str


class Chart(Struct, frozen=True):
    """One picture.

    Attributes:
        says: what is to be seen, for those who do not.
        note: what else must be known to read it.
        numbers: what is drawn, as a table.
    """

    title: str
    says: str
    width: int
    height: int
    marks: Sequence[Mark]
    words: Sequence[Word]
    note: str = ""
    numbers: Table | None = None


class Charts(Struct, frozen=True):
    """Pictures side by side, with what their styles stand for; a `wide` one has a line of the page to itself."""

    template: ClassVar[str] = "charts.html"
    charts: Sequence[Chart]
    key: Sequence[tuple[str, str]] = ()
    size: Literal["small", "medium", "wide"] = "medium"


class Area(Struct, frozen=True):
    """Where marks go: a frame around the unit square, whose y points up."""

    left: int
    top: int
    width: int
    height: int

    def x(self, places: Places) -> list[int]:
        """Units from the left, of places in [0, 1]."""
        inner = self.width - 2 * _MARGIN
        return [self.left + _MARGIN + round(inner * place) for place in map(float, places)]

    def y(self, places: Places) -> list[int]:
        """Units from the top, of places in [0, 1]."""
        inner = self.height - 2 * _MARGIN
        return [self.top + self.height - _MARGIN - round(inner * place) for place in map(float, places)]


class Plot(Struct, frozen=True):
    """An area whose places are those of two axes."""

    area: Area
    x: Axis
    y: Axis

    def xs(self, values: Places) -> list[int]:
        """Units from the left, of values of the axis across."""
        return self.area.x(self.x.place(values))

    def ys(self, values: Places) -> list[int]:
        """Units from the top, of values of the axis upwards."""
        return self.area.y(self.y.place(values))

    def frame(self) -> tuple[list[Mark], list[Word]]:
        """The lines of the area with what they stand for."""
        area = self.area
        right, bottom = area.left + area.width, area.top + area.height
        across, up = (
            area.x([place for place, _ in self.x.ticks]),
            area.y([place for place, _ in self.y.ticks]),
        )
        grid = "".join(f"M{area.left} {place}H{right}" for place in up)
        grid += "".join(f"M{place} {area.top}V{bottom}" for place in across)
        marks = [Mark(grid, "grid"), Mark(box(area.left, area.top, right, bottom), "frame")]
        return marks, [*self._beside(up), *self._below(across)]

    def _beside(self, places: Sequence[int]) -> list[Word]:
        area = self.area
        told = zip(places, self.y.ticks, strict=True)
        ticks = [
            Word(area.left - 10, place + 8, shortened(text, area.left - 10), "end")
            for place, (_, text) in told
        ]
        return [*ticks, Word(area.left, area.top - 14, shortened(self.y.label, area.width), "axis")]

    def _below(self, places: Sequence[int]) -> list[Word]:
        area = self.area
        bottom, right = area.top + area.height, area.left + area.width
        texts = apart(places, [text for _, text in self.x.ticks])
        ticks = [
            Word(place, bottom + 32, text, "middle")
            for place, text in zip(places, texts, strict=True)
            if text
        ]
        return [*ticks, Word(right, bottom + 66, shortened(self.x.label, area.width), "axis end")]


def dots(points: Iterable[tuple[int, int, int]], style: str) -> Mark:
    """A dot for each (x, y, trial); of those that would cover each other the last is drawn."""
    there = {(x, y): trial for x, y, trial in points}
    path = "".join(f"M{x} {y}h0" for x, y in there)
    many = " many" if len(there) > _MANY else ""
    return Mark(path, f"dots {style}{many}", " ".join(map(str, there.values())))


def crosses(points: Iterable[tuple[int, int, int]], style: str) -> Mark:
    """A cross for each (x, y, trial), likewise."""
    there = {(x, y): trial for x, y, trial in points}
    path = "".join(f"M{x} {y}m-7-7l14 14m0-14l-14 14" for x, y in there)
    return Mark(path, f"crosses {style}", " ".join(map(str, there.values())))


def ring(x: int, y: int) -> Mark:
    """A ring around the best."""
    return Mark(f"M{x - 12} {y}a12 12 0 1 0 24 0a12 12 0 1 0-24 0", "ring")


def line(xs: Sequence[int], ys: Sequence[int], style: str) -> Mark:
    """A line from point to point."""
    return Mark("M" + "L".join(f"{x} {y}" for x, y in zip(xs, ys, strict=True)), f"line {style}")


def steps(xs: Sequence[int], ys: Sequence[int], end: int, style: str) -> Mark:
    """A line that stays at each y until the next x, and at the last one to the `end`."""
    path = f"M{xs[0]} {ys[0]}"
    path += "".join(f"H{x}V{y}" for (x, y), (_, before) in pairs(xs, ys) if y != before)
    return Mark(f"{path}H{end}", f"line {style}")


def pairs(xs: Sequence[int], ys: Sequence[int]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Each point but the first, with the one before it."""
    return [(now, before) for before, now in pairwise(zip(xs, ys, strict=True))]


def box(left: int, top: int, right: int, bottom: int) -> str:
    """The path around a rectangle."""
    return f"M{left} {top}H{right}V{bottom}H{left}z"


def apart(places: Sequence[int], texts: Sequence[str]) -> list[str]:
    """Texts centred at these places, shortened where they would touch; where that leaves too little, only some.

    >>> apart([0, 100, 200], ["relu", "leaky_relu", "tanh"]), apart([0, 30, 60, 90, 120], ["a first", *"bcde"])
    (['relu', 'lea…', 'tanh'], ['a first', '', '', '', 'e'])
    """
    steps = [after - before for before, after in pairwise(places)]
    lengths = pairwise(map(len, texts))
    if all(sum(two) * _CLOSE / 2 + LETTER <= step for two, step in zip(lengths, steps, strict=True)):
        return list(texts)
    step = min(steps)
    every = -(-(_FEWEST * _CLOSE + _DOTS + 2 * LETTER) // step)
    room = every * step - 2 * LETTER
    return [shortened(text, room) if place % every == 0 else "" for place, text in enumerate(texts)]


def shortened(text: str, room: int) -> str:
    """`text` as far as it has `room` units."""
    if len(text) * LETTER <= room:
        return text
    return f"{text[: max(1, (room - _DOTS) // _CLOSE)]}…"
