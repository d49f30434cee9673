from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.config.yaml.scalars import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 1e-4),
        ("1E+3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0.0", -0.0),
        ("010", 10),
        ("+7", 7),
        ("0o10", 8),
        ("0xfF", 255),
        ("9223372036854775807", 2**63 - 1),
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("Null", None),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("0e999", 0.0),
        ("0" * 5000 + "7", 7),
    ],
)
def test_numbers_booleans_and_nothing(text: str, value: object) -> None:
    found = resolve(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "off",
        "on",
        "yes",
        "y",
        "12:30",
        "2024-01-01",
        "1_000",
        "0b11",
        "1e",
        ".",
        "-",
        "+.nan",
        "tRue",
        "1\n",
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert resolve(text) == text


def test_nan() -> None:
    assert math.isnan(float(resolve(".nan") or 0))


@pytest.mark.parametrize("text", ["9" * 5000, "-" + "9" * 5000, "9223372036854775808", "0x" + "f" * 17])
def test_integers_beyond_64_bits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="too large; whole numbers may go up to 9223372036854775807"):
        resolve(text)


@pytest.mark.parametrize(
    ("text", "rule"), [("1e999", "too large"), ("-1e999", "too large"), ("1e-999", "too close")]
)
def test_floats_out_of_reach_are_refused(text: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        resolve(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_survives(value: float) -> None:
    assert resolve(repr(value)) == value


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_an_integer_survives(value: int) -> None:
    assert resolve(str(value)) == value
