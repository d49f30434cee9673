"""Drawing a walk from a seed, and walking it."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.walks.steps import walk_through
from tests.walks.walk import Walk
from tests.walks.walker import Broken, Walker

#: What hypothesis tries first is the least that there is, for every seed.
_DRAWN = 2
Strategy = st.SearchStrategy[Walk]


def walked(walk: Walk, *, every: bool = True) -> list[Broken]:
    """What does not hold on the way through all commands, `every` way of calling them or some.

    A warning of a library is an error, as in the tests.
    """
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("error")
        return walk_through(Walker(walk, Path(place, "here"), every=every))


def drawn(strategy: Strategy, number: int) -> Walk:
    """The walk of a seed."""
    found: list[Walk] = []

    @seed(number)
    @settings(
        max_examples=_DRAWN,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(walk: Walk) -> None:
        found.append(walk)

    draw()
    return found[-1]
