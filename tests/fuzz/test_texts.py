"""Texts: the YAML, the journal, what commands print. Only the documented errors, and little time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.actions.planning import make_plan
from hpsearch.cli.by import By
from hpsearch.config import build_space, dump_yaml, lint, load_spec
from hpsearch.config.loading import spec_of
from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.core.errors import HpsearchError, InputError, SpecError
from hpsearch.core.escaping import in_json, on_a_line, printable
from hpsearch.core.metric import Metric
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.engine.run import Run
from hpsearch.objectives.output import LastLines, Metrics
from hpsearch.reporting import tables, text
from hpsearch.runs import RunFolder
from hpsearch.runs.journal import decode, encode, replay
from hpsearch.runs.records import Reader
from hpsearch.space.preview import preview
from tests.corpus.case import GOOD
from tests.fuzz.strategies import FUZZ, edited, mutated, quick

_OWN = """\
objective: {kind: command, command: [echo, "{x}", "{n}"], timeout: 1m}
space:
  x: {choices: [a, b]}
  n: {scale: log, type: int, low: 1, high: 1e3, when: {x: [a]}}
search: {sampler: random, time_limit: 1h, target: 1}
dispatch: {workers: auto, executor: local}
"""
TOKENS = [
    token.encode()
    for token in (
        ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!x ", "<<: ", "? ", "| ", "> ", "'", '"', "#", "%", "---\n", "\n",
        "  ", "\t", "null", "true", "off", "1e999", "-1", "9" * 30, ".nan", "0x", "lr", "choices: ", "when: ", "{x}", "\\e",
    )
]  # fmt: skip


def _used(spec: Any) -> None:
    """What `check` does with a configuration that is right."""
    make_plan(spec)
    assert all(map(str, lint(spec))) or True
    for parameter in build_space(spec).parameters:
        preview(parameter)
    spec_of(parse_yaml(dump_yaml(spec), "again").data)


@FUZZ
@given(edited([GOOD.encode(), _OWN.encode()], TOKENS))
def test_any_file_is_a_configuration_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.yaml"
    path.write_bytes(content)
    with quick():
        try:
            spec = load_spec(path)
        except InputError as error:
            assert str(error)
            assert not re.search("pydantic|Errno|0x7f", str(error))
            return
        _used(spec)


@FUZZ
@given(mutated(parse_yaml(GOOD, "").data) | mutated(parse_yaml(_OWN, "").data))
def test_any_data_is_a_configuration_or_refused(data: Any) -> None:
    with quick():
        try:
            spec = spec_of(data if isinstance(data, dict) else {"objective": data})
        except SpecError as error:
            assert all(problem.message for problem in error.problems)
            return
        make_plan(spec)


# -- journals ----------------------------------------------------------------------------------------------


_JOB = {"trial": 0, "epochs": 1, "seed": 1, "config": {"lr": 0.1, "momentum": 0.9, "activation": "relu"}}
_RESULT = {"kind": "result", "trial": 0, "epochs": 1, "status": "done", "seconds": 0.1}
RECORDS: list[dict[str, Any]] = [
    {"kind": "run", "format": 1, "version": "0", "spec": "", "data": "", "rows": 360},
    {"kind": "inherited", "trials": [{"config": _JOB["config"], "values": {"1": 0.5}}]},
    {"kind": "round", "round": 0, "jobs": [_JOB, {**_JOB, "trial": 1}]},
    {**_RESULT, "metrics": {"val_acc": 0.5}},
    {
        **_RESULT,
        "trial": 1,
        "metrics": {"val_acc": 0.7},
        "curve": {"val_acc": [0.7]},
        "reason": "no",
        "output": "x",
    },
    {"kind": "round", "round": 1, "jobs": [{"trial": 1, "epochs": 4, "start": 1}]},
    {"kind": "end", "why": "complete"},
    {"kind": "evaluation", "trial": 1, "acc": 0.5},
]


@FUZZ
@given(mutated(RECORDS))
def test_any_records_are_a_run_or_refused(tmp_path_factory: pytest.TempPathFactory, records: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "runs/fuzzed"
    path.mkdir(parents=True, exist_ok=True)
    (path / "config.yaml").write_text(GOOD)
    lines = records if isinstance(records, list) else [records]
    (path / "journal.jsonl").write_bytes(b"".join(map(_line, lines)))
    with quick():
        try:
            run = Run.read(RunFolder(path), curves=False)
            text.failures(run.standings)
            text.ranking(run.standings, run.metric, run.epochs)
            By.of(run, "lr").listed()
            found, _, _ = replay(path / "journal.jsonl", Reader("journal"))
            restore(found, History(run.space, Metric("val_acc", "maximize")), "journal")
        except HpsearchError as error:
            assert str(error)


def _line(record: Any) -> bytes:
    """A line with a true checksum of a record that need be none."""
    import zlib

    body = json.dumps(record).encode()
    return b'{"crc":"%08x",%s\n' % (zlib.crc32(b"{" + body[1:]), body[1:])


@FUZZ
@given(edited([b"".join(map(encode, RECORDS))], [b"\n", b'{"crc":"', b"}", b"\0"]))
def test_no_change_of_a_journal_goes_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.jsonl"
    path.write_bytes(content)
    read = Reader("journal")
    good = [read(encode(record)) for record in RECORDS]
    with quick():
        try:
            found, whole, torn = replay(path, Reader(str(path)))
        except HpsearchError as error:
            assert str(error).startswith(f"{path}:")
            return
    assert whole + torn == len(content)
    assert all(record in good for record in found)


@FUZZ
@given(st.binary(max_size=60))
def test_any_line_is_a_record_or_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(line)


# -- what programs print -----------------------------------------------------------------------------------


@FUZZ
@given(
    st.lists(
        edited(
            [b"val_acc: 0.5\nloss=3e-1 (12s)\n", b"\x1b[32mscore\x1b[0m=1.5e10"],
            [b"1" * 5000, b"=", b"\x1b[0m" * 1000],
        )
    )
)
def test_anything_may_be_printed(chunks: list[bytes]) -> None:
    metrics, last = Metrics(), LastLines()
    with quick():
        for chunk in chunks:
            metrics.feed(chunk)
            last.feed(chunk)
        assert all(isinstance(value, float) for value in metrics.end().values())
        assert len(last.text) <= 20 * 501


@FUZZ
@given(st.text(st.characters(), max_size=50))
def test_no_text_reaches_a_terminal_as_anything_but_text(given: str) -> None:
    unsafe = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
    assert not unsafe.search(printable(given))
    assert (
        printable(given).isprintable() or printable(given) != on_a_line(given) or "\n" not in on_a_line(given)
    )
    document = json.dumps({given: given}, ensure_ascii=False)
    assert not unsafe.search(in_json(document))
    assert json.loads(in_json(document)) == {given: given}
    cells = tables.markdown([given], [[given]]).splitlines()
    assert len(cells) == 3
    assert "<" not in cells[0]


def test_the_seeds_are_good(tmp_path: Path) -> None:
    for seed in (GOOD, _OWN):
        (tmp_path / "good.yaml").write_text(seed)
        _used(load_spec(tmp_path / "good.yaml"))
