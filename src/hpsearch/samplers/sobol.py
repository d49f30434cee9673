"""Sobol search: points that fill the cube more evenly than random ones."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from hpsearch.core.deferred import np
from hpsearch.core.errors import MissingExtra
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.sampler import Evidence
from hpsearch.samplers.untried import decode_untried

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space


@SAMPLERS.register("sobol", place=2)
@dataclass(frozen=True, slots=True)
class Sobol:
    """A scrambled Sobol sequence, one member per trial number. Raises MissingExtra without SciPy.

    Sources: Sobol, On the distribution of points in a cube (1967); Owen, Randomly permuted nets (1995).
    """

    blind: ClassVar[int | None] = None

    @classmethod
    def from_settings(cls, _settings: Mapping[str, object], _trials: int, /) -> Self:
        """There is nothing to set; what is missing is told now, before anything is written."""
        if importlib.util.find_spec("scipy") is None:
            raise MissingExtra("sampler sobol", library="scipy", extra="sobol")
        return cls()

    def propose(
        self, space: Space, evidence: Evidence, streams: Streams, _round: int, numbers: Sequence[int], /
    ) -> list[Config]:
        """The members `numbers` of the sequence that the seed scrambles."""
        if not numbers:
            return []
        units = _members(numbers[0], len(numbers), len(space), streams.generator("sobol"))
        return decode_untried(space, units, evidence.tried, streams, numbers)


def _members(first: int, count: int, dimensions: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Members first, first + 1, ... (count, P) of the sequence."""
    from scipy.stats import qmc

    # SciPy 1.15 renamed the argument.
    seed = "rng" if "rng" in inspect.signature(qmc.Sobol).parameters else "seed"
    sequence = qmc.Sobol(dimensions, scramble=True, **{seed: generator})
    if first:
        sequence.fast_forward(first)
        return np.asarray(sequence.random(count), dtype=np.float64)
    # SciPy warns of a start that is no power of two, although the rest is to follow.
    return np.asarray(sequence.random(1 << (count - 1).bit_length()), dtype=np.float64)[:count]
