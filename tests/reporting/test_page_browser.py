"""The page in a real browser: it loads nothing, complains of nothing, and answers the mouse and the keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.core.trial import Result
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.page import page
from hpsearch.space import Choice, Log, Parameter, Real
from tests.browser import PROGRAM, Tab, browser
from tests.reporting.charted import many, searched
from tests.reporting.test_page import hostile

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
        tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        dark = "rgb(22, 24, 27)"
        assert tab.asked("getComputedStyle(document.body).backgroundColor") == dark
        tab.call("Emulation.setEmulatedMedia", media="print")
        assert tab.asked("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not tab.complaints()
        assert tab.schemes() <= {"file", "data"}
        assert len([told for told in tab.of("Network.requestWillBeSent") if told["type"] == "Document"]) == 2
        assert len(tab.of("Page.javascriptDialogOpening")) == 0


def everything_is_drawn(tab: Tab, charts: int = 6, marks: str = "path[data-trials]") -> None:
    """So many pictures or more; each has marks, none of them outside its frame, and words that can be read."""
    pictures = tab.asked(
        "[...document.querySelectorAll('svg[role=img]')].map((svg) => {"
        " const frame = svg.getBoundingClientRect();"
        " const boxes = [...svg.querySelectorAll('path, text')].map((one) => one.getBoundingClientRect());"
        " const out = boxes.filter((box) => box.left < frame.left - 2 || box.right > frame.right + 2"
        "   || box.top < frame.top - 2 || box.bottom > frame.bottom + 2).length;"
        " return [svg.querySelectorAll(" + json.dumps(marks) + ").length, out]; })"
    )
    assert len(pictures) >= charts
    assert all(drawn for drawn, _ in pictures)
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


#: Whether words of a chart touch: those with a place in common.
TOUCHING = """[...document.querySelectorAll('svg[role=img]')].flatMap((picture) => {
  const words = [...picture.querySelectorAll('text')]
    .map((word) => [word.textContent, word.getBoundingClientRect()]);
  return words.flatMap(([text, box], place) => words.slice(place + 1)
    .filter(([, other]) => box.left < other.right && other.left < box.right
                        && box.top + 4 < other.bottom && other.top + 4 < box.bottom)
    .map(([other]) => [text, other]));
})"""

#: Those that begin to the left of their picture.
OUTSIDE = """[...document.querySelectorAll('svg text')].filter((word) =>
  word.getBoundingClientRect().left < word.ownerSVGElement.getBoundingClientRect().left - 2
).map((word) => word.textContent)"""


def test_no_words_touch_and_none_are_cut_off(tmp_path: Path) -> None:
    """Of parameters with long names, and many choices with such names."""
    names = [f"a_parameter_with_a_long_name_{number}" for number in range(8)]
    policies = tuple(
        f"{word}_with_a_long_name" for word in ("wide", "narrow", "mild", "wild", "long", "mean")
    )
    space: list[Parameter] = [
        *(Real(name, Log(1e-5, 1)) for name in names[1:]),
        Choice(names[0], policies),
    ]
    configs = [
        {**dict.fromkeys(names[1:], 10 ** (-(number % 5))), names[0]: policies[number % 6]}
        for number in range(12)
    ]
    run = searched(configs, [Result(number, 1, "done", {"acc": number / 12}) for number in range(12)], space)
    (tmp_path / "run.html").write_text(page(Found(run, pair=(space[0], space[-1]))), encoding="utf-8")
    with browser() as tab:
        for width in (360, 1200):
            tab.open(tmp_path / "run.html", width=width)
            assert tab.asked(TOUCHING) == []
            assert tab.asked(OUTSIDE) == []
