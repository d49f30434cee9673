"""Points near the best ones."""

from __future__ import annotations

import numpy as np

from hpsearch.samplers.region import ranks_drawn


def test_ranks_are_drawn_as_choice_draws_them() -> None:
    for size, count in ((1, 3), (2, 50), (14, 200)):
        chances = 1 / np.arange(1, size + 1)
        drawn = ranks_drawn(np.random.default_rng(size), size, count)
        chosen = np.random.default_rng(size).choice(size, count, p=chances / chances.sum())
        assert drawn.tolist() == chosen.tolist()
