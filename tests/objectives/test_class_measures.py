from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpsearch.objectives.network.class_measures import ClassScores, scores_of

GOLDENS = json.loads((Path(__file__).parents[1] / "nn" / "goldens" / "figures.json").read_text("utf-8"))
CLASSES = [case for case in GOLDENS if "auc" in GOLDENS[case]]


def scored(logits: Any, y: Any, seed: int = 0) -> ClassScores:
    powers = np.exp(np.array(logits, np.float64))
    probabilities, y_N = powers / powers.sum(axis=1, keepdims=True), np.array(y)
    confusion = np.zeros((probabilities.shape[1],) * 2, np.int64)
    np.add.at(confusion, (y_N, probabilities.argmax(axis=1)), 1)
    return scores_of(probabilities, y_N, confusion, seed)


@pytest.mark.parametrize("case", CLASSES)
def test_they_are_what_scikit_learn_computes(case: str) -> None:
    recorded = GOLDENS[case]
    found = scored(recorded["outputs"], recorded["y"])
    for name, value in found.figures.items():
        assert value == pytest.approx(recorded[name], rel=1e-9)
    for name in ("recall", "precision"):
        assert np.nan_to_num(getattr(found.per_class, name)).tolist() == pytest.approx(recorded[name])
    for name, (low, high) in found.intervals.items():
        assert low <= found.figures[name] <= high


def test_the_share_of_nothing_is_none() -> None:
    found = scored([[2, 0, 0], [0, 2, 0], [2, 0, 0]], [0, 1, 1]).per_class
    assert found.rows.tolist() == [1, 2, 0]
    assert np.isnan(found.recall).tolist() == [False, False, True]
    assert np.isnan(found.precision).tolist() == [False, False, True]
    assert found.f1[:2].tolist() == pytest.approx([2 / 3, 2 / 3])


def drawn(rows: list[int], signal: float, seed: int) -> tuple[Any, Any]:
    """So many rows of each class, told by logits that are off by N(0, 1)."""
    y = np.repeat(np.arange(len(rows)), rows)
    logits = np.random.default_rng(seed).normal(size=(len(y), len(rows)))
    logits[np.arange(len(y)), y] += signal
    return logits, y


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    sizes, signal = [90, 60, 12], 1.8
    truth = scored(*drawn([200 * size for size in sizes], signal, 1_000)).figures
    held = dict.fromkeys(truth, 0)
    for seed in range(100):
        for name, (low, high) in scored(*drawn(sizes, signal, seed), seed=seed).intervals.items():
            held[name] += low <= truth[name] <= high
    assert all(86 <= count <= 100 for count in held.values()), held


def test_few_rows_that_are_all_found_are_no_certainty() -> None:
    found = scored(*drawn([15, 15], 20.0, 0))
    assert found.figures["balanced_acc"] == found.figures["f1"] == found.figures["auc"] == 1
    for name in ("acc", "balanced_acc", "f1"):
        low, high = found.intervals[name]
        assert 0.8 < low < 0.97
        assert high == 1
    assert "auc" not in found.intervals


def test_the_same_rows_give_the_same_intervals() -> None:
    one, other = (scored(*drawn([60, 40], 1.0, 0)) for _ in range(2))
    assert one.intervals == other.intervals
    assert {*one.intervals} == {"acc", "balanced_acc", "f1", "auc", "log_loss"}


def test_one_class_alone_has_no_area() -> None:
    found = scored([[2.0, 0.0], [1.0, 0.0]], [0, 0])
    assert np.isnan(found.figures["auc"])
    assert found.figures["balanced_acc"] == 1
