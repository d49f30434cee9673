"""The picture of the README is what its script makes, and is shown there."""

from __future__ import annotations

import runpy
from pathlib import Path
from xml.etree import ElementTree

DOCS = Path(__file__).parents[2] / "docs"


def test_the_picture_is_what_its_script_makes() -> None:
    made = runpy.run_path(str(DOCS / "make_picture.py"))["picture"]()
    assert made == (DOCS / "check.svg").read_text(encoding="utf-8"), "run: python docs/make_picture.py"
    assert ElementTree.fromstring(made).tag == "{http://www.w3.org/2000/svg}svg"
    assert "(docs/check.svg)" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
