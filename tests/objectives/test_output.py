from __future__ import annotations

import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.objectives.output import LAST_LINES, LastLines, Metrics, metrics_in


def read(*chunks: bytes) -> dict[str, float]:
    metrics = Metrics()
    for chunk in chunks:
        metrics.feed(chunk)
    return metrics.end()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"score: 0.5", {"score": 0.5}),
        (b"score=5e-1\n", {"score": 0.5}),
        (b"score = -1.5E+3, loss:.25", {"score": -1500.0, "loss": 0.25}),
        (b"val_acc: 93.1%.", {"val_acc": 93.1}),
        (b"The accuracy: 0.93.", {"accuracy": 0.93}),
        (b"{'eval/loss': 2}", {"eval/loss": 2.0}),
        (b"score: \x1b[1;32m0.5\x1b[0m", {"score": 0.5}),
        (b"\rscore: 0.1\rscore: 0.2", {"score": 0.2}),
        (b"time: 3s, version: 1.2.3, at 12:30, score: high", {}),
    ],
)
def test_metrics_are_read_as_people_write_them(line: bytes, found: dict[str, float]) -> None:
    assert read(line) == found


#: Letters of many scripts: of two parts, with marks, joined, from right to left, and beyond 16 bits.
LETTERS = "aZ_éñßøжλ日본ไि्\u0301\u200d\u200cאع𐐷"


@given(
    st.builds(str.__add__, st.sampled_from("aZ_éñжλ日본אع𐐷"), st.text(LETTERS + "019./-", max_size=63)),
    st.sampled_from(["", " ", "\n", "│", "█ ", "→", "“", "(", "3,", "\u00a0"]),
    st.sampled_from(["{}=", "{} : ", "'{}': ", '"{}":', "{}\x1b[0m="]),
)
def test_names_of_every_script_are_read_whole(name: str, before: str, form: str) -> None:
    assert read(f"{before}{form.format(name)}0.5".encode()) == {name: 0.5}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pr\xe9cision=0.5".encode("latin-1"), {"pr\ufffdcision": 0.5}),  # not as `cision`
        ("3é=0.5".encode(), {}),
        (("é" * 65 + "=0.5").encode(), {}),
        ("\u0301=0.5".encode(), {}),
        ("perte\uff1a0.5, ↑acc=0.25".encode(), {"acc": 0.25}),
    ],
)
def test_no_part_of_a_name_is_taken_for_it(line: bytes, found: dict[str, float]) -> None:
    assert read(line) == found


@given(st.lists(st.sampled_from([*"ab_1./- \t'\"=:;0", "\x1b[0m"]), max_size=80).map("".join))
def test_beside_other_letters_ascii_is_read_as_ever(line: str) -> None:
    """Where something beyond ASCII is near, another way is taken to the same names."""
    assert read(f"→ {line}=0.5".encode()) == read(f"  {line}=0.5".encode())


def test_the_last_value_counts_wherever_reads_end() -> None:
    text = b"score: 0.1\nloss=3\nscore: 0.25\n"
    for cut in range(len(text)):
        assert read(text[:cut], text[cut:]) == {"score": 0.25, "loss": 3.0}


@pytest.mark.parametrize("piece", [7, 1000, 5000])
def test_a_line_without_end_is_read_as_if_it_were_short(piece: int) -> None:
    """A progress bar: wherever it is cut, no number and no name is read in part."""
    line = b"".join(b"\rstep %d val_acc=0.%06d" % (step, step) for step in range(2200, 3000))
    for length in range(len(line) - 40, len(line) + 1):
        metrics = Metrics()
        for start in range(0, length, piece):
            metrics.feed(line[start : min(start + piece, length)])
        expected = dict(metrics_in(line[:length]))
        assert metrics.end() == expected


def test_not_finite_is_a_value() -> None:
    assert read(b"a: -inf b: Infinity") == {"a": -math.inf, "b": math.inf}
    assert math.isnan(read(b"score: nan\n")["score"])


def test_neither_long_lines_nor_many_names_eat_memory() -> None:
    metrics, last = Metrics(), LastLines()
    tracemalloc.start()
    for number in range(200):
        chunk = b"x" * 60_000 + b" n%d: 1 " % number
        metrics.feed(chunk)
        last.feed(chunk)
    metrics.feed(b"\n".join(b"m%d: 1" % number for number in range(10_000)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
    assert len(metrics.end()) <= 200


def test_the_last_lines_are_kept() -> None:
    last = LastLines()
    last.feed(b"".join(b"line %d\n" % number for number in range(1000)) + b"\xff\n")
    lines = last.text.splitlines()
    assert len(lines) == LAST_LINES
    assert lines[-2:] == ["line 999", "\ufffd"]
