"""One number for each trial, whatever it was trained for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hpsearch.analysis.levelled import levelled
from hpsearch.core.trial import Epochs


def test_the_median_change_moves_what_was_trained_for_less() -> None:
    trials: list[dict[Epochs, float]] = [
        {1: 0.5, 3: 0.7, 9: 0.8},
        {1: 0.4, 3: 0.5},
        {1: 0.3, 3: 0.6},
        {1: 0.2},
    ]
    assert [round(value, 9) for value in levelled(trials)] == [0.8, 0.6, 0.7, 0.5]


def test_without_a_trial_that_has_both_nothing_is_moved() -> None:
    assert levelled([{1: 0.5}, {3: 0.7}]) == [0.5, 0.7]
    assert levelled([]) == []


@given(
    values=st.lists(st.floats(-9, 9), min_size=1, max_size=9, unique=True),
    moved=st.floats(-5, 5),
    data=st.data(),
)
def test_of_curves_that_are_alike_the_order_stays(
    values: list[float], moved: float, data: st.DataObject
) -> None:
    trials: list[dict[Epochs, float]] = [
        {1: value, 3: value + moved} if data.draw(st.booleans()) else {1: value} for value in values
    ]
    if not any(3 in trial for trial in trials):
        trials[0][3] = values[0] + moved
    found = levelled(trials)
    wanted = [value + moved for value in values]
    assert all(abs(a - b) < 1e-9 for a, b in zip(found, wanted, strict=True))
