"""The page of searches side by side in a real browser: drawn whole, sorted, and safe from every name on it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.core.metric import Metric
from hpsearch.reporting.comparison import Comparison, Overlay, Pair, Range, Setting, Side
from hpsearch.reporting.page.comparison import Course, page
from hpsearch.reporting.page.progress import Reading
from tests.browser import PROGRAM, Tab, browser
from tests.reporting.test_page import HOSTILE
from tests.reporting.test_page_browser import click, everything_is_drawn

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here")
SECONDS = (7, 65, 3600, 9, 4000, 0.2, 100, 30)


def a_comparison() -> Comparison:
    """Eight searches, each with a name that is code; one has found nothing, another lacks a parameter."""
    names = [f"{place} {HOSTILE}" for place in range(len(SECONDS))]
    sides = [
        Side(name, [name], 10 + place, 90, seconds, [0.5 + place / 20], 0.5 + place / 20, 0.01, 9.0 * place)
        for place, (name, seconds) in enumerate(zip(names, SECONDS, strict=True))
    ]
    sides[-1] = Side(names[-1], [names[-1]], 1, 1, SECONDS[-1], [], None, None, None)
    ranges = [Range(name, HOSTILE, (place / 10, 1.0), 0.9) for place, name in enumerate(names)]
    ranges[-1] = Range(names[-1], "not searched", None, None)
    return Comparison(
        Metric(f"acc {HOSTILE}", "maximize"),
        0.5,
        sides,
        [Pair(names[0], names[1], "better", 1, 0.5, 1.5, f"{names[0]} is better than {names[1]}")],
        [Setting(f"space.{HOSTILE}", [HOSTILE, None, *names[2:]])],
        [Overlay("lr", ranges), Overlay(HOSTILE, ranges)],
    )


def courses(found: Comparison) -> list[Course]:
    """Of each search but the last."""
    readings = [Reading(epoch, 0.5 + math.log(epoch) / 9, epoch, 0) for epoch in range(1, 90)]
    return [Course(place, readings[place:], 90) for place in range(len(found.sides) - 1)]


def test_in_a_browser(tmp_path: Path) -> None:
    found = a_comparison()
    path = tmp_path / "both.html"
    path.write_text(page(found, courses(found)), encoding="utf-8")
    with browser() as tab:
        tab.open(path, width=360)
        assert tab.asked("document.documentElement.scrollWidth") == 360  # a phone scrolls down only
        tab.size(1200, 900)
        everything_is_drawn(tab, charts=3, marks="path")
        the_table_sorts(tab)
        for media, paper in (("screen", "rgb(22, 24, 27)"), ("print", "rgb(255, 255, 255)")):
            dark = [{"name": "prefers-color-scheme", "value": "dark"}]
            tab.call("Emulation.setEmulatedMedia", media=media, features=dark)
            assert tab.asked("getComputedStyle(document.body).backgroundColor") == paper
        nothing_is_amiss(tab)


def the_table_sorts(tab: Tab) -> None:
    """Times as times; what has no value stays last, whichever way."""
    head, first = "table.sorts thead th", "table.sorts tbody th"
    names = f"[...document.querySelectorAll('{first}')].map((cell) => Number(cell.textContent[0]))"
    by_time = sorted(range(len(SECONDS)), key=lambda place: SECONDS[place])
    click(tab, f"{head}:nth-child(5) button")
    assert tab.asked(names) == by_time
    click(tab, f"{head}:nth-child(5) button")
    assert tab.asked(names) == by_time[::-1]
    assert tab.asked(f"document.querySelector('{head}:nth-child(5)').ariaSort") == "descending"
    for expected in ([0, 1, 2, 3, 4, 5, 6, 7], [6, 5, 4, 3, 2, 1, 0, 7]):
        click(tab, f"{head}:nth-child(6) button")
        assert tab.asked(names) == expected


def nothing_is_amiss(tab: Tab) -> None:
    """No complaint, no request but the page, no question to the reader, and no element that a name has made."""
    assert not tab.complaints() + tab.of("Page.javascriptDialogOpening")
    asked = [told["request"]["url"].partition(":")[0] for told in tab.of("Network.requestWillBeSent")]
    assert set(asked) <= {"file", "data"}
    assert asked.count("file") == 1
    assert tab.asked("document.querySelectorAll('img, i').length") == 0
