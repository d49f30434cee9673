"""Drawing a walk from a seed, walking it, and making one that failed small."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.walks.steps import walk_through
from tests.walks.walk import Walk, as_yaml
from tests.walks.walker import Broken, Walker

#: What hypothesis tries first is the least that there is, for every seed.
_DRAWN = 2
#: So many walks may be taken to make one that failed small.
_TRIED = 120

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
    _try(strategy, number, (Phase.generate,), found.append)
    return found[-1]


def smallest(strategy: Strategy, number: int, kind: str) -> tuple[Walk, Broken]:
    """The smallest walk from the seed's on that fails in the same way."""
    found: list[tuple[Walk, Broken]] = []
    tried = 0

    def fails(walk: Walk) -> None:
        nonlocal tried
        tried += 1
        broken = [one for one in walked(walk) if one.kind == kind] if tried <= _TRIED else []
        if broken:
            found.append((walk, broken[0]))
            raise AssertionError

    with suppress(Exception):
        _try(strategy, number, (Phase.generate, Phase.shrink), fails)
    return min(found, key=lambda pair: _size(pair[0]))


def _try(strategy: Strategy, number: int, phases: tuple[Phase, ...], use: Callable[[Walk], object]) -> None:
    @seed(number)
    @settings(
        max_examples=_DRAWN,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(walk: Walk) -> None:
        use(walk)

    one()


def _size(walk: Walk) -> int:
    return len(as_yaml(walk.config)) + sum(map(len, walk.files.values()))
