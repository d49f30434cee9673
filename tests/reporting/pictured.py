"""Pictures for the tests, and what is read back from their files."""

from __future__ import annotations

from xml.etree import ElementTree

from hpsearch.reporting.page.axes import numbers
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, Word, box, dots, line
from hpsearch.reporting.picture.svg import Part, Picture

SVG = "{http://www.w3.org/2000/svg}"
#: What a terminal would obey, what XML gives a meaning, and what it cannot hold.
HOSTILE = 'a<script>&"]]>\x1b[2J\x00\n\u202e\ud800\uffff'


def a_chart(title: str = "loss") -> Chart:
    """A line, a dot, a bar, and words."""
    plot = Plot(Area(104, 52, 260, 208), numbers("epoch", 0, 4), numbers(title, 0, 1))
    marks, words = plot.frame()
    xs, ys = plot.xs([0, 4]), plot.ys([0, 1])
    marks += [line(xs, ys, "held-out"), dots([(xs[0], ys[1], 0)], "s4"), Mark(box(240, 182, 305, 242), "bar")]
    return Chart(
        title, f"{title} falls.", 390, 338, marks, [*words, Word(104, 40, title, "axis")], note="note"
    )


def a_picture(title: str = "run") -> Picture:
    key = [("line held-out", "validation"), ("dots s4", title)]
    return Picture(
        title, [Part(f"part of {title}", Charts([a_chart(title), a_chart("acc")], key), "To read.")]
    )


def texts(svg: str) -> list[str]:
    """Every text that is drawn, as a parser has it."""
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]
