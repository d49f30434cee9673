"""What every sampler is, and what it may know: the past as `Evidence`, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self, overload

import numpy as np
from numpy.typing import NDArray

from hpsearch.randomness import Streams
from hpsearch.space import Space
from hpsearch.trial import Config, Value

Array = NDArray[np.float64]
Key = frozenset[tuple[str, Value]]


def config_key(config: Config) -> Key:
    """What two equal configurations share, whatever the order of their names.

    >>> config_key({"lr": 0.1, "depth": 2}) == config_key({"depth": 2, "lr": 0.1})
    True
    """
    return frozenset(config.items())


class Tried(Sequence[Config]):
    """The configurations proposed so far, in trial order: grows by `add`, and answers `in` at once.

    One such list serves a whole search, so that 100,000 trials need no copy for each round.

    >>> tried = Tried([{"lr": 0.1}])
    >>> tried.add({"lr": 0.2})
    >>> len(tried), {"lr": 0.2} in tried, {"lr": 0.3} in tried
    (2, True, False)
    """

    def __init__(self, configs: Iterable[Config] = ()) -> None:
        self._configs: list[Config] = []
        self._keys: set[Key] = set()
        for config in configs:
            self.add(config)

    def add(self, config: Config) -> None:
        """Append the next configuration."""
        self._configs.append(config)
        self._keys.add(config_key(config))

    @property
    def distinct(self) -> int:
        """How many different configurations these are."""
        return len(self._keys)

    def __contains__(self, config: object) -> bool:
        return isinstance(config, Mapping) and config_key(config) in self._keys

    def __iter__(self) -> Iterator[Config]:
        return iter(self._configs)

    def __len__(self) -> int:
        return len(self._configs)

    @overload
    def __getitem__(self, index: int) -> Config: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Config]: ...
    def __getitem__(self, index: int | slice) -> Config | Sequence[Config]:
        return self._configs[index]


def _no_points() -> Array:
    return np.empty((0, 0))


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """What a sampler may learn from. Nothing in it may be changed by the sampler.

    `tried`: every configuration proposed so far, in trial order, those still pending included.
    `units` (n, P) and `losses` (n,): the results to learn from, all of one rung, in trial order; lower is
    better, and +inf is a trial that failed. `rung` counts from 0, the shortest training.
    `pending` (m, P): proposed, and without a result on that rung. `inherited`: how many trials of an earlier
    search came before the trial with number 0.
    """

    tried: Tried = field(default_factory=Tried)
    units: Array = field(default_factory=_no_points)
    losses: Array = field(default_factory=lambda: np.empty(0))
    rung: int = 0
    pending: Array = field(default_factory=_no_points)
    inherited: int = 0


class Sampler(Protocol):
    """Proposes configurations. A frozen dataclass of settings: it remembers nothing between calls.

    The proposals follow from the seed of `streams`, the evidence and the numbers alone.
    """

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], trials: int, /) -> Self:
        """The sampler for a search of `trials` trials. `settings`: the `search` section of the YAML."""
        ...

    def propose(
        self, space: Space, evidence: Evidence, streams: Streams, round_number: int, numbers: Sequence[int], /
    ) -> list[Config]:
        """A configuration for each of the consecutive trial `numbers`.

        Fewer where the space is exhausted: no finite space is tried twice while something is left to try.
        """
        ...
