"""What every sampler is, and what it may know: the past as `Evidence`, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, Self, overload, runtime_checkable

from msgspec import Struct, field

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Value
from hpsearch.samplers.results import Results

if TYPE_CHECKING:
    from hpsearch.samplers.durations import Durations
    from hpsearch.samplers.earlier import Earlier
    from hpsearch.space import Space

Key = frozenset[tuple[str, Value]]


def config_key(config: Config) -> Key:
    """What two equal configurations share, whatever the order of their names.

    >>> config_key({"lr": 0.1, "depth": 2}) == config_key({"depth": 2, "lr": 0.1})
    True
    """
    return frozenset(config.items())


class Tried(Sequence[Config]):
    """The configurations proposed so far, in trial order: grows by `add`, and answers `in` at once.

    One such list serves a whole search, so that 100,000 trials need no copy for each round. Of each configuration
    it keeps a number, which takes a fraction of the room of its key.

    >>> tried = Tried([{"lr": 0.1}])
    >>> tried.add({"lr": 0.2})
    >>> len(tried), {"lr": 0.2} in tried, {"lr": 0.3} in tried
    (2, True, False)
    """

    def __init__(self, configs: Iterable[Config] = ()) -> None:
        self._configs: list[Config] = []
        # The hash of a key -> the configuration; where two share a hash, the second has the next free number.
        self._places: dict[int, Config] = {}
        self._placed = 0
        for config in configs:
            self.add(config)

    def add(self, config: Config) -> None:
        """Append the next configuration."""
        self._configs.append(config)

    @property
    def distinct(self) -> int:
        """How many different configurations these are."""
        self._place_new()
        return len(self._places)

    def __contains__(self, config: object) -> bool:
        self._place_new()
        return isinstance(config, Mapping) and self._place(config) in self._places

    def _place_new(self) -> None:
        """Placing waits until it is asked for: many a sampler never repeats itself."""
        for config in self._configs[self._placed :]:
            self._places.setdefault(self._place(config), config)
        self._placed = len(self._configs)

    def _place(self, config: Config) -> int:
        """Where `config` is, or would be."""
        place = hash(config_key(config))
        while (held := self._places.get(place)) is not None and held != config:
            place += 1
        return place

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


class Evidence(Struct, frozen=True, eq=False):
    """What a sampler may learn from. Nothing in it may be changed by the sampler.

    `tried`: every configuration proposed so far, in trial order, those still pending included.
    `results`: those to learn from, all of one rung. `rung` counts from 0, the shortest training; `partial`: it is
    less than a full one.
    `inherited`: how many trials of an earlier search came before the trial with number 0. `failed`: how many trials
    have failed, crashed or were too slow, which says nothing of their values; they are in no results. `pending`:
    the configurations that are trained now, and have no such result yet. `earlier`: what earlier searches found
    that are no more than a hint; `judging`: the results of the shortest training, by which it is judged.
    `durations`: how much longer trainings take at some points than at others, where that is weighed and known.
    """

    tried: Tried = field(default_factory=Tried)
    results: Results = field(default_factory=Results)
    rung: int = 0
    inherited: int = 0
    failed: int = 0
    pending: Sequence[Config] = ()
    earlier: Earlier | None = None
    judging: Results = field(default_factory=Results)
    durations: Durations | None = None
    partial: bool = False


class Sampler(Protocol):
    """Proposes configurations. A frozen dataclass of settings: it remembers nothing between calls.

    The proposals follow from the seed of `streams`, the evidence and the numbers alone. A class may say, for
    `hpsearch check`, how many of its first proposals follow from no result (`blind`; None: all of them; without it
    those of the first round), and that all are on a few values of each parameter (`on_levels`). One that weighs
    `Evidence.durations`, as `search.budget: seconds` asks, says so by `weighs_seconds = True`.
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


@runtime_checkable
class Bounded(Protocol):
    """A sampler whose proposals come to an end of their own, before those of the space do."""

    def left(self, space: Space, tried: Tried, /) -> int | None:
        """How many configurations it will still propose after those `tried`; None if there is no such end."""
        ...


@runtime_checkable
class Advising(Protocol):
    """A sampler that knows when `search.trials` is allowed and probably not meant."""

    def advice(self, space: Space, /) -> str | None:
        """What to say of it before a search of `space`; None where it is fine."""
        ...
