"""Runs of every kind and size have a page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.core.trial import Result
from hpsearch.engine.run import Run
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.page import page
from hpsearch.space import Choice, Log, Real
from tests.browser import PROGRAM, browser
from tests.reporting.charted import many, searched
from tests.reporting.pages import Page
from tests.reporting.runs import a_run

# -- runs of every kind


def of_one(metric: str = "acc", status: str = "done", **config: Any) -> Run:
    metrics = {metric: 0.5} if status == "done" else {}
    return searched([config or {"lr": 0.1}], [Result(0, 1, status, metrics)], metric=metric)  # type: ignore[arg-type]


CATEGORIES = searched(
    [{"a": "x" * 50, "b": number % 2 == 0} for number in range(12)],
    [Result(number, 1, "done", {"acc": number / 12}) for number in range(12)],
    [Choice("a", ("x" * 50, "y")), Choice("b", (True, False))],
)


NO_PARAMETER = searched([{}], [Result(0, 1, "done", {"acc": 1.0})], [])


ONE_PARAMETER = searched(
    [{"lr": 10 ** (-number / 4)} for number in range(12)],
    [Result(number, 1, "done", {"acc": number / 12}) for number in range(12)],
    [Real("lr", Log(1e-3, 1))],
)
#: Of each kind a run, the sections that its page has, and some that it has not.
KINDS = {
    "one trial": (of_one(), "result progress parameters trials sources", "curves rounds importance failures"),
    "none done": (
        of_one(status="failed"),
        "result parameters trials failures",
        "progress curves parallel",
    ),
    "one parameter": (ONE_PARAMETER, "progress parameters trials", "heat curves"),
    "categories": (CATEGORIES, "parameters rounds importance parallel", "curves fitting"),
    "conditional": (a_run(), "parameters curves parallel failures", "fitting"),
    "empty": (a_run(empty=True), "result sources", "progress parameters trials failures"),
    "no parameter": (NO_PARAMETER, "result trials", "parameters parallel"),
}


def written(run: Run) -> str:
    """Its page."""
    names = run.space.parameters
    return page(Found(run, pair=(names[0], names[1]) if len(names) > 1 else None))


def check_in_a_browser(folder: Path, pages: Mapping[str, str]) -> None:
    """Where there is a browser each page complains of nothing, loads nothing, and is no wider than a phone."""
    if PROGRAM is None:
        return
    with browser() as tab:
        for name, text in pages.items():
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
            tab.open(folder / f"{name}.html", width=360)
            assert tab.asked("document.documentElement.scrollWidth") == 360, name
            assert not tab.complaints(), name
        assert tab.schemes() <= {"file", "data"}


@pytest.mark.parametrize(("run", "there", "missing"), KINDS.values(), ids=KINDS)
def test_a_run_of_any_kind_has_a_page(run: Run, there: str, missing: str) -> None:
    shown = Page(written(run))
    ids = {str(given["id"]) for tag, given in shown.elements if tag == "section"}
    assert set(there.split()) <= ids
    assert not set(missing.split()) & ids
    assert "nan" not in " ".join(str(given.get("d")) for given in shown.named("path"))
    pictures = [given for given in shown.named("svg") if given.get("role") == "img"]
    assert all(given.get("aria-label") for given in pictures)


@pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here")
def test_no_page_complains_in_a_browser(tmp_path: Path) -> None:
    check_in_a_browser(tmp_path, {name: written(run) for name, (run, _, _) in KINDS.items()})


def test_ten_thousand_trials_fit_into_six_megabytes(tmp_path: Path) -> None:
    text = written(many(10_000))
    assert len(text.encode()) < 6_000_000
    assert text.count("<tr>") > 10_000
    check_in_a_browser(tmp_path, {"many": text})


def test_of_very_many_trials_the_best_are_on_the_page_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpsearch.reporting.page.found.MOST", 30)
    run = many(50)
    shown = Page(page(Found(run)))
    assert "the best 30 of them, and the progress of all" in shown.words
    assert shown.column("trials", "rank") == [str(rank) for rank in range(1, 31)]
