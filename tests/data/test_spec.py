from __future__ import annotations

import math
from typing import Any

import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.spec import DatasetSpec


@pytest.mark.parametrize(
    "split", ["auto", (0.8, 0.2), (0.6, 0.2, 0.2), (0.333, 0.333, 0.334), (1 / 3, 1 / 3, 1 / 3)]
)
def test_sensible_splits_are_taken(split: Any) -> None:
    assert DatasetSpec("digits", split=split).split == split


@pytest.mark.parametrize(
    ("split", "rule"),
    [
        ((0.8, 0.3), "must add up to 1"),
        ((0.8, 0.1999), "must add up to 1"),
        ((1.0, 0.0), "every part must be above 0"),
        ((1.2, -0.2), "every part must be above 0"),
        ((math.nan, 0.2), "every part must be above 0"),
        ((math.inf, 0.2), "must add up to 1"),
        ((1.0,), "must be auto, or two or three fractions"),
        ((0.25,) * 4, "must be auto, or two or three fractions"),
        ("half", "must be auto, or two or three fractions"),
    ],
)
def test_other_splits_are_refused_with_the_rule(split: Any, rule: str) -> None:
    with pytest.raises(DataError, match=rule):
        DatasetSpec("digits", split=split)


def test_a_misspelt_scaling_is_refused_with_a_suggestion() -> None:
    with pytest.raises(
        DataError,
        match="one of none, minmax, standard, numbers, whiten, tanh, quantile; did you mean 'standard'",
    ):
        DatasetSpec("digits", scaling="standart")


@pytest.mark.parametrize("limit", [0, -5])
def test_a_limit_that_leaves_nothing_is_refused(limit: int) -> None:
    with pytest.raises(DataError, match=f"limit {limit}: must be at least 1"):
        DatasetSpec("digits", limit=limit)
