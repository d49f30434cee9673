"""The pictures of the docs are what their script makes, and are shown."""

from __future__ import annotations

import re
import runpy
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).parents[2] / "docs"
MADE = runpy.run_path(str(DOCS / "make_picture.py"))["PICTURES"]
#: Lengths of training that its key tells apart, with a dot for each.
KEY = ("1 epoch", "3 epochs", "9 epochs")
REMEDY = "run: python docs/make_picture.py"


def elements(picture: str) -> Counter[tuple[str, str]]:
    """What it consists of, each with its text; other processors have other numbers, so not where it lies."""
    return Counter(
        (part.tag, re.sub(r"[\d.]+", "~", part.text or "")) for part in ElementTree.fromstring(picture).iter()
    )


def dots(picture: str) -> int:
    """How many are drawn in its charts."""
    charts = [
        part for part in ElementTree.fromstring(picture).iter() if part.get("class", "").startswith("dots")
    ]
    return sum(part.get("d", "").count("h") for part in charts) - len(KEY)


def test_what_follows_from_the_seed_is_the_same_to_the_byte() -> None:
    assert MADE["check.svg"]() == (DOCS / "check.svg").read_text(encoding="utf-8"), REMEDY


def test_what_was_trained_is_the_same_but_for_digits() -> None:
    made, there = MADE["parameters.svg"](), (DOCS / "parameters.svg").read_text(encoding="utf-8")
    assert elements(made) == elements(there), REMEDY
    assert 3 * 24 - 4 <= dots(made) <= 3 * 24  # a trial in each of three charts; on one spot they are one dot


@pytest.mark.parametrize("name", MADE)
def test_a_picture_is_shown(name: str) -> None:
    assert f"(docs/{name})" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
