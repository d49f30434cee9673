"""Runs of every kind and size have a page."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.core.trial import Result
from hpsearch.engine.run import Run
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.page import page
from hpsearch.space import Choice
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


@pytest.mark.parametrize(
    ("run", "there", "missing"),
    [
        (of_one(), "result progress parameters trials sources", "curves rounds importance failures"),
        (of_one(status="failed"), "result parameters trials failures", "progress curves parallel"),
        (CATEGORIES, "parameters rounds importance parallel", "curves fitting"),
        (a_run(), "parameters curves parallel failures", "fitting"),
        (a_run(empty=True), "result sources", "progress parameters trials failures"),
        (NO_PARAMETER, "result trials", "parameters parallel"),
    ],
    ids=["one trial", "none done", "categories", "conditional", "empty", "no parameter"],
)
def test_a_run_of_any_kind_has_a_page(run: Run, there: str, missing: str) -> None:
    names = run.space.parameters
    pair = (names[0], names[1]) if len(names) > 1 else None
    shown = Page(page(Found(run, pair=pair)))
    ids = {str(given["id"]) for tag, given in shown.elements if tag == "section"}
    assert set(there.split()) <= ids
    assert not set(missing.split()) & ids
    assert "nan" not in " ".join(str(given.get("d")) for given in shown.named("path"))
    pictures = [given for given in shown.named("svg") if given.get("role") == "img"]
    assert all(given.get("aria-label") for given in pictures)


def test_ten_thousand_trials_fit_into_six_megabytes() -> None:
    run = many(10_000)
    text = page(Found(run, pair=(run.space.parameters[0], run.space.parameters[1])))
    assert len(text.encode()) < 6_000_000
    assert text.count("<tr>") > 10_000


def test_of_very_many_trials_the_best_are_on_the_page_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpsearch.reporting.page.found.MOST", 30)
    run = many(50)
    shown = Page(page(Found(run)))
    assert "the best 30 of them, and the progress of all" in shown.words
    assert shown.column("trials", "rank") == [str(rank) for rank in range(1, 31)]
