"""How sure probabilities are made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hpsearch.objectives.network.temperature import softmax, temperature_of, tempered


def _drawn(rows: int, sharpness: float, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Probabilities (N, 3) of logits `sharpness` times those that the classes (N,) are drawn by."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (rows, 3))
    classes = (softmax(logits).cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1)
    return softmax(sharpness * logits), classes


def _loss(probabilities: NDArray[np.float64], classes: NDArray[np.int64]) -> float:
    return float(-np.log(probabilities[np.arange(len(classes)), classes]).mean())


@pytest.mark.parametrize("sharpness", [0.6, 1.0, 2.0])
def test_the_temperature_is_that_of_the_probabilities(sharpness: float) -> None:
    found = temperature_of(*_drawn(5_000, sharpness))
    assert found == pytest.approx(sharpness, rel=0.08)


def test_a_temperature_that_is_learned_serves_other_rows() -> None:
    temperature = temperature_of(*_drawn(300, 2.0))
    new, classes = _drawn(2_000, 2.0, seed=1)
    assert _loss(tempered(new, temperature), classes) < _loss(new, classes) - 0.05


def test_few_rows_change_little() -> None:
    sure = np.array([[0.99, 0.01], [0.99, 0.01]])
    assert 1 < temperature_of(sure, np.array([0, 1])) < 1.5
    assert temperature_of(np.tile(sure, (100, 1)), np.tile([0, 1], 100)) > 2


@given(st.lists(st.floats(0, 1), min_size=2, max_size=5), st.floats(0.4, 2.7))
def test_the_order_stays(weights: list[float], temperature: float) -> None:
    probabilities = (np.array([weights]) + 1e-3) / (np.sum(weights) + 1e-3 * len(weights))
    found = tempered(probabilities, temperature)
    assert found.sum() == pytest.approx(1)
    assert (np.diff(found[0][np.argsort(probabilities[0])]) >= 0).all()
    assert tempered(probabilities, 1.0) is probabilities
