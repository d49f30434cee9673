"""What is drawn of a parameter names each of its values."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from hpsearch.space import Choice, Linear, Real
from hpsearch.space.preview import FEW, preview

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63)
CLOSE = st.builds(
    lambda middle, parts: [middle + part * 1e-9 for part in parts],
    st.floats(0.1, 1),
    st.sets(st.integers(0, 9)),
)


@given(st.lists(NUMBERS, unique=True, min_size=1, max_size=FEW) | CLOSE.filter(bool))
@example([0.98331, 0.98334])
@example([0.1, 0.1 + 2**-56])
def test_no_two_choices_look_alike_and_each_has_its_own_share(choices: list[float]) -> None:
    first = choices[0]
    parts = preview(Choice("x", tuple(choices)), [first, first, first, choices[-1]])["parts"]
    labels = [label for label, _ in parts]
    assert len(set(labels)) == len(labels) == len(choices)
    shares = dict.fromkeys(choices, 0.0)
    shares[first] += 0.75
    shares[choices[-1]] += 0.25
    assert sorted(share for _, share in parts) == sorted(shares.values())


def test_four_digits_are_enough_where_they_differ() -> None:
    parts = preview(Choice("x", (0.123456, 0.5, 64)))["parts"]
    assert [label for label, _ in parts] == ["0.1235", "0.5", "64"]


def test_the_values_of_a_condition_do_not_look_alike_either() -> None:
    given = Real("x", Linear(0, 1), when={"drop": (0.123456, 0.123457)})
    assert preview(given)["what"] == "linear, 0 to 1; only when drop is 0.123456 or 0.123457"


def test_choices_that_are_said_alike_are_counted_apart() -> None:
    found = preview(Choice("a", ((1,), ("1",), (64, 64))), [(1,), (1,), ("1",), (64, 64)])
    assert found["parts"] == [["[1]", 0.5], ['["1"]', 0.25], ["[64, 64]", 0.25]]
