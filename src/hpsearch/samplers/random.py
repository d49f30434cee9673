"""Random search: every trial drawn on its own, evenly on each scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from hpsearch.core.deferred import np
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.sampler import Evidence
from hpsearch.samplers.untried import decode_untried

if TYPE_CHECKING:
    from hpsearch.space import Space


@SAMPLERS.register("random", place=1)
@dataclass(frozen=True, slots=True)
class Random:
    """Uniform in the unit cube.

    Source: Bergstra and Bengio, Random Search for Hyper-Parameter Optimization (2012).
    """

    blind: ClassVar[int | None] = None

    @classmethod
    def from_settings(cls, _settings: Mapping[str, object], _trials: int, /) -> Self:
        """There is nothing to set."""
        return cls()

    def propose(
        self, space: Space, evidence: Evidence, streams: Streams, _round: int, numbers: Sequence[int], /
    ) -> list[Config]:
        """One point per trial, each from a stream of its own."""
        units = np.empty((len(numbers), len(space)))
        for row, number in enumerate(numbers):
            streams.generator("random", number).random(out=units[row])
        return decode_untried(space, units, evidence.tried, streams, numbers)
