"""When what was trained: a row for each of the trainings that were under way at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import add

import numpy as np
from msgspec import Struct

from hpsearch.core.trial import Result
from hpsearch.reporting.page import levels
from hpsearch.reporting.page.axes import Axis, numbers
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, Word
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Column, Section, Table
from hpsearch.reporting.progress import duration

_LEFT, _WIDTH, _MOST_HIGH, _HIGHEST_ROW, _LOWEST_ROW = 80, 1170, 700, 26, 8
#: Of a pause longer than this, in seconds and as a share of all training, so large a share of that is drawn.
_LONG, _LONG_SHARE, _DRAWN = 60, 0.1, 0.02
_UNITS = ((1, "seconds"), (60, "minutes"), (3600, "hours"), (86400, "days"))


class Bar(Struct, frozen=True):
    """A training, or some that were trained together: when, in which row, and their results."""

    begun: float
    ended: float
    row: int
    results: Sequence[Result]


def timeline(found: Found) -> Section | None:
    """One chart, where the record says when something was trained."""
    bars = rowed(found)
    if not bars:
        return None
    clock = Clock.of(bars)
    rows = 1 + max(bar.row for bar in bars)
    key = levels.key(result.epochs for bar in bars for result in bar.results)
    key = [(style.replace("dots", "bars"), text) for style, text in key]
    if any(result.status != "done" for bar in bars for result in bar.results):
        key.append(("bars ill", "did not end well"))
    known, every = sum(len(bar.results) for bar in bars), len(found.run.results)
    lead = (
        "Each bar is a training, or several that were trained together. There are as many rows as were under way "
        f"at once.{clock.said}{'' if known == every else f' Of {known} of {every} trainings it is known.'}"
    )
    return Section(
        "timeline", "When what was trained", [Charts([_chart(bars, rows, clock)], key, "wide")], lead
    )


def rowed(found: Found) -> list[Bar]:
    """The bars, each in the first row that is free, in the order in which they began."""
    together: dict[tuple[float, float], list[Result]] = {}
    for result in found.in_order:
        begun, ended = found.times.get(result.key, (0.0, -1.0))
        if begun <= ended:  # the clock of a machine may be put back
            together.setdefault((begun, ended), []).append(result)
    free, bars = list[float](), list[Bar]()
    for (begun, ended), results in sorted(together.items(), key=lambda item: item[0]):
        row = next((row for row, until in enumerate(free) if until <= begun), len(free))
        free[row : row + 1] = [ended]
        bars.append(Bar(begun, ended, row, results))
    return bars


class Clock(Struct, frozen=True):
    """Time as it is drawn: without most of each long pause.

    Attributes:
        begins: when each stretch begins in which something was trained, in seconds since 1970.
        drawn: where it begins in the drawing, in seconds.
        total: how long the drawing is.
        said: what was left out, in words; empty if nothing was.
    """

    begins: Sequence[float]
    drawn: Sequence[float]
    total: float
    said: str

    @classmethod
    def of(cls, bars: Sequence[Bar]) -> Clock:
        """That of bars in the order in which they began."""
        busy: list[list[float]] = []
        for bar in bars:
            if busy and bar.begun <= busy[-1][1]:
                busy[-1][1] = max(busy[-1][1], bar.ended)
            else:
                busy.append([bar.begun, bar.ended])
        lengths = [end - begin for begin, end in busy]
        pauses = [after[0] - before[1] for before, after in pairwise(busy)]
        long = max(_LONG, _LONG_SHARE * sum(lengths))
        cut = [pause for pause in pauses if pause > long]
        short = [pause if pause <= long else _DRAWN * sum(lengths) for pause in pauses]
        drawn = [0.0, *accumulate(map(add, lengths, [*short, 0.0]))]
        words = "1 pause" if len(cut) == 1 else f"{len(cut)} pauses"
        said = f" Left out: {words}, {duration(sum(cut))} in all." if cut else ""
        return cls([begin for begin, _ in busy], drawn[:-1], drawn[-1], said)

    def at(self, moment: float) -> float:
        """Where a moment in which something was trained is drawn."""
        place = bisect_right(self.begins, moment) - 1
        return self.drawn[place] + moment - self.begins[place]


def _chart(bars: Sequence[Bar], rows: int, clock: Clock) -> Chart:
    high = max(_LOWEST_ROW, min(_HIGHEST_ROW, _MOST_HIGH // rows))
    unit, name = next(one for one in reversed(_UNITS) if clock.total >= 2 * one[0] or one[0] == 1)
    area = Area(_LEFT, 46, _WIDTH, high * rows + 40)
    upwards = Axis("trained at once", (), lambda values: np.asarray(values))
    plot = Plot(area, numbers(name, 0, clock.total / unit), upwards)
    marks, words = plot.frame()
    words += [
        Word(_LEFT - 10, area.top + 40 + high * row, str(row + 1), "end") for row in sorted({0, rows - 1})
    ]
    thin = "" if high == _HIGHEST_ROW else " thin"
    marks += [
        _mark(plot, clock, unit, high, some, f"bars {kind}{thin}") for kind, some in _kinds(bars).items()
    ]
    busy = sum(bar.ended - bar.begun for bar in bars)
    share = f"{100 * busy / (rows * clock.total):.0f} %" if clock.total else "100 %"
    title = f"Rows in use for {share} of {duration(clock.total)}"
    says = f"{len(bars)} bars in {rows} rows; {title[0].lower()}{title[1:]}."
    size = (_LEFT + _WIDTH + 30, area.top + area.height + 80)
    return Chart(title, says, *size, marks, words, numbers=_numbers(bars, rows))


def _kinds(bars: Sequence[Bar]) -> dict[str, list[Bar]]:
    """The bars by their styles."""
    styles = levels.shades(result.epochs for bar in bars for result in bar.results)
    kinds: dict[str, list[Bar]] = {}
    for bar in bars:
        ill = any(result.status != "done" for result in bar.results)
        style = "ill" if ill else styles[max(result.epochs for result in bar.results)]
        kinds.setdefault(style, []).append(bar)
    return kinds


def _mark(plot: Plot, clock: Clock, unit: int, high: int, bars: Sequence[Bar], style: str) -> Mark:
    """The bars of one style; of those that would cover each other the last is drawn."""
    begins = plot.xs([clock.at(bar.begun) / unit for bar in bars])
    ends = plot.xs([clock.at(bar.ended) / unit for bar in bars])
    path = {
        f"M{(begin + end) // 2} {plot.area.top + 20 + high * bar.row + high // 2}"
        f"m{-max(1, (end - begin) // 2)} 0h{max(2, end - begin)}": bar.results[0].trial
        for bar, begin, end in zip(bars, begins, ends, strict=True)
    }
    return Mark("".join(path), style, " ".join(map(str, path.values())))


def _numbers(bars: Sequence[Bar], rows: int) -> Table:
    """What each row had."""
    columns = [Column("row"), Column("trainings"), Column("in use", numeric=False)]
    told = []
    for row in range(rows):
        inside = [bar for bar in bars if bar.row == row]
        trained = sum(len(bar.results) for bar in inside)
        told.append((str(row + 1), str(trained), duration(sum(bar.ended - bar.begun for bar in inside))))
    return Table("rows of the timeline", columns, told)
