"""Grid search: for small spaces, and for those who want a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Self

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.random import Random
from hpsearch.samplers.sampler import Evidence, Tried, config_key

if TYPE_CHECKING:
    from hpsearch.space import Space

#: What is left of a grid of which the requirements admit more points than there are trials.
_FEWER = 0.8
#: Levels of a range where the choices alone are too many for a grid: its ends and its middle.
_LEVELS_OF_A_PART = 3


@SAMPLERS.register("grid", place=3)
@dataclass(frozen=True, slots=True)
class Grid:
    """The finest grid of at most `trials` points to try, even on each scale, the first parameter slowest.

    Choices are all on it. Where they alone have more combinations than there are trials, a random part of a
    coarse grid is tried.
    """

    blind: ClassVar[int | None] = None
    on_levels: ClassVar[bool] = True

    trials: int

    @classmethod
    def from_settings(cls, _settings: Mapping[str, object], trials: int, /) -> Self:
        """As fine as `trials` allows."""
        return cls(trials)

    def propose(
        self, space: Space, evidence: Evidence, streams: Streams, round_number: int, numbers: Sequence[int], /
    ) -> list[Config]:
        """The next points of the grid that were not tried; none after the last."""
        grid = _finest(space, self.trials)
        if grid is None:
            part = _coarse(space)
            return Random().propose(part, evidence, streams, round_number, numbers)
        return _next_untried(_points(grid), evidence, numbers)

    def left(self, space: Space, tried: Tried, /) -> int | None:
        """The points of the grid that were not tried; None for a part of a coarse grid, drawn at random."""
        grid = _finest(space, self.trials)
        if grid is None:
            return None if _coarse(space).size else 0
        return sum(point not in tried for point in _points(grid))

    def advice(self, space: Space, /) -> str | None:
        """That a part of the grid is left out, which the trials do not suffice for."""
        if _finest(space, self.trials) is not None:
            return None
        coarse = _coarse(space)
        levels = "" if coarse.size == space.size else f", with {_LEVELS_OF_A_PART} values of each range"
        some = f"{self.trials} of them, drawn at random, will be tried"
        return f"is less than the {coarse.size} points of the grid{levels}: {some}; give {coarse.size} to try all"


def _coarse(space: Space) -> Space:
    """The grid of which a part is tried."""
    return _grid(space, [_LEVELS_OF_A_PART] * len(space))


def _next_untried(points: tuple[Config, ...], evidence: Evidence, numbers: Sequence[int]) -> list[Config]:
    """The first untried points from the trial's own number on, then from the start."""
    configs: list[Config] = []
    start = numbers[0] if numbers else 0
    for place in range(len(points)):
        if len(configs) == len(numbers):
            break
        point = points[(start + place) % len(points)]
        if point not in evidence.tried:
            configs.append(dict(point))
    return configs


# Both are pure; what they remember only saves the time of working it out again each round.
@lru_cache(maxsize=4)
def _points(grid: Space) -> tuple[Config, ...]:
    return tuple({config_key(config): config for config in grid.configurations()}.values())


@lru_cache(maxsize=4)
def _finest(space: Space, trials: int) -> Space | None:
    """The finest grid of which `trials` are enough for all that may be tried; None if there is none."""
    if not space.require:
        return _finest_of(space, trials)
    from hpsearch.space.requirements import MOST_LISTED, Left

    require, bare = [one.text for one in space.require], space.requiring(())
    points = max(trials, min(MOST_LISTED, int(trials / (Left.of(space).share or 1))))
    while (grid := _finest_of(bare, points)) is not None:
        required = grid.requiring(require)
        if _fits(required, trials):
            return required
        points = max(trials, int(_FEWER * points))
    return None


def _finest_of(space: Space, trials: int) -> Space | None:
    """The grid with as many levels per range as fit into `trials`, the first ranges first; None if none fits."""
    if not _fits(_grid(space, [1] * len(space)), trials):
        return None
    levels = [_most_alike(space, trials)] * len(space)
    grid = _grid(space, levels)
    while (finer := _refine(space, levels, trials)) is not None:
        levels, grid = finer, _grid(space, finer)
    return grid


def _most_alike(space: Space, trials: int) -> int:
    """The largest number of levels that all ranges can have."""
    low, high = 1, trials
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if _fits(_grid(space, [middle] * len(space)), trials) else (low, middle - 1)
        )
    return low


def _refine(space: Space, levels: list[int], trials: int) -> list[int] | None:
    """One level more for the coarsest range that can have it and makes the grid finer."""
    size = _grid(space, levels).size or 0
    for index in sorted(range(len(levels)), key=lambda index: levels[index]):
        finer = [count + (place == index) for place, count in enumerate(levels)]
        if size < (_grid(space, finer).size or 0) <= trials:
            return finer
    return None


def _fits(grid: Space, trials: int) -> bool:
    return grid.size is not None and grid.size <= trials


def _grid(space: Space, levels: Sequence[int]) -> Space:
    """The space with at most that many values for each parameter."""
    from hpsearch.space import Choice

    return space.over(
        [
            Choice(one.name, tuple(one.levels(count)), ordered=one.kind != "categorical", when=one.when)
            for one, count in zip(space.parameters, levels, strict=True)
        ]
    )
