from __future__ import annotations

import numpy as np
import pytest

from hpsearch.samplers.low_discrepancy import points


def spread(units: np.ndarray) -> float:
    """The squared wrap-around L2 discrepancy (Hickernell, 1998), without its constant of the dimension."""
    gap = np.abs(units[:, None] - units[None])
    return float((1.5 - gap * (1 - gap)).prod(axis=2).mean() - (4 / 3) ** units.shape[1])


@pytest.mark.parametrize("dimensions", [1, 2, 4, 6, 8, 12, 15])
@pytest.mark.parametrize("count", [16, 64])
def test_it_is_more_even_than_random(dimensions: int, count: int) -> None:
    rng = np.random.default_rng(0)
    ours = [spread(points(range(count), dimensions, rng.random(dimensions))) for _ in range(10)]
    random = [spread(rng.random((count, dimensions))) for _ in range(10)]
    assert np.mean(ours) < 0.85 * np.mean(random)


def test_members_do_not_depend_on_their_company() -> None:
    shift = np.array([0.3, 0.9, 0.5])
    together = points(range(100), 3, shift)
    assert np.array_equal(together[40:], points(range(40, 100), 3, shift))
    assert together.shape == (100, 3)
    assert ((together >= 0) & (together < 1)).all()


def test_the_shift_moves_every_point_alike() -> None:
    moved = (points(range(9), 2, np.array([0.25, 0.5])) - points(range(9), 2, np.zeros(2))) % 1
    assert moved == pytest.approx(np.tile([0.25, 0.5], (9, 1)))
