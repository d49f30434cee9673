"""`hpsearch report RUN`, from the search to the file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch
from tests.reporting.pages import Page

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")


def test_a_run_as_a_page(folder: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hpsearch("run", "config.yaml").returncode == 0
    ended = hpsearch("report", "small")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr == "written: small.html; open it in a browser\n"
    text = (folder / "small.html").read_bytes()
    shown = Page(text.decode())
    ids = [str(given["id"]) for tag, given in shown.elements if tag == "section"]
    everything = (
        "result progress parameters curves rounds importance fitting heat parallel timeline trials sources"
    )
    assert set(everything.split()) <= set(ids)
    assert len(shown.tables["trials"]) == 15
    assert "trainings it is known" not in shown.words  # when each was trained was recorded of all
    assert hpsearch("report", "small", "-o", "again.html").returncode == 0
    assert (folder / "again.html").read_bytes() == text
    ended = hpsearch("report", "small")
    assert ended.returncode == 2
    assert "small.html: exists; replace it with --overwrite" in ended.stderr
    assert hpsearch("report", "small", "--overwrite").returncode == 0
    assert hpsearch("report", "none").returncode == 3
    monkeypatch.delitem(sys.modules, "hpsearch.reporting.page.page")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    ended = hpsearch("report", "small", "-o", "third.html")
    assert ended.returncode == 2
    assert "report needs jinja2, which is not installed" in ended.stderr
    assert "hpsearch[report]" in ended.stderr
    assert sorted(path.name for path in folder.iterdir()) == [
        "again.html",
        "config.yaml",
        "runs",
        "small.html",
    ]
