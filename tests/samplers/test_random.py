from __future__ import annotations

import numpy as np
import pytest

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import as_number
from hpsearch.samplers import Evidence, Tried
from hpsearch.samplers.random import Random
from hpsearch.space import Choice, Linear, Real, Space


def test_draws_are_uniform() -> None:
    space = Space([Real("x", Linear(0, 1)), Real("y", Linear(0, 1))])
    drawn = np.array(
        [list(config.values()) for config in Random().propose(space, Evidence(), Streams(0), 0, range(4000))]
    )
    counts, _, _ = np.histogram2d(drawn[:, 0], drawn[:, 1], bins=4, range=[[0, 1], [0, 1]])
    # Chi-square with 15 degrees of freedom: above 37.7 once in a thousand seeds.
    assert ((counts - 250) ** 2 / 250).sum() < 37.7


def test_the_finite_part_of_an_endless_space_may_repeat() -> None:
    depth = Real("x", Linear(0, 1), when={"kind": ("b",)})
    space = Space([Choice("kind", ("a", "b")), depth])
    tried = Tried([{"kind": "a"}])
    proposed = Random().propose(space, Evidence(tried), Streams(0), 0, range(50))
    assert len(proposed) == 50
    assert {"kind": "a"} not in proposed  # a fresh one is always found here


def test_the_last_of_a_large_finite_space_is_found() -> None:
    space = Space([Choice("a", tuple(range(100))), Choice("b", tuple(range(100)))])
    configs = list(space.configurations())
    left = configs.pop(7301)
    assert Random().propose(space, Evidence(Tried(configs)), Streams(0), 0, [9999, 10000]) == [left]


def test_only_equal_configurations_are_repeats() -> None:
    space = Space([Choice("a", (1, 2))])
    elsewhere = Tried([{"a": 7}, {"b": 1}, {"a": 8}])
    proposed = Random().propose(space, Evidence(elsewhere), Streams(0), 0, [3, 4, 5])
    assert sorted(as_number(config["a"]) for config in proposed) == pytest.approx([1, 2])
