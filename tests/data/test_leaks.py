"""What is said of columns that tell the target by themselves."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hpsearch.data.tables.leaks import leaks
from hpsearch.data.tables.learning import learn


def told(y: list[str], **columns: list[object]) -> list[str]:
    frame = pl.DataFrame({**columns, "y": y})
    return leaks(frame, learn(frame, "y", "t.csv")[0], numbers=False)


OUTCOMES = [["absent", "doubtful", "late", "in time"][n % 4] for n in range(80)]
PASSED = ["yes" if outcome == "in time" else "no" for outcome in OUTCOMES]


def test_a_column_of_more_values_than_classes_tells_the_target() -> None:
    assert told(PASSED, outcome=list(OUTCOMES)) == ["outcome"]


def test_a_column_with_gaps_tells_it_where_they_go_with_one_class_too() -> None:
    gaps = [None if outcome == "in time" else outcome for outcome in OUTCOMES]
    assert told(PASSED, outcome=list(gaps)) == ["outcome"]
    assert told([*PASSED[:-1], "no"], outcome=list(gaps)) == []


@pytest.mark.parametrize("place", [0, 79])
def test_one_row_that_contradicts_it_is_enough_to_say_nothing(place: int) -> None:
    y = list(PASSED)
    y[place] = "yes" if y[place] == "no" else "no"
    assert told(y, outcome=list(OUTCOMES)) == []


def test_what_differs_from_row_to_row_tells_nothing() -> None:
    assert told(PASSED, n=list(range(80)), pair=[n // 2 for n in range(80)]) == []


def test_what_may_be_chance_is_not_said() -> None:
    rng = np.random.default_rng(0)
    tables = [
        told(rng.permuted(["a", "b"] * 5).tolist(), x=rng.integers(0, 3, 10).tolist(), z=[1, 2] * 5)
        for _ in range(100)
    ]
    assert tables == [[]] * 100
