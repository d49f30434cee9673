"""The ordered entries: the same as a sorted list, however they came."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.samplers import ordered
from hpsearch.samplers.ordered import Entry, Ordered

losses = st.sampled_from([0.0, 0.5, 1.0, math.inf]) | st.floats(-1, 1)


@given(st.lists(st.tuples(st.sampled_from(["add", "add", "add", "take", "ask"]), losses), max_size=150))
@settings(max_examples=200)
def test_it_is_a_sorted_list(steps: list[tuple[str, float]]) -> None:
    entries, model = Ordered(), list[Entry]()
    for number, (step, loss) in enumerate(steps):
        if step == "add":
            entries.add((loss, number))
            model.append((loss, number))
        elif step == "take" and model:
            entries.remove(model.pop(number % len(model)))
        else:
            assert list(entries) == sorted(model)
    model.sort()
    assert (len(entries), list(entries), entries.head(3)) == (len(model), model, model[:3])
    assert entries.at(range(len(model))) == model
    assert [entries.rank(entry) for entry in model] == list(range(len(model)))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordered, "_BLOCK", 4)


@pytest.mark.usefixtures("small_blocks")
def test_blocks_are_split_and_emptied() -> None:
    test_it_is_a_sorted_list()


def test_what_is_not_there_cannot_be_taken_out() -> None:
    entries = Ordered()
    entries.add((0.5, 1))
    for entry in ((0.5, 2), (0.4, 1), (0.6, 1)):
        with pytest.raises(ValueError, match="is not there"):
            entries.remove(entry)
    entries.remove((0.5, 1))
    assert len(entries) == entries.rank((1.0, 0)) == 0


class Counted(float):
    """A loss that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: float) -> bool:
        Counted.compared += 1
        return float(self) < float(other)


def comparisons_of_a_round(size: int) -> int:
    """How many comparisons it takes to add eight entries to `size` others and to ask for the best."""
    entries = Ordered()
    for number in range(size):
        entries.add((Counted(math.sin(number)), number))
    entries.head(1)
    Counted.compared = 0
    for number in range(size, size + 8):
        entries.add((Counted(math.sin(number)), number))
    entries.head(1)
    entries.rank((Counted(0.5), 0))
    return Counted.compared


def test_a_round_costs_hardly_more_among_many() -> None:
    few, many = comparisons_of_a_round(1000), comparisons_of_a_round(100_000)
    assert few > 0
    assert many < 2.5 * few  # logarithms: 10 steps and 17
