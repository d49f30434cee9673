from __future__ import annotations

import pytest

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config
from hpsearch.samplers import Evidence, Tried
from hpsearch.samplers.grid import Grid
from hpsearch.space import Choice, Integer, Linear, Log, Real, Space

RATE = Real("lr", Log(1e-4, 1))
DEPTH = Integer("depth", Linear(2, 4))
KIND = Choice("kind", ("a", "b"))


def grid(space: Space, trials: int, tried: Tried | None = None) -> list[Config]:
    return Grid(trials).propose(space, Evidence(tried or Tried()), Streams(0), 0, range(trials))


def test_it_is_even_on_each_scale_with_the_first_parameter_slowest() -> None:
    points = [tuple(config.values()) for config in grid(Space([RATE, KIND]), 11)]
    assert points == [(lr, kind) for lr in (1e-4, 1e-3, 1e-2, 1e-1, 1.0) for kind in ("a", "b")]


@pytest.mark.parametrize(
    ("trials", "points"), [(1, 1), (2, 2), (3, 3), (5, 4), (6, 6), (9, 9), (60, 60), (61, 60), (100, 99)]
)
def test_it_is_as_fine_as_the_trials_allow(trials: int, points: int) -> None:
    assert len(grid(Space([RATE, DEPTH]), trials)) == points


def test_a_small_space_is_covered() -> None:
    assert grid(Space([DEPTH, KIND]), 60) == list(Space([DEPTH, KIND]).configurations())


def test_inactive_parameters_make_no_copies() -> None:
    child = Real("x", Linear(0, 1), when={"kind": ("b",)})
    points = grid(Space([KIND, child]), 10)
    assert points[0] == {"kind": "a"}
    assert [config["x"] for config in points[1:]] == pytest.approx([step / 8 for step in range(9)])


def test_more_choices_than_trials_give_a_part_of_the_grid() -> None:
    space = Space([RATE, *(Choice(name, ("a", "b", "c")) for name in "pqr")])
    points = grid(space, 20)
    assert len({tuple(config.items()) for config in points}) == 20
    assert {config["lr"] for config in points} == {1e-4, 1e-2, 1.0}
    assert all(config in space for config in points)


def test_points_tried_elsewhere_are_left_out() -> None:
    first = grid(Space([DEPTH, KIND]), 6)[0]
    assert first not in grid(Space([DEPTH, KIND]), 6, Tried([first]))


def test_what_is_handed_out_is_the_callers_own() -> None:
    space = Space([DEPTH])
    proposed = Grid(3).propose(space, Evidence(), Streams(0), 0, [0])
    proposed[0].clear()  # type: ignore[attr-defined]
    assert Grid(3).propose(space, Evidence(), Streams(0), 0, [0]) == [{"depth": 2}]
