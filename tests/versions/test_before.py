"""The files that the version before wrote are read as that version read them, to the same bytes."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.versions import make
from tests.versions.calling import call
from tests.versions.cases import ALL, BEFORE, EXPECTED, Case, answer, cases

#: What a journal can hold: the kinds of records, the ends of trials, and what only some records have.
KINDS = {"run", "inherited", "round", "result", "end", "evaluation"}
STATUSES = {"done", "diverged", "failed", "timeout", "crashed"}
SOMETIMES = {"start", "replicate", "curve", "reason", "output", "acc", "r2"}


@cache
def expected(run: str) -> dict[str, Any]:
    """The answers of the version before about a run, by case."""
    found: dict[str, Any] = json.loads((EXPECTED / f"{run}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_was_written_before_is_read_as_it_was(case: Case, tmp_path: Path) -> None:
    found = json.loads(json.dumps(answer(case, tmp_path, call)))
    if not case.exact and "Another machine" in str(found["err"]):
        pytest.skip("this processor computes other bits")
    assert found == expected(case.run or ALL)[case.name]


def test_every_answer_that_was_kept_is_compared() -> None:
    kept = {name for file in EXPECTED.glob("*.json") for name in expected(file.stem)}
    assert kept == {case.name for case in cases()}


def test_the_journals_hold_every_kind_of_record() -> None:
    lines = [line for file in BEFORE.glob("runs/*/journal.jsonl") for line in file.read_text().splitlines()]
    records = [json.loads(line) for line in lines]
    assert {record["kind"] for record in records} == KINDS
    assert {record["status"] for record in records if record["kind"] == "result"} == STATUSES
    entries = [*records, *(job for record in records for job in record.get("jobs", ()))]
    assert {key for entry in entries for key in entry} >= SOMETIMES


@pytest.mark.parametrize(
    ("words", "done"),
    [([], ["record", "ask"]), (["--answers"], ["ask"]), (["--help"], []), (["--answer-s"], [])],
)
def test_what_was_kept_is_replaced_by_who_asks_for_that_alone(
    words: list[str], done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    for name in ("record", "ask"):
        monkeypatch.setattr(make, name, lambda name=name: called.append(name))
    with suppress(SystemExit):
        make.main(words)
    assert called == done
