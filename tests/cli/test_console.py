"""What comes from elsewhere reaches a terminal as text, and a file as it stands."""

from __future__ import annotations

import io
import json
import math
import sys
from contextlib import redirect_stdout
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_a_remark_is_broken_between_words_and_its_command_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "30")
    console.remark("40 trials, of which 8 failed in 22 s; written:", "runs/of mine/wide/")
    console.remark("of no interest", quiet=True)
    assert (
        terminal.getvalue() == "40 trials, of which 8 failed\n    in 22 s; written:\n    runs/of mine/wide/\n"
    )


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


DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text("ñab_"), inner),
    max_leaves=8,
)


@given(DATA)
def test_json_has_no_number_that_json_does_not_know(data: Any) -> None:
    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    with redirect_stdout(io.StringIO()) as printed:
        console.out_json(data)
    assert json.loads(printed.getvalue(), parse_constant=refuse) == plain(data)


def plain(data: Any) -> Any:
    """The data as JSON has it, null in the place of what is not finite."""
    if isinstance(data, dict):
        return {name: plain(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(item) for item in data]
    return None if data in (math.inf, -math.inf) or data != data else data


def test_letters_that_the_stream_cannot_write_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    console.out("größe \ud800")
    stream.seek(0)
    assert stream.read() == "gr\\xf6\\xdfe \\ud800\n"
