from __future__ import annotations

import numpy as np

from hpsearch.data.sources.base import load
from hpsearch.data.spec import DatasetSpec


def nearest_neighbour_accuracy(points: np.ndarray, labels: np.ndarray) -> float:
    distances = ((points[:, None] - points[None]) ** 2).sum(axis=-1)
    np.fill_diagonal(distances, np.inf)
    return float((labels[distances.argmin(axis=1)] == labels).mean())


def straight_line_accuracy(points: np.ndarray, labels: np.ndarray) -> float:
    inputs = np.column_stack([points, np.ones(len(points))])
    weights, *_ = np.linalg.lstsq(inputs, np.eye(3)[labels], rcond=None)
    return float(((inputs @ weights).argmax(axis=1) == labels).mean())


def test_neighbours_tell_the_arms_apart_and_straight_lines_do_not() -> None:
    raw = load(DatasetSpec("spirals"))
    assert nearest_neighbour_accuracy(raw.X, raw.y) > 0.95
    assert straight_line_accuracy(raw.X, raw.y) < 0.7


def test_the_first_rows_are_a_sample_of_the_whole() -> None:
    raw = load(DatasetSpec("spirals")).first(150)
    assert np.bincount(raw.y).tolist() == [50, 50, 50]
    assert 0.4 < np.hypot(*raw.X.T).mean() < 0.6


def test_points_lie_within_the_unit_circle() -> None:
    assert (np.hypot(*load(DatasetSpec("spirals")).X.T) <= 1).all()
