"""What is written as YAML is read back as the same values, by hpsearch and by readers of YAML 1.1."""

from __future__ import annotations

import math
import re
import textwrap
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.config.yaml.writer import pasted, scalar
from hpsearch.core.escaping import printable
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Standing, Trial
from hpsearch.reporting.text import best_yaml

#: Of such pieces numbers, dates, words and marks of YAML 1.1 and 1.2 are made.
_MARKS = "0123456789+-.:_~#&*!|>%@`'\"\\{}[],?<= \t\n\ré\x1b\x7f\x85\u200f\u2028\ufeff"
_WORDS = (
    "0x",
    "0o",
    "0b",
    "e",
    "E",
    ".inf",
    ".NaN",
    "true",
    "Null",
    "no",
    "off",
    "ON",
    "y",
    "---",
    "...",
    "- ",
    ": ",
    " #",
)
PIECES = st.lists(st.sampled_from([*_MARKS, *_WORDS]), max_size=6).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"]))
TEXTS = PIECES | ANY
FLOATS = st.floats(allow_nan=False)
WHOLE = st.integers(-(2**63) + 1, 2**63 - 1)
VALUES = TEXTS | FLOATS | WHOLE | st.booleans() | st.none()
MARKED = [
    "1e-4",
    "1E5",
    "0o17",
    "0x1F",
    "010",
    "1_000",
    "12:30",
    "2024-01-01",
    "1e999",
    "9" * 70,
    ".5",
    "=",
    "<<",
    "NO",
    "",
]


def same(found: Any, wanted: Any) -> bool:
    return type(found) is type(wanted) and (found == wanted)


def read(text: str) -> Any:
    return parse_yaml(text, "pasted").data


@pytest.mark.parametrize("text", MARKED)
def test_a_text_that_looks_like_something_else_stays_text(text: str) -> None:
    written = pasted({"a": text})
    assert read(written) == yaml.safe_load(written) == {"a": text}


@given(VALUES)
@example("x" * 2000)
@example("a b " * 100)
@example("- a\n--- b\n... c")
def test_every_value_is_read_back(value: Any) -> None:
    written = pasted({"a": value})
    assert written.count("\n") == 1
    assert same(read(written)["a"], value)
    assert same(yaml.safe_load(written)["a"], value)
    assert same(read(f"[{scalar(value)}]")[0], value)
    assert same(read(f"{{a: {scalar(value)}}}")["a"], value)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_every_name_is_read_back_and_what_is_pasted_below_another(values: dict[str, Any]) -> None:
    written = pasted(values)
    assert read(written) == values
    below = "objective:\n" + textwrap.indent(written, "  ")
    assert read(below) == {"objective": values}


@given(st.dictionaries(st.sampled_from(["a", "on", "ñ"]), VALUES, min_size=1))
def test_what_a_terminal_shows_of_it_is_read_back(values: dict[str, Any]) -> None:
    assert read(printable(pasted(values))) == values


@given(
    TEXTS,
    st.dictionaries(
        TEXTS, TEXTS | FLOATS.filter(math.isfinite) | WHOLE | st.booleans(), min_size=1, max_size=3
    ),
)
def test_best_yaml_is_read_back_whatever_the_metric_is_called(metric: str, config: dict[str, Any]) -> None:
    best = Standing(1, Trial(0, 0, config, 0), 1, "done", {metric: 0.5})
    text = best_yaml(best, Metric(metric, "maximize"), "run")
    assert read(text) == config
    assert re.match(r"# trial 0 of run: .* 0\.5\d* after 1 epochs\n(?!#)", text)
