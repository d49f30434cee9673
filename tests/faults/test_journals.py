"""Journals that cannot be continued: which line, which version, and what to do; and how results are recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.history import History
from hpsearch.engine.loop import Limits, search
from hpsearch.engine.plan import Plan
from hpsearch.executors import EXECUTORS
from hpsearch.runs import Journal
from hpsearch.runs.journal import decode, encode
from hpsearch.samplers import SAMPLERS
from tests.cli.conftest import Hpsearch
from tests.contracts.test_resume import SPACE, Bowl, Deaf


@pytest.mark.parametrize("other", [0, 2, None])
def test_a_journal_of_another_format_names_its_version(
    other: object, folder: Path, hpsearch: Hpsearch
) -> None:
    assert hpsearch("run", "config.yaml", "--trials", "3").returncode == 0
    journal = folder / "runs/small/journal.jsonl"
    first, *rest = journal.read_bytes().splitlines(keepends=True)
    head = {**decode(first.rstrip(b"\n")), "format": other, "version": "9.9.9"}
    journal.write_bytes(encode(head) + b"".join(rest))
    before = journal.read_bytes()
    for command in (["resume", "small"], ["show", "small"], ["run", "config.yaml", "--resume"]):
        ended = hpsearch(*command)
        assert ended.returncode == 3
        assert (
            f"journal format {other!r}, written by hpsearch 9.9.9; this version reads format 1"
            in ended.stderr
        )
    assert journal.read_bytes() == before
    assert hpsearch("run", "config.yaml", "--overwrite", "--trials", "3").returncode == 0


@pytest.mark.parametrize(
    "content", [b"{}\n", b"not a journal\n", b'{"kind":"run"}\n', encode({"kind": "end"})]
)
def test_what_is_no_journal_is_refused(content: bytes, folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "runs/small").mkdir(parents=True)
    (folder / "runs/small/journal.jsonl").write_bytes(content)
    ended = hpsearch("run", "config.yaml", "--resume")
    assert ended.returncode == 3
    assert (
        "journal.jsonl:1: this record is damaged" in ended.stderr
        or "not a journal of hpsearch" in ended.stderr
    )
    assert (folder / "runs/small/journal.jsonl").read_bytes() == content


class Spy(Journal):
    """A journal that counts what it is given at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.given: list[list[str]] = []

    def append(self, records: Iterable[Mapping[str, Any]]) -> None:
        kept = list(records)
        self.given.append([record["kind"] for record in kept])
        super().append(kept)


def test_what_finished_together_is_recorded_together(tmp_path: Path) -> None:
    sampler = SAMPLERS["random"].from_settings({"fit": True}, 12)
    plan, history = Plan(SPACE, sampler, Streams(0), 12, 6, 1), History(SPACE, Metric("loss", "minimize"))
    with Spy(tmp_path / "journal.jsonl") as journal, EXECUTORS["serial"](1) as executor:
        journal.open()
        search(plan, history, Dispatcher(Bowl(), executor), journal, Deaf(), Limits())
    three = ["result"] * 3  # Bowl trains stacks of three
    assert journal.given == [["round"], three, three, ["round"], three, three, ["end"]]


def test_a_journal_is_lines_that_any_program_can_read(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml", "--trials", "3")
    lines = (folder / "runs/small/journal.jsonl").read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds[0] == "run"
    assert kinds[-1] == "end"
