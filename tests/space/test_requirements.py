"""Conditions on the values of a configuration: what they mean, what they may say, and what they leave."""

from __future__ import annotations

import operator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.core.errors import InputError
from hpsearch.core.trial import Value
from hpsearch.space import Choice, Integer, Linear, Log, Real, Space
from hpsearch.space.expressions import ABSENT, NUMBER, TEXT, TRUTH, Reader, Unreadable
from hpsearch.space.partial import without
from hpsearch.space.requirements import LEAST, Left, Requirement

KNOWN = {**dict.fromkeys(("a", "b", "fixed", "lambda", "x.y", "ﬁt"), NUMBER), "opt": TEXT, "norm": TRUTH}
FIXED = {"fixed": 3}
CONFIG: dict[str, Value] = {"a": 2, "b": 0.5, "opt": "adam", "norm": True, "lambda": 7, "x.y": 1, "ﬁt": 4}


def reader() -> Reader:
    return Reader(KNOWN, FIXED, {"adam", "sgd"}, {"units"})


def read(text: str) -> Requirement:
    return Requirement.read(text, reader())


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a * b <= 1", True),
        ("a + b - 1 == 1.5", True),
        ("a / b < 4", False),
        ("7 // a == 3 and 7 % a == 1 and a ** 3 == 8", True),
        ("-a < +b", True),
        ("1 < a <= fixed < 4", True),
        ("1 < a <= b < 4", False),
        ("a < 1 or opt != 'sgd'", True),
        ("not (a < 3 and opt == 'adam')", False),
        ("opt in ['adam', 'adamw']", True),
        ("opt not in ('adam', 'adamw')", False),
        ("a in [1, fixed - 1]", True),
        ("norm", True),
        ("norm == false", False),
        ("min(a, b, 1) == 0.5 and max(a, b) == 2 and abs(-a) == 2", True),
        ("a <\n 3  # few", True),
        ("`lambda` == 7 and `x.y` == 1 and ﬁt == `ﬁt` == 4", True),
        ("opt == '`a`'", False),
    ],
)
def test_it_means_what_it_says(text: str, holds: bool) -> None:
    assert read(text).holds(CONFIG) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a < 1", True),
        ("not a < 1", True),
        ("a < 1 or b > 1", True),
        ("a < 1 and b > 1", False),
        ("b > 1 or (opt == 'adam' and a < 1)", True),
        ("b > 1 or (opt == 'sgd' and a < 1)", False),
        ("0 < b < a", True),
        ("1 < b < a", False),
        ("min(a, b) > 1", True),
    ],
)
def test_only_what_is_certainly_broken_is_refused_where_a_parameter_is_absent(text: str, holds: bool) -> None:
    """`a` is not there; b is 0.5."""
    assert read(text).holds({name: value for name, value in CONFIG.items() if name != "a"}) is holds


@pytest.mark.parametrize(
    "text",
    [
        "1 / (a - 2) < 9",
        "a % (a - 2) == 0",
        "(b - 1) ** 0.5 < 9",
        "9 ** 9 ** 9 > 1",
        "10.0 ** 400 > 1",
        "0 ** -1 > 1",
    ],
)
def test_what_cannot_be_computed_does_not_hold(text: str) -> None:
    assert not read(text).holds(CONFIG)
    assert read(f"a == 2 or {text}").holds(CONFIG)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a <", "cannot be read as a condition"),
        ("a = 3", "== compares"),
        ("a < 3 && b < 2", "write and, or"),
        ("min(a", "quote a condition that holds a comma"),
        ("lambda < 3", "stands in backquotes"),
        ("x.y < 3", "a name with a dot stands in backquotes"),
        ("aa < 3", "names 'aa', which is neither a parameter nor a field of the objective; did you mean 'a'?"),
        ("zzzz < 3", "known: a, b, fixed"),
        ("`no such` < 3", "names 'no such', which"),
        ("opt == adam", "write 'adam' for the text"),
        ("units < 3", "asks for units, which has no value; give objective.units one, or search it"),
        ("a + 1", "is a number, and no condition"),
        ("not a", "has a number where a condition is needed"),
        ("opt + 1 < 3", "has a text where a number is needed: opt"),
        ("norm * 2 < 3", "has true or false where a number is needed: norm"),
        ("opt < 'b'", "asks which of two is more"),
        ("opt == 3", "compares a text with a number: opt == 3"),
        ("`lambda` == 'x'", "compares a number with a text: `lambda` == 'x'"),
        ("norm == 1", "compares true or false with a number"),
        ("a in 3", "has in without a list behind it: 3"),
        ("a in []", "has in without a list behind it"),
        ("a in [1, 'x']", "values that are not alike"),
        ("a in ['x']", "compares a number with a text"),
        ("a in [1] in [2]", "has in among other comparisons"),
        ("a is 3", "write == or !="),
        ("a ^ 2 < 3", "a power is written **"),
        ("(a < 3) & norm", "write and"),
        ("~a < 3", "write not"),
        ("(a if norm else b) < 3", "write it with and, or"),
        ("abs(a, b) < 3", "gives abs 2 values; it takes one"),
        ("max(a) < 3", "gives max 1 values; it takes two or more"),
        ("min(a, b, key=abs) < 3", "possible are numbers, texts, names"),
        ("round(a) < 3", "has what no condition can have: round(a)"),
        ("a.__class__ == 3", "has what no condition can have: a.__class__"),
        ("().__class__.__base__ == 3", "has what no condition can have"),
        ("__import__('os') == 1", "has what no condition can have"),
        ("[x for x in [1]] == 3", "has what no condition can have"),
        ("f'{a}' == 'x'", "has what no condition can have"),
        ("None == a", "has what no condition can have: None"),
        ("(a := 3) < 4", "has what no condition can have"),
        ("a[0] < 3", "has what no condition can have: a[0]"),
        ("lambda: 3", "has what no condition can have"),
        ("-" * 300 + "a < 3", "is nested deeper than 100 levels"),
        ("(" * 400 + "a" + ")" * 400 + " < 3", ""),
        ("a" * 1001, "is longer than 1000 characters"),
        ("a < 3\0", "cannot be read"),
    ],
)  # fmt: skip
def test_what_it_may_not_say(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 250


@settings(max_examples=200)
@given(text=st.text(alphabet="ab<>=!+-*/%() .,'\"`\\\n[]{}:#~^&|1e9xnotrdiΣ_", max_size=30))
def test_any_text_is_read_or_refused_in_our_words(text: str) -> None:
    try:
        requirement = read(text)
    except Unreadable:
        return
    assert requirement.holds(CONFIG) in (True, False)


NAMES, OPERATORS = ["a", "b", "c", "d"], {"<": operator.lt, ">=": operator.ge, "==": operator.eq}
COMPARISONS = st.builds(
    "{} {} {}".format, st.sampled_from(NAMES), st.sampled_from(list(OPERATORS)), st.integers(0, 2)
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda part: st.one_of(
        st.builds("({} and {})".format, part, part),
        st.builds("({} or {})".format, part, part),
        st.builds("(not {})".format, part),
    ),
    max_leaves=6,
)
VALUES = st.fixed_dictionaries({name: st.integers(0, 2) for name in NAMES})


@settings(max_examples=200)
@given(text=CONDITIONS, values=VALUES, absent=st.sets(st.sampled_from(NAMES)))
def test_it_is_what_python_says_and_without_absent_names_what_they_leave_open(
    text: str, values: dict[str, int], absent: set[str]
) -> None:
    known = dict.fromkeys(NAMES, NUMBER)
    whole = Requirement.read(text, Reader(known))
    assert whole.holds(values) is eval(text, {}, dict(values))
    there: Any = {name: value for name, value in values.items() if name not in absent}
    left = without(text, absent, Reader(known))
    assert whole.holds(there) is (not left or Requirement.read(left, Reader(known)).holds(there))
    assert not set(Requirement.read(left, Reader(known)).names if left else ()) & absent


def test_what_is_left_keeps_names_in_backquotes() -> None:
    assert without("b < 1 and (a < `x.y` < `lambda`)", {"b"}, reader()) == "a < `x.y` < `lambda`"
    assert without("a < `x.y` < b", {"b"}, reader()) == "a < `x.y`"


def test_what_is_absent_has_no_value_of_its_own() -> None:
    assert reader().condition("a < b")({"b": 1}) is ABSENT


SPACE = Space(
    [
        Real("lr", Log(1e-4, 1)),
        Integer("units", Linear(1, 64)),
        Choice("opt", ("sgd", "adam")),
        Real("beta", Linear(0, 1), when={"opt": ("adam",)}),
    ],
    {"layers": 2},
)


def test_a_space_holds_what_its_requirements_admit() -> None:
    space = SPACE.requiring(["units * layers <= 64", "opt == 'sgd' or beta < 0.5"])
    fine: dict[str, Value] = {"lr": 0.1, "units": 32, "opt": "adam", "beta": 0.1}
    assert fine in space
    assert {**fine, "units": 33} not in space
    assert {**fine, "units": 33} in SPACE
    assert {"lr": 0.1, "units": 32, "opt": "sgd"} in space
    assert {**fine, "beta": 0.7} not in space.narrow([fine, {**fine, "beta": 0.9}])
    with pytest.raises(
        InputError, match=r"require: names 'unit', .* did you mean 'units'\? \(got 'unit < 3'\)"
    ):
        SPACE.requiring(["unit < 3"])


def test_what_is_left_is_counted_where_it_can_be_and_drawn_where_not() -> None:
    half = Left.of(SPACE.requiring(["units <= 32", "opt == 'sgd' or beta < 0.5"]))
    assert not half.every
    assert half.share == pytest.approx(0.375, abs=0.02)
    assert half.shares["units <= 32"] == pytest.approx(0.5, abs=0.02)
    assert Left.of(SPACE.requiring(["units <= 32", "opt == 'sgd' or beta < 0.5"])) == half
    small = Space([Integer("a", Linear(1, 9)), Integer("b", Linear(1, 9))], require=["a < b"])
    assert (small.combinations, small.size, len(list(small.configurations()))) == (81, 36, 36)
    assert Left.of(small) == Left(81, True, 36, {"a < b": 36})
    assert Left.of(small.requiring(["a * b == 81"])).suffices(1)
    assert not Left.of(SPACE.requiring([f"lr > {1 - LEAST / 2}"])).suffices(0)
