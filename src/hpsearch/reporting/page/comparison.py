"""Searches side by side on a page of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle

from msgspec import Struct

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Epochs
from hpsearch.core.words import shown, spoken
from hpsearch.reporting.comparison import Comparison, Overlay, Rows, differences, table
from hpsearch.reporting.page.axes import BETTER, numbers, of_metric
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, Word, box, ring, shortened, steps
from hpsearch.reporting.page.page import rendered
from hpsearch.reporting.page.parts import Advice, Column, Section, Table
from hpsearch.reporting.page.progress import Reading

_AREA, _SIZE = Area(110, 46, 1140, 460), (1280, 590)
#: Of a chart of ranges: its width, where its ranges begin, how high one is, and what is between two.
_WIDTH, _LEFT, _HIGH, _STEP = 640, 200, 36, 56
#: The column whose cells are durations.
_TIME = "time"
_STYLES = ("s4", "s1", "training", "s5 ends", "s2", "s0")


class Course(Struct, frozen=True):
    """The readings of one search of a side, and what it spent in all."""

    side: int
    readings: Sequence[Reading]
    spent: Epochs


def page(found: Comparison, courses: Sequence[Course]) -> str:
    """The whole file; equal runs give equal text."""
    sections = [
        one for one in (_result(found), _progress(found, courses), _settings(found), _ranges(found)) if one
    ]
    name = " and ".join(
        filter(None, [", ".join(side.name for side in found.sides[:-1]), found.sides[-1].name])
    )
    return rendered(name, f"compared by {found.metric}", sections)


def _result(found: Comparison) -> Section:
    verdicts = Advice([(pair.text, "") for pair in found.pairs])
    header, rows = table(found)
    columns = [Column("search", numeric=False), *map(Column, header[1:])]
    columns[header.index(_TIME)] = Column(_TIME, keys=[side.seconds for side in found.sides])
    told = Table("what each spent and found", columns, _cells(rows), sorts=True)
    return Section("result", "Result", [verdicts, told])


def _cells(rows: Rows) -> list[list[str]]:
    return [["" if cell is None else shown(cell) for cell in row] for row in rows]


def _settings(found: Comparison) -> Section | None:
    if not found.settings:
        return None
    header, rows = differences(found)
    told = Table("settings that differ", [Column(name, numeric=False) for name in header], _cells(rows))
    return Section("settings", "What differs", [told], "Settings that are the same in all are left out.")


def _progress(found: Comparison, courses: Sequence[Course]) -> Section | None:
    read = [course for course in courses if course.readings]
    if not read:
        return None
    metric = found.metric
    values = [reading.value for course in read for reading in course.readings]
    most = max(course.spent for course in read)
    plot = Plot(
        _AREA,
        numbers("epochs spent", 0, max(most, 1), whole=True),
        of_metric(str(metric), metric, values, BETTER),
    )
    marks, words = plot.frame()
    styles = dict(zip(range(len(found.sides)), cycle(_STYLES), strict=False))
    marks += [_line(plot, metric, course, styles[course.side]) for course in read]
    says = f"The best {metric} so far of each search against the epochs it has spent."
    chart = Chart(f"{metric} against epochs spent", says, *_SIZE, marks, words, plot.y.beyond)
    key = [(f"line {styles[place]}", side.name) for place, side in enumerate(found.sides)]
    lead = "Each line is a search: the best that one of its trainings has read so far."
    return Section("progress", "Best so far", [Charts([chart], key, size="wide")], lead)


def _line(plot: Plot, metric: Metric, course: Course, style: str) -> Mark:
    best: list[Reading] = []
    for reading in course.readings:
        if not best or metric.is_better(reading.value, than=best[-1].value):
            best.append(reading)
    xs, ys = plot.xs([one.spent for one in best]), plot.ys([one.value for one in best])
    return steps(xs, ys, plot.xs([course.spent])[0], style)


def _ranges(found: Comparison) -> Section | None:
    if not found.overlays:
        return None
    charts = [_overlay(overlay) for overlay in found.overlays]
    lead = (
        "The range that each search has of a parameter, on one axis; a ring is the best of a single search."
    )
    return Section("ranges", "Ranges", [Charts(charts)], lead)


def _overlay(overlay: Overlay) -> Chart:
    marks, words = list[Mark](), list[Word]()
    area = Area(_LEFT, 0, _WIDTH - _LEFT, _STEP * len(overlay.ranges))
    for place, one in enumerate(overlay.ranges):
        top = place * _STEP + (_STEP - _HIGH) // 2
        words.append(Word(_LEFT - 10, top + 26, shortened(one.side, _LEFT - 20), "end"))
        if one.span is not None:
            left, right = area.x(one.span)
            marks.append(Mark(box(left, top, max(right, left + 2), top + _HIGH), "box middle"))
        if one.best is not None:
            marks.append(ring(area.x([one.best])[0], top + _HIGH // 2))
    told = list(_told(overlay))
    columns = [Column("search", numeric=False), Column("range")]
    says = f"Ranges of {spoken(overlay.parameter)}: {'; '.join(f'{side}: {said}' for side, said in told)}."
    return Chart(
        spoken(overlay.parameter),
        says,
        _WIDTH,
        area.height,
        marks,
        words,
        numbers=Table("ranges", columns, told),
    )


def _told(overlay: Overlay) -> Iterator[tuple[str, str]]:
    for one in overlay.ranges:
        yield one.side, one.said
