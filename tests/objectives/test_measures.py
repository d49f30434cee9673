from __future__ import annotations

import math

import numpy as np
import pytest

from hpsearch.objectives.network.measures import errors_of


def drawn(rows: int, seed: int = 0, far: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    true = rng.normal(far, 3, rows)
    return true, true + rng.normal(0.5, 1, rows)


def test_figures_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error  # slow to import

    true, predicted = drawn(300, far=1e6)
    found = errors_of(true, predicted)
    assert found.r2 == pytest.approx(r2_score(true, predicted))
    assert found.mae == pytest.approx(mean_absolute_error(true, predicted))
    assert found.rmse == pytest.approx(root_mean_squared_error(true, predicted))
    assert found.mean == pytest.approx((true - predicted).mean())
    assert found.quantiles[3] == pytest.approx(np.median(true - predicted))
    assert abs(true - predicted).argmax() == found.worst


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    # Errors N(0.5, 1): E|e| and sqrt(E e^2), and the share of a variance of 9 that is left.
    mae = math.sqrt(2 / math.pi) * math.exp(-0.125) + 0.5 * math.erf(0.5 / math.sqrt(2))
    truth = {"mae": mae, "rmse": math.sqrt(1.25), "r2": 1 - 1.25 / 9}
    held = dict.fromkeys(truth, 0)
    for seed in range(100):
        found = errors_of(*drawn(150, seed), seed=seed)
        for name, value in truth.items():
            low, high = found.intervals[name]
            assert low <= getattr(found, name) <= high
            held[name] += low <= value <= high
    assert all(87 <= count <= 100 for count in held.values()), held


def test_the_same_rows_give_the_same_interval_and_one_row_gives_one() -> None:
    assert errors_of(*drawn(50)) == errors_of(*drawn(50))
    alone = errors_of(np.array([3.0]), np.array([1.0]))
    assert math.isnan(alone.r2)
    assert (alone.mae, alone.rmse, alone.intervals["mae"]) == (2, 2, (2, 2))


def test_samples_of_one_value_have_no_r2_and_leave_the_interval_sound() -> None:
    true = np.array([0.1] * 20 + [0.7])
    low, high = errors_of(true, true + 0.1).intervals["r2"]
    assert 0 < low < high < 1
