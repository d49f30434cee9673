"""Pictures that stand alone: their files, their colours, and the same as characters."""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from hpsearch.actions.picture import examine, write
from hpsearch.core.errors import InputError, MissingExtra
from hpsearch.reporting.page.axes import numbers
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Plot, crosses, line, ring
from hpsearch.reporting.picture import png
from hpsearch.reporting.picture.characters import plot, plotted
from hpsearch.reporting.picture.spaces import Tries, space_picture
from hpsearch.reporting.picture.style import colours, style
from hpsearch.reporting.picture.svg import Part, Picture, svg
from hpsearch.space import Choice, Integer, Linear, Log, OneMinusLog, Parameter, Real, Space
from tests.reporting.charted import points, words
from tests.reporting.pictured import HOSTILE, SVG, a_chart, a_picture, texts

UNITS = (np.arange(100) + 0.5) / 100
LR, BETA = Real("lr", Log(1e-4, 1)), Real("beta", OneMinusLog(0.9, 0.999))


def test_a_picture_is_a_file_that_needs_nothing_else() -> None:
    text = svg(a_picture())
    root = ElementTree.fromstring(text)
    assert text == svg(a_picture())
    assert [root.find(f"{SVG}{name}").text for name in ("title", "desc")] == ["run", "run falls. acc falls."]  # type: ignore[union-attr]
    assert root.get("aria-labelledby") == "title desc"
    assert "var(" not in text and "url(" not in text and "@import" not in text
    assert re.findall(r"https?://\S+", text) == ['http://www.w3.org/2000/svg"']
    assert {"run", "part of run", "To read.", "note", "validation", "epoch"} <= set(texts(text))


def test_every_class_of_a_picture_has_the_colour_of_the_light_page() -> None:
    text = svg(a_picture())
    light = colours()
    assert f"path.held-out {{ stroke: {light['s4']}; }}" in text
    assert f"path.bar {{ fill: {light['s2']}; stroke: none; }}" in text
    assert f"rect {{ fill: {light['paper']}; }}" in text
    assert "path.ill" not in text  # nothing is drawn so
    assert f"path.ill {{ stroke: {light['ill']}; }}" in style({"ill"})


def test_charts_lie_beside_each_other_within_the_picture() -> None:
    charts = Charts([a_chart() for _ in range(12)])
    root = ElementTree.fromstring(svg(Picture("many", [Part("many", charts)])))
    width, height = map(int, str(root.get("viewBox")).split()[2:])
    places = [
        tuple(map(int, re.findall(r"\d+", str(group.get("transform"))))) for group in root.iter(f"{SVG}g")
    ]
    assert len(set(places)) == 12
    assert len({y for _, y in places}) == 3
    assert max(x for x, _ in places) + 390 <= width
    assert max(y for _, y in places) + 338 <= height
    assert [text for text in texts(svg(Picture("many", [Part("many", charts)]))) if text == "many"] == [
        "many"
    ]


def test_a_hostile_name_is_a_text_and_nothing_else() -> None:
    text = svg(a_picture(HOSTILE))
    root = ElementTree.fromstring(text)
    assert "script" not in {element.tag.removeprefix(SVG) for element in root.iter()}
    assert any('<script>&"]]>' in one for one in texts(text))
    assert not set("\x1b\x00\u202e\ud800\uffff") & set(text)
    text.encode()
    assert not set("\x1b\x00\u202e\ud800") & set(plotted(a_picture(HOSTILE), 80))


def test_a_chart_as_characters_has_its_marks_where_they_are() -> None:
    lines = plot(a_chart())
    assert lines[:2] == ["loss", "note"]
    rows = lines[2:]
    frame = [row for row in rows if "|" in row]
    assert [row.index("|") for row in frame] == [8] * 8
    assert rows[10].startswith(" " * 8 + "+---")
    assert "0" in rows[2] and "*" in rows[2]  # the dot on the left, the end of the line on the right
    assert rows[2].index("0") < 12 < rows[2].index("*")
    assert [(row, line.count("#")) for row, line in enumerate(rows) if "#" in line] == [(7, 5), (8, 5)]
    assert "epoch" in rows[12]


def test_plots_lie_beside_each_other_where_there_is_room() -> None:
    narrow, wide = (plotted(a_picture(), width) for width in (40, 80))
    assert max(map(len, narrow.splitlines())) <= 40
    assert 40 < max(map(len, wide.splitlines())) <= 80
    assert len(wide.splitlines()) < len(narrow.splitlines())
    assert "  *  validation\n  0  run\n" in wide


def test_a_wide_chart_is_drawn_closer_so_that_it_fits() -> None:
    plot_of = Plot(Area(110, 46, 1140, 460), numbers("epochs", 0, 9), numbers("acc", 0, 1))
    framed, told = plot_of.frame()
    best, other = plot_of.xs([9]), plot_of.ys([1])
    marks = [*framed, line(plot_of.xs([0, 9]), plot_of.ys([0, 1]), "s5"), ring(best[0], other[0])]
    chart = Chart("", "", 1280, 590, [*marks, crosses([(best[0], plot_of.ys([0])[0], 1)], "ill")], told)
    for width in (50, 80, 200):
        lines = plot(chart, width)
        assert 40 < max(map(len, lines)) <= min(width, 99)
        (top,) = (row for row in lines if row.endswith("*"))  # the ring, at the end of the line
        (bottom,) = (row for row in lines if row.endswith("x"))
        assert (top.strip()[0], bottom.strip()[0], len(top)) == ("1", "0", len(bottom))
        between = lines[lines.index(top) + 1 : lines.index(bottom)]
        assert all("@" in row for row in between)


def test_what_has_no_sign_is_not_in_the_key() -> None:
    picture = Picture("run", [Part("run", Charts([a_chart()], [("line ends", "an end"), ("ring", "best")]))])
    assert "  *  best" in plotted(picture, 80)
    assert "an end" not in plotted(picture, 80)


def test_a_grid_tries_few_values_and_random_search_many() -> None:
    grid = [{"lr": lr, "beta": beta} for lr in (1e-4, 1.0) for beta in (0.9, 0.999)]
    random = [{"lr": 1e-3 * number, "beta": 0.9 + number / 100} for number in range(1, 5)]
    picture = space_picture("run", Space([LR, BETA]), [Tries("grid", grid), Tries("random", random)], UNITS)
    first, second = picture.parts[0].charts.charts
    assert (first.title, first.note) == ("grid, 4 trials", "values tried: 2 of lr, 2 of beta")
    assert second.note == "values tried: 4 of lr, 4 of beta"
    left, right = words(first)["0.0001"][0], words(first)["1"][0]
    assert sorted({x for x, _ in points(first, "dots").values()}) == [left, right]


@pytest.mark.parametrize("own", [LR, Real("lr", Linear(1e-4, 1)), Integer("width", Log(1, 10_000))])
def test_a_linear_scale_stands_beside_a_logarithmic_one(own: Real | Integer) -> None:
    (chart,) = space_picture("run", Space([own]), [], UNITS).parts[-1].charts.charts
    log, linear = ("new", "s2") if isinstance(own.scale, Log) else ("s2", "new")
    middle = (words(chart)["0.01" if own.name == "lr" else "100"])[0]
    share = {
        style: np.mean([x > middle for x, _ in points(chart, style).values()]) for style in (log, linear)
    }
    assert share[log] == pytest.approx(0.5, abs=0.06)  # whole numbers share a place
    assert share[linear] > 0.95
    assert "linear 90 %" in chart.note


def test_what_counts_by_its_distance_from_1_is_shown_so() -> None:
    (chart,) = space_picture("run", Space([BETA]), [], UNITS).parts[-1].charts.charts
    middle = words(chart)["0.99"][0]
    own, linear = (np.mean([x > middle for x, _ in points(chart, style).values()]) for style in ("new", "s2"))
    assert own == pytest.approx(0.5, abs=0.03)
    assert linear < 0.1


def test_a_space_is_drawn_whatever_it_has() -> None:
    choice = Choice("act", ("relu", HOSTILE[:9]))
    rare = Real("decay", Linear(0, 1), step=0.5, when={"act": ("relu",)})
    spaces: list[list[Parameter]] = [[choice], [choice, rare], [rare, choice, LR], [Choice("n", (1, 2))]]
    for parameters in spaces:
        tries = [
            Tries("grid", [{"act": "relu", "decay": 0.5, "n": 1}]),
            Tries("random", [{"act": HOSTILE[:9]}]),
        ]
        fixed = {"act": "relu"} if choice not in parameters else {}
        space = Space(parameters, fixed=fixed)
        picture = space_picture("run", space, tries[:1] if len(parameters) != 2 else tries, UNITS)
        ElementTree.fromstring(svg(picture))
        assert plotted(picture, 80)


def test_what_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "there.svg").write_text("mine")
    for name, message in (
        ("a.pdf", "must end in .svg or .png, or be - for plots of characters"),
        ("a", "must end in .svg or .png"),
        ("none/a.svg", "there is no folder"),
        (f"{'a' * 300}.svg", "cannot be written: "),
        ("there.svg", "exists; replace it with --overwrite, or give another path with --picture"),
    ):
        with pytest.raises(InputError, match=re.escape(message)):
            examine(tmp_path / name)
    examine(tmp_path / "there.svg", overwrite=True)
    write(a_picture(), tmp_path / "there.svg", overwrite=True)
    assert ElementTree.parse(tmp_path / "there.svg").getroot().tag == f"{SVG}svg"
    with pytest.raises(InputError, match="exists"):
        write(a_picture(), tmp_path / "there.svg")


def test_a_folder_that_is_read_only_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    with pytest.raises(InputError, match="cannot be written to; give another path"):
        examine(tmp_path / "a.svg")


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(MissingExtra, match=r"needs resvg-py, which is not installed: .*hpsearch\[png\]"):
        examine(tmp_path / "a.png")


def test_a_png_has_two_dots_for_each_pixel(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="resvg-py is not installed: pip install 'hpsearch[png]'")
    content = png.png(svg(a_picture()))
    root = ElementTree.fromstring(svg(a_picture()))
    assert content.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", content[16:24])
    assert [width, height] == [2 * int(str(root.get(side))) for side in ("width", "height")]


def test_without_a_font_a_png_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resvg = pytest.importorskip("resvg_py", reason="resvg-py is not installed: pip install 'hpsearch[png]'")
    drawn = resvg.svg_to_bytes
    monkeypatch.setattr(resvg, "svg_to_bytes", lambda **given: drawn(**given, skip_system_fonts=True))
    with pytest.raises(InputError, match="no font is installed here"):
        png.require()
