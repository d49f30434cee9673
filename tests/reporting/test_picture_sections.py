"""The charts of a report as pictures."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from hpsearch.actions.report import _grid, _pair, report_charts
from hpsearch.core.errors import InputError
from hpsearch.engine.run import Run
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.picture import png
from hpsearch.reporting.picture.sections import pictures
from hpsearch.reporting.picture.style import colours
from hpsearch.reporting.picture.svg import svg
from hpsearch.runs import RunFolder
from hpsearch.space import Choice
from tests.reporting.charted import many, searched
from tests.reporting.pictured import HOSTILE, SVG, texts


def of_many(count: int = 60) -> Found:
    run = many(count)
    pair = _pair(run, [])
    assert pair is not None
    return Found(run, pair=pair, grid=_grid(run, *pair))


def test_every_section_with_a_chart_is_a_picture() -> None:
    made = pictures(of_many())
    assert set(made) >= {"progress", "parameters", "rounds", "heat", "parallel"}
    assert not {"result", "trials", "sources", "failures"} & set(made)
    for name, picture in made.items():
        root = ElementTree.fromstring(svg(picture))
        assert root.find(f"{SVG}title").text.endswith("(run)"), name  # type: ignore[union-attr]
        assert root.find(f"{SVG}desc").text, name  # type: ignore[union-attr]
    assert "Draw along an axis" not in " ".join(texts(svg(made["parallel"])))


def test_a_heat_map_has_a_cell_for_each_part_with_the_page_s_shades() -> None:
    of = of_many()
    assert of.grid is not None
    text = svg(pictures(of)["heat"])
    told = texts(text)
    parts = [part for _, row in of.grid.rows for part in row]
    assert len([one for one in told if one.endswith((" trial", " trials"))]) == sum(
        part.best is not None for part in parts
    )
    assert {label for label in of.grid.columns if len(label) < 16} <= set(told)
    assert f"path.h5 {{ fill: {colours()['s5']}; stroke: none; }}" in text
    assert f"text.h5 {{ fill: {colours()['t5']}; }}" in text


def test_a_run_without_results_and_hostile_names_are_drawn() -> None:
    assert pictures(Found(searched([], []))) == {}
    run = many(20, odd=Choice(HOSTILE[:9], ("a", "b")))
    for picture in pictures(Found(run)).values():
        ElementTree.fromstring(svg(picture))


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """That of a run which is not on the disk, drawn as an SVG of some bytes."""
    monkeypatch.setattr(png, "require", lambda: None)
    monkeypatch.setattr(png, "png", lambda text: text.encode()[:4])
    monkeypatch.setattr(Run, "read", lambda _: many(20))
    monkeypatch.setattr("hpsearch.actions.report.found", lambda run, _: Found(run))
    return many(1).folder


def test_pictures_are_put_beside_what_is_there(folder: RunFolder, tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    made = report_charts(folder, figures)
    assert {path.parent for path in made} == {figures}
    assert {path.name for path in made} >= {"progress.png", "parallel.png"}
    (figures / "parallel.png").unlink()
    (figures / "notes.txt").write_text("mine")
    (figures / "progress.png").write_text("mine")
    with pytest.raises(InputError, match=r"progress.png: exists; .* give another path with --png"):
        report_charts(folder, figures)
    assert not (figures / "parallel.png").exists()  # nothing is written where one is in the way
    report_charts(folder, figures, overwrite=True)
    assert [(figures / name).read_text() for name in ("notes.txt", "progress.png")] == ["mine", "<svg"]


def test_pictures_go_into_a_folder(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "none" / "figures", tmp_path / ("a" * 300)):
        with pytest.raises(InputError, match="must be a folder, or a new one in a folder that exists"):
            report_charts(folder, place)
    monkeypatch.setattr(Run, "read", lambda _: searched([], []))
    with pytest.raises(InputError, match="has no results to draw yet"):
        report_charts(folder, tmp_path / "figures")
    assert not (tmp_path / "figures").exists()
