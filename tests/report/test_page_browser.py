"""The page in a real browser: it loads nothing, complains of nothing, and answers the mouse and the keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.report.page.found import Found
from hpsearch.report.page.page import page
from tests.browser import PROGRAM, Tab, browser
from tests.report.charted import many
from tests.report.test_page import hostile

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here")
#: What a script gives of the table: the numbers of the trials it shows, in their order.
TRIALS = "[...document.querySelectorAll('#all tbody th')].map((cell) => Number(cell.textContent))"


def middle(tab: Tab, selector: str, share: float = 0.5) -> tuple[float, float]:
    """Where an element is in the window, after it was scrolled there; from top to bottom so much of it."""
    x, y = tab.asked(
        f"(() => {{ const one = document.querySelector({json.dumps(selector)});"
        f" one.scrollIntoView({{block: 'center'}});"
        f" const box = one.getBoundingClientRect();"
        f" return [box.left + box.width / 2, box.top + box.height * {share}]; }})()"
    )
    return x, y


def click(tab: Tab, selector: str) -> None:
    x, y = middle(tab, selector)
    for kind in ("Moved", "Pressed", "Released"):
        tab.mouse(kind, x, y)


def test_in_a_browser(tmp_path: Path) -> None:
    run = many(700)
    parameters = run.space.parameters
    (tmp_path / "run.html").write_text(
        page(Found(run, pair=(parameters[0], parameters[1]))), encoding="utf-8"
    )
    (tmp_path / "hostile.html").write_text(page(Found(hostile(), wrote="<b>")), encoding="utf-8")
    with browser() as tab:
        for name in ("hostile", "run"):
            tab.open(tmp_path / f"{name}.html", width=360)
            assert tab.asked("document.documentElement.scrollWidth") == 360  # a phone scrolls down only
        tab.size(1200, 900)
        everything_is_drawn(tab)
        the_table_sorts(tab)
        a_dot_says_what_it_stands_for(tab)
        axes_are_brushed(tab)
        commands_are_copied_with_the_keys(tab)
        for theme in ("light", "dark"):
            contrasts(tab, theme)
        complaints = [*tab.of("Log.entryAdded"), *tab.of("Runtime.consoleAPICalled")]
        assert not complaints + tab.of("Runtime.exceptionThrown")
        asked = {told["request"]["url"].partition(":")[0] for told in tab.of("Network.requestWillBeSent")}
        assert asked <= {"file", "data"}
        assert len([told for told in tab.of("Network.requestWillBeSent") if told["type"] == "Document"]) == 2
        assert len(tab.of("Page.javascriptDialogOpening")) == 0


def everything_is_drawn(tab: Tab) -> None:
    """Every picture has marks, none of them outside its frame, and words that can be read."""
    pictures = tab.asked(
        "[...document.querySelectorAll('svg[role=img]')].map((svg) => {"
        " const frame = svg.getBoundingClientRect();"
        " const boxes = [...svg.querySelectorAll('path, text')].map((one) => one.getBoundingClientRect());"
        " const out = boxes.filter((box) => box.left < frame.left - 2 || box.right > frame.right + 2"
        "   || box.top < frame.top - 2 || box.bottom > frame.bottom + 2).length;"
        " return [svg.querySelectorAll('path[data-trials]').length, out]; })"
    )
    assert len(pictures) > 5
    assert all(marks for marks, _ in pictures)
    assert not any(out for _, out in pictures)


def the_table_sorts(tab: Tab) -> None:
    """By the column that is clicked, numbers as numbers, the other way at the second click; all rows on request."""
    head = "#all thead th:nth-child(2)"
    assert len(tab.asked(TRIALS)) == 500
    click(tab, f"{head} button")
    assert tab.asked(TRIALS) == list(range(500))
    assert tab.asked(f"document.querySelector('{head}').ariaSort") == "ascending"
    click(tab, f"{head} button")
    assert tab.asked(TRIALS) == list(range(699, 199, -1))
    click(tab, "#more")
    assert tab.asked(TRIALS) == list(range(699, -1, -1))
    assert tab.asked("document.getElementById('more').hidden") is True


def a_dot_says_what_it_stands_for(tab: Tab) -> None:
    """The mouse is over the best of the first parameter's chart, which is ringed."""
    x, y = middle(tab, "#parameters figure path.ring")
    tab.mouse("Moved", x, y)
    told = tab.asked("document.getElementById('tip').hidden ? '' : document.getElementById('tip').innerText")
    assert "rank: 1\n" in told
    assert "lr: " in told
    tab.key("Escape", 27)
    assert tab.asked("document.getElementById('tip').hidden") is True


def axes_are_brushed(tab: Tab) -> None:
    """By hand along an axis, by keys at its ends, and back; the table follows."""
    shown = "document.querySelectorAll('.thread:not(.out)').length"
    lines = tab.asked(shown)
    x, top = middle(tab, ".grip", 0.1)
    _, half = middle(tab, ".grip", 0.5)
    tab.mouse("Pressed", x, top)
    tab.mouse("Moved", x, half)
    tab.mouse("Released", x, half)
    picked = tab.asked(shown)
    assert 0 < picked < lines
    assert len(tab.asked(TRIALS)) == picked
    heads = tab.asked("[...document.querySelectorAll('#all thead th')].map((cell) => cell.textContent)")
    cells = f"#all tbody tr > :nth-child({heads.index('lr') + 1})"
    rates = tab.asked(f"[...document.querySelectorAll('{cells}')].map((cell) => Number(cell.textContent))")
    assert min(rates) >= 0.009  # the upper half of a log scale from 0.0001 to 1
    assert f"{picked} of {lines} trials pass" in tab.asked("document.getElementById('said').textContent")
    tab.asked("document.querySelector('.limits input').focus()")
    for _ in range(3):
        tab.key("ArrowRight", 39)
    assert 0 < tab.asked(shown) <= picked
    click(tab, ".parallel > button")
    assert tab.asked(shown) == lines
    assert len(tab.asked(TRIALS)) == 700


def commands_are_copied_with_the_keys(tab: Tab) -> None:
    """A button of the first text to copy is pressed; where it may not write, the text is selected."""
    tab.asked("document.querySelector('.copied button').focus()")
    tab.key("Enter", 13, "\r")
    done = tab.asked(
        "new Promise((resolve) => setTimeout(() => resolve(document.getElementById('said').textContent), 50))"
    )
    assert done.startswith(("copied", "selected"))


def contrasts(tab: Tab, theme: str) -> None:
    """Text stands out from its ground as WCAG 2.2 asks for, 4.5 to 1, and marks as it asks for pictures, 3 to 1."""
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    shades = range(6)
    pairs = [("ink", "paper", 7.0), ("ink", "shade", 4.5), ("soft", "paper", 4.5), ("link", "paper", 4.5)]
    pairs += [(f"t{shade}", f"s{shade}", 4.5) for shade in shades]
    pairs += [(name, "paper", 3.0) for name in ("best", "ill", *(f"s{shade}" for shade in shades))]
    for one, other, least in pairs:
        assert contrast(colour(tab, one), colour(tab, other)) >= least, (theme, one, other)


def colour(tab: Tab, name: str) -> str:
    style = "getComputedStyle(document.documentElement)"
    return str(tab.asked(f"{style}.getPropertyValue('--{name}').trim()"))


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, as WCAG defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
