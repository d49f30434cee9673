"""Pictures as SVG that needs nothing else: charts below and beside each other, with what their styles stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from xml.sax.saxutils import escape

from msgspec import Struct

from hpsearch.core.escaping import on_a_line
from hpsearch.reporting.page.drawing import SAMPLES, Chart, Charts, Mark, Word
from hpsearch.reporting.picture.style import style

_MARGIN, _GAP, _LETTER, _LINE = 30, 24, 13, 32
#: A row of charts is at most so wide, and lines of text never narrower than that.
_WIDEST, _NARROWEST = 2030, 800
#: What XML 1.0 has no way to hold, beside what no line holds.
_NO_LETTERS = {0xFFFE: r"\ufffe", 0xFFFF: r"\uffff"}


class Part(Struct, frozen=True):
    """Charts with a title, and what is to be seen in them."""

    title: str
    charts: Charts
    lead: str = ""


class Picture(Struct, frozen=True):
    """A picture of its own."""

    title: str
    parts: Sequence[Part]

    @property
    def says(self) -> str:
        """What is to be seen, for those who do not."""
        return " ".join(chart.says for part in self.parts for chart in part.charts.charts)


def svg(picture: Picture) -> str:
    """The whole file, on a light ground. Equal pictures give equal text."""
    sheet = _Sheet(2 * _MARGIN + max(_NARROWEST, *(_width(part.charts) for part in picture.parts)))
    sheet.write(picture.title, "heading", 46)
    for part in picture.parts:
        sheet.skip(_GAP)
        if part.title != picture.title:
            sheet.write(part.title, "title", 38)
        sheet.write(part.lead, "lead")
        sheet.key(part.charts.key)
        for row in _rows(part.charts):
            sheet.row(row)
    height = sheet.y + _MARGIN
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sheet.width} {height}"'
            f' width="{sheet.width // 2}" height="{height // 2}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{_text(picture.title)}</title>',
            f'<desc id="desc">{_text(picture.says)}</desc>',
            f"<style>\n{style(sheet.classes)}\n</style>",
            f'<rect width="{sheet.width}" height="{height}"/>',
            *sheet.elements,
            "</svg>\n",
        )
    )


def _rows(charts: Charts) -> list[Sequence[Chart]]:
    """As many beside each other as there is room for."""
    count = max(1, (_WIDEST + _GAP) // (charts.charts[0].width + _GAP))
    return [charts.charts[first : first + count] for first in range(0, len(charts.charts), count)]


def _width(charts: Charts) -> int:
    """That of its longest row."""
    return max(sum(chart.width + _GAP for chart in row) - _GAP for row in _rows(charts))


def _text(text: str) -> str:
    return escape(on_a_line(text).translate(_NO_LETTERS))


class _Sheet:
    """What is drawn so far, from the top to `y`. `classes`: those that were used."""

    def __init__(self, width: int) -> None:
        self.width, self.y = width, _MARGIN
        self.elements: list[str] = []
        self.classes: set[str] = set()

    def skip(self, room: int) -> None:
        self.y += room

    def write(self, text: str, style: str, line: int = _LINE) -> None:
        """Lines from the left, broken between words; none where there is no text."""
        self._lines(_MARGIN, wrap(on_a_line(text), (self.width - 2 * _MARGIN) // _LETTER), style, line)

    def _lines(self, x: int, lines: Sequence[str], style: str, line: int = _LINE) -> None:
        for text in lines:
            self.y += line
            self._add(_word(Word(x, self.y - 8, text, style)), style)

    def _add(self, element: str, style: str) -> None:
        self.elements.append(element)
        self.classes.update(style.split())

    def key(self, key: Sequence[tuple[str, str]]) -> None:
        """A sample of each style with what it stands for, in lines."""
        if not key:
            return
        x, self.y = _MARGIN, self.y + _LINE
        for sample, text in key:
            room = 60 + _LETTER * len(text) + _GAP
            if x > _MARGIN and x + room > self.width:
                x, self.y = _MARGIN, self.y + _LINE
            mark = _mark(Mark(SAMPLES[sample.split()[0]], sample))
            self._add(f'<g transform="translate({x} {self.y - 26})">{mark}</g>', sample)
            self._add(_word(Word(x + 52, self.y - 6, text, "")), "")
            x += room

    def row(self, charts: Sequence[Chart]) -> None:
        """Charts beside each other, their frames in line."""
        top, lefts = self.y + _LINE // 4, list(_lefts(charts))
        heights = []
        for x, chart in zip(lefts, charts, strict=True):
            self.y = top
            most = chart.width // _LETTER
            self._lines(x, wrap(on_a_line(chart.title), most), "caption")
            self._lines(x, wrap(on_a_line(chart.note), most), "lead")
            heights.append(self.y)
        self.y = max(heights)
        for x, chart in zip(lefts, charts, strict=True):
            self.elements.append(f'<g transform="translate({x} {self.y})">')
            self._chart(chart)
            self.elements.append("</g>")
        self.y += max(chart.height for chart in charts) + _GAP

    def _chart(self, chart: Chart) -> None:
        for mark in chart.marks:
            self._add(_mark(mark), mark.style)
        for word in chart.words:
            self._add(_word(word), word.style)


def _lefts(charts: Sequence[Chart]) -> Iterator[int]:
    x = _MARGIN
    for chart in charts:
        yield x
        x += chart.width + _GAP


def _mark(mark: Mark) -> str:
    return f'<path class="{mark.style}" d="{mark.path}"/>'


def _word(word: Word) -> str:
    style = f' class="{word.style}"' if word.style else ""
    return f'<text x="{word.x}" y="{word.y}"{style}>{_text(word.text)}</text>'
