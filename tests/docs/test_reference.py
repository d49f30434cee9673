"""The pages that list something list all of it: settings, columns, statuses, and verdicts as they were measured."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import hpsearch.core.errors as errors
from hpsearch.config import json_schema
from hpsearch.core.root_error import HpsearchError
from hpsearch.core.trial import Status
from hpsearch.reporting.tables import _BEST, _CONFIRMED, _PLACE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SETTINGS = runpy.run_path(str(DOCS / "make_settings.py"))
RESULTS = (DOCS / "results.md").read_text(encoding="utf-8")


def first_cells(page: str, head: str) -> list[str]:
    """What stands first in each row of the table whose first column is called `head`."""
    (table,) = re.findall(rf"^\| {head} \|.*\n\| --- .*\n((?:\|.*\n)+)", page, re.MULTILINE)
    return [line.split(" | ")[0].removeprefix("| ").strip("`") for line in table.splitlines()]


def test_every_setting_is_listed_as_the_schema_has_it() -> None:
    schema = json_schema()
    assert SETTINGS["page"](schema) == (DOCS / "settings.md").read_text("utf-8"), (
        "run: python docs/make_settings.py"
    )
    assert set(SETTINGS["SECTIONS"].values()) == {"", *schema["$defs"]}


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, ["number, above 0, at most 1"]),
        ({"type": "integer", "minimum": 1, "maximum": 1_000_000}, ["whole number, at least 1"]),
        ({"enum": ["auto", "off", False, None]}, ["`auto`, `off`"]),
        ({"anyOf": [{"type": ["string", "null"]}, {"$ref": "#/x"}]}, ["text", "`null`", "mapping"]),
        ({"const": "mlp"}, ["`mlp`"]),
    ],
)
def test_what_is_allowed_is_said_in_words(setting: dict[str, object], words: list[str]) -> None:
    assert list(SETTINGS["allowed"](setting)) == words


def test_every_exit_status_is_listed() -> None:
    def all_of(kind: type[HpsearchError]) -> Iterator[type[HpsearchError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from all_of(below)

    raised = {kind.exit_status for kind in all_of(HpsearchError) if kind.__module__ == errors.__name__}
    listed = first_cells((DOCS / "json.md").read_text(encoding="utf-8"), "status")
    assert {int(status) for status in listed} == {0, *raised}


def test_every_column_and_status_is_listed() -> None:
    columns = {
        name
        for cell in re.findall(r"^\| (`.*?) \|", RESULTS, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    }
    assert columns >= {*_PLACE, _BEST, *_CONFIRMED}
    assert first_cells(RESULTS, "status") == list(get_args(Status))


def test_every_verdict_is_listed() -> None:
    sources = (ROOT / "src" / "hpsearch" / "analysis" / "verdicts").glob("*.py")
    said = {
        about
        for path in sources
        for about in re.findall(r'Verdict\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert sorted(first_cells(RESULTS, "about")) == sorted(said)


def test_how_often_verdicts_were_right_is_as_it_was_measured() -> None:
    measured = "".join((DOCS / page).read_text(encoding="utf-8") for page in ("search.md", "compare.md"))
    told = re.findall(r"\d+ of \d+", RESULTS.partition("## The verdicts")[2])
    assert len(told) > 8
    assert [figure for figure in told if figure not in measured] == []
