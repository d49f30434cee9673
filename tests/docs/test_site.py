"""The site is built without a warning, its links lead somewhere, it loads nothing, and a browser shows it."""

from __future__ import annotations

import importlib.util
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import PROGRAM, browser

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs" / "site"
wrong = runpy.run_path(str(SITE / "links.py"))["wrong"]
MENU = runpy.run_path(str(SITE / "menu.py"))
BUILDS = all(importlib.util.find_spec(name) for name in ("sphinx", "myst_parser", "furo"))
builds = pytest.mark.skipif(not BUILDS, reason="the site is not built here: pip install 'hpsearch[docs]'")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    words = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-n",
        "-c",
        str(SITE),
        str(ROOT),
        str(target),
    ]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return target


def test_what_is_wrong_with_links_is_found(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text(
        '<h1 id="top">One</h1><a href="#top"></a><a href="#gone"></a><a href="two.html#there"></a>'
        '<a href="two.html#gone"></a><a href="three.html"></a><a href="https://example.org/x"></a>'
        '<script src="https://example.org/a.js"></script><img src="data:,A"><img src="//example.org/b.png">'
    )
    (tmp_path / "two.html").write_text('<p id="there">')
    (tmp_path / "a.css").write_text(
        "@import 'https://example.org/c.css'; a { background: url(data:x) } b { src: url(d.woff) }"
    )
    assert list(wrong(tmp_path)) == [
        "one.html: #gone: no such anchor",
        "one.html: two.html#gone: no such anchor",
        "one.html: three.html: no such file",
        "one.html: https://example.org/a.js: is loaded from elsewhere",
        "one.html: //example.org/b.png: is loaded from elsewhere",
        "a.css: https://example.org/c.css: is loaded from elsewhere",
        "a.css: d.woff: no such file",
    ]


def test_every_page_is_in_the_menu() -> None:
    listed = {page for pages in MENU["MENU"].values() for page in pages}
    pages = {
        path.relative_to(ROOT).with_suffix("").as_posix()
        for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    }
    assert pages - listed == {"README", "docs/index"}


def test_a_folder_is_listed_as_its_index_links_to_it_and_then_the_rest() -> None:
    first, second, *others = MENU["within"](
        "docs", "[a](results.md), [b](gone.md), [c](ci.md), [d](results.md#top)"
    )
    assert (first, second) == ("docs/results", "docs/ci")
    pages = {f"docs/{path.stem}" for path in ROOT.glob("docs/*.md")} - {"docs/index", first, second}
    assert others == sorted(pages)


@builds
def test_the_site_has_no_dead_link_and_loads_nothing(site: Path) -> None:
    assert list(wrong(site)) == []


@builds
def test_a_folder_that_is_linked_to_and_the_notebook_are_pages(site: Path) -> None:
    folder = (site / "files" / "configs" / "examples" / "pytorch_mnist.html").read_text(encoding="utf-8")
    assert "<h2>main.py</h2>" in folder
    assert "<h2>expected.yaml</h2>" not in folder
    notebook = (site / "docs" / "notebook.html").read_text(encoding="utf-8")
    assert "highlight-python" in notebook


@builds
@pytest.mark.skipif(PROGRAM is None, reason="there is no browser here")
def test_a_browser_shows_it_and_asks_for_nothing_else(site: Path) -> None:
    pages = [*site.glob("docs/*.html"), *site.glob("docs/*/*.html")]
    with browser() as tab:
        tab.open(site / "index.html")
        widths = {}
        for page in pages:
            tab.open(page, width=360)
            widths[page.name] = tab.asked("document.documentElement.scrollWidth")
        asked = [event["request"]["url"] for event in tab.of("Network.requestWillBeSent")]
        assert not tab.of("Runtime.exceptionThrown")
        assert not tab.of("Log.entryAdded")
    assert {name: width for name, width in widths.items() if width > 360} == {}
    assert len(asked) > len(pages)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@builds
@pytest.mark.skipif(PROGRAM is None, reason="there is no browser here")
def test_it_is_searched_from_the_disk(site: Path) -> None:
    found = "document.querySelector('ul.search a')?.textContent"
    with browser() as tab:
        tab.call("Page.navigate", url=f"{(site / 'search.html').as_uri()}?q=one_minus_log")
        while not (title := tab.asked(found)):
            tab.asked("new Promise(ready => setTimeout(ready, 50))")
        assert title
        assert not tab.of("Runtime.exceptionThrown")
