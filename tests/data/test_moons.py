from __future__ import annotations

import numpy as np
import pytest

from hpsearch.data.sources.base import load
from hpsearch.data.spec import DatasetSpec


def test_each_moon_is_a_noisy_half_circle_round_its_centre() -> None:
    raw = load(DatasetSpec("moons"))
    for label, centre in ((0, (0, 0)), (1, (1, 0.5))):
        radius = np.hypot(*(raw.X[raw.y == label] - np.array(centre)).T)
        assert radius.mean() == pytest.approx(1, abs=0.05)
        assert radius.std() == pytest.approx(0.2, abs=0.03)


def test_the_moons_open_towards_each_other() -> None:
    raw = load(DatasetSpec("moons"))
    assert raw.X[raw.y == 0][:, 1].mean() > 0.5 > 0 > raw.X[raw.y == 1][:, 1].mean() - 0.1


def test_classes_take_turns() -> None:
    assert load(DatasetSpec("moons")).y[:6].tolist() == [0, 1, 0, 1, 0, 1]
