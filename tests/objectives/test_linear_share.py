"""How much of an answer is a linear one."""

from __future__ import annotations

import numpy as np

from hpsearch.actions.bagging import largest_share

SHARES = np.linspace(0, 1, 11)


def _losses(best: float, spread: float) -> np.ndarray:
    """Squared distances (S, N) of rows for which the share `best` is right, but for a noise of this spread."""
    noise = np.random.default_rng(0).normal(0, spread, 400)
    slope = np.random.default_rng(1).normal(0, 1, 400)
    return np.square((SHARES[:, None] - best) * slope + noise)


def test_a_share_that_is_clearly_best_is_taken() -> None:
    assert [largest_share(_losses(best, 0.0)) for best in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]


def test_in_doubt_the_share_is_larger() -> None:
    assert 0.3 <= largest_share(_losses(0.3, 0.1)) <= 0.4
    assert largest_share(_losses(0.3, 5.0)) > 0.5
    assert largest_share(np.ones((11, 9))) == 1.0
