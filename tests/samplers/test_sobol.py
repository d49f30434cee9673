from __future__ import annotations

import numpy as np
import pytest

from hpsearch.core.errors import MissingExtra
from hpsearch.core.randomness import Streams
from hpsearch.samplers import Evidence
from hpsearch.samplers.sobol import Sobol
from hpsearch.space import Linear, Real, Space

SPACE = Space([Real("x", Linear(0, 1)), Real("y", Linear(0, 1))])


def drawn(count: int, seed: int = 0) -> np.ndarray:
    configs = Sobol().propose(SPACE, Evidence(), Streams(seed), 0, range(count))
    return np.array([list(config.values()) for config in configs])


def test_a_power_of_two_is_a_net() -> None:
    for seed in range(3):
        points = drawn(64, seed)
        for cells in ((64, 1), (8, 8), (1, 64)):
            counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], bins=cells, range=[[0, 1], [0, 1]])
            assert (counts == 1).all()


def test_seeds_scramble() -> None:
    assert not np.array_equal(drawn(4, 0), drawn(4, 1))


def test_nothing_asked_nothing_proposed() -> None:
    assert Sobol().propose(SPACE, Evidence(), Streams(0), 0, []) == []


def test_without_scipy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"sampler sobol needs scipy.*hpsearch\[sobol\]"):
        Sobol.from_settings({}, 10)
