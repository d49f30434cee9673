from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.errors import DataError
from hpsearch.data.fractions import fractions_of
from hpsearch.data.split import quotas, stratified

WEIGHTS = st.lists(st.integers(1, 100), min_size=2, max_size=3)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12), WEIGHTS)
def test_quotas_add_up_and_stay_within_one_of_their_share(sizes: list[int], weights: list[int]) -> None:
    fractions = [weight / sum(weights) for weight in weights]
    table = np.array(quotas(sizes, fractions))
    shares = np.outer(sizes, fractions)
    assert table.sum(axis=1).tolist() == sizes
    assert (np.abs(table - shares) <= 1 + 1e-2).all()
    assert (np.abs(table.sum(axis=0) - shares.sum(axis=0)) < 1 + 1e-2).all()
    assert (table >= 0).all()


def test_exact_shares_are_met_exactly() -> None:
    assert quotas([100, 50, 5], [0.2, 0.8]) == [[20, 80], [10, 40], [1, 4]]
    assert quotas([1000, 2000], [0.29, 0.71]) == [[290, 710], [580, 1420]]
    assert quotas([3, 6], [1 / 3, 1 / 3, 1 / 3]) == [[1, 1, 1], [2, 2, 2]]


def test_totals_go_by_largest_remainder_and_ties_to_the_earlier_part() -> None:
    table = np.array(quotas([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], [0.6, 0.2, 0.2]))
    assert table.sum(axis=0).tolist() == [1078, 360, 359]


@given(st.lists(st.integers(4, 40), min_size=2, max_size=5), st.integers(0, 2**31))
def test_every_row_is_in_one_part(sizes: list[int], seed: int) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    parts = stratified(labels, "abcde"[: len(sizes)], (0.5, 0.25, 0.25), seed)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))
    assert all((np.diff(part) > 0).all() for part in parts)


def test_which_rows_go_where_follows_from_the_seed() -> None:
    labels = np.arange(100) % 2
    first, again, other = (stratified(labels, "ab", (0.8, 0.2), seed) for seed in (0, 0, 1))
    assert first[1].tolist() == again[1].tolist() != other[1].tolist()


def test_rows_are_drawn_from_the_whole_class() -> None:
    labels = np.arange(2000) % 2
    _, validation = stratified(labels, "ab", (0.8, 0.2), seed=3)
    assert validation.mean() == pytest.approx(1000, abs=120)


@pytest.mark.parametrize(
    ("rows", "brings_test", "expected"),
    [
        (100_000, False, (0.6, 0.2, 0.2)),
        (100_001, False, (0.98, 0.01, 0.01)),
        (1_000_000, False, (0.98, 0.01, 0.01)),
        (1_000_001, False, (0.995, 0.0025, 0.0025)),
        (60_000, True, (0.8, 0.2, 0)),
        (100_001, True, (0.99, 0.01, 0)),
        (1_000_001, True, (0.9975, 0.0025, 0)),
    ],
)
def test_auto_follows_the_number_of_rows(rows: int, brings_test: bool, expected: tuple[float, ...]) -> None:
    assert fractions_of("auto", rows, brings_test) == pytest.approx(expected)


def test_a_class_with_too_few_rows_is_named_with_its_count() -> None:
    with pytest.raises(DataError, match="class 'cat' has 2 rows to split: 3 parts need at least 3 rows"):
        stratified(np.array([0] * 9 + [1] * 2), ["dog", "cat"], (0.6, 0.2, 0.2), seed=0)
    with pytest.raises(DataError, match="class 'cat' has 0 rows"):
        stratified(np.zeros(9, np.int64), ["dog", "cat"], (0.8, 0.2), seed=0)
    with pytest.raises(DataError, match="class 'cat' has 1 row to split"):
        stratified(np.array([0] * 9 + [1]), ["dog", "cat"], (0.8, 0.2), seed=0)


def test_a_class_that_training_would_miss_is_named() -> None:
    with pytest.raises(DataError, match="class 'b' has 2 rows, none of which falls into the training part"):
        stratified(np.array([0] * 96 + [1] * 2), "ab", (0.05, 0.95), seed=0)


def test_an_empty_part_is_named() -> None:
    with pytest.raises(DataError, match="the test part of 20 rows would be empty"):
        stratified(np.arange(20) % 2, "ab", (0.9, 0.09, 0.01), seed=0)
