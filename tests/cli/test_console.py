"""What comes from elsewhere reaches a terminal as text, and a file as it stands."""

from __future__ import annotations

import io
import json
import sys

import pytest

from hpsearch.cli import console

CODES = "\x1b]0;owned\x07\x9b2J\u202e\r"
SEEN = r"\x1b]0;owned\x07\x9b2J\u202e\r"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_messages_are_escaped_wherever_they_go(capsys: pytest.CaptureFixture[str]) -> None:
    console.note(f"no column {CODES}")
    console.out(f"x:{CODES}")
    told = capsys.readouterr()
    assert told.err == f"no column {SEEN}\n"
    assert told.out == f"x:{SEEN}\n"


def test_data_is_exact_in_a_file_and_escaped_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.out(CODES, exact=True)
    assert capsys.readouterr().out == f"{CODES}\n"
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    console.out(CODES, exact=True)
    assert terminal.getvalue() == f"{SEEN}\n"


def test_json_is_safe_everywhere_and_says_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.out_json({"größe": CODES})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"größe": CODES}
    assert "größe" in printed
    assert "\x9b" not in printed
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    console.out_json({"größe": CODES})
    assert terminal.getvalue() == printed


def test_letters_that_the_stream_cannot_write_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    console.out("größe \ud800")
    stream.seek(0)
    assert stream.read() == "gr\\xf6\\xdfe \\ud800\n"
