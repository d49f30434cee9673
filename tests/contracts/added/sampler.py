"""A sampler with settings of its own in one file, as somebody would add it below hpsearch/samplers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config
from hpsearch.samplers import SAMPLERS, Evidence
from hpsearch.samplers.setting import Setting
from hpsearch.samplers.untried import decode_untried
from hpsearch.space import Space


@SAMPLERS.register("climb")
@dataclass(frozen=True, slots=True)
class Climb:
    """A step from the best configuration so far, in every dimension."""

    width: Annotated[float, Setting("how long a step is, as a share of each range", above=0, most=1)] = 0.3
    starts: Annotated[int, Setting("trials drawn evenly before the first step", least=1)] = 2
    steps: Annotated[Literal["normal", "uniform"], Setting("how steps are drawn")] = "normal"
    shrink: Annotated[bool, Setting("whether steps get shorter with every trial")] = False

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], _trials: int, /) -> Self:
        """As the YAML says."""
        return cls(**{name: settings[name] for name in cls.__slots__ if name in settings})  # type: ignore[arg-type]

    def propose(
        self, space: Space, evidence: Evidence, streams: Streams, _round: int, numbers: Sequence[int], /
    ) -> list[Config]:
        """One step per trial; a configuration that was tried is replaced."""
        units = np.array([self._unit(space, evidence, streams, number) for number in numbers])
        return decode_untried(space, units.reshape(-1, len(space)), evidence.tried, streams, numbers)

    def _unit(self, space: Space, evidence: Evidence, streams: Streams, number: int) -> np.ndarray:
        rng = streams.generator("climb", number)
        if number < self.starts or not evidence.results.finite:
            return rng.random(len(space))
        best, _ = evidence.results.at([0])
        width = self.width / (number if self.shrink else 1)
        step = rng.normal(size=len(space)) if self.steps == "normal" else rng.uniform(-1, 1, len(space))
        return np.asarray(np.clip(best[0] + width * step, 0, 1))
