"""What must hold of a configuration for it to be tried, and how much of a space that leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Value
from hpsearch.space.expressions import Evaluator, Reader

if TYPE_CHECKING:
    from hpsearch.space.space import Space

#: Up to so many configurations are looked at one by one.
MOST_LISTED = 10_000
#: What is measured of a larger space, and the share of it that is too little to be found by drawing.
DRAWS, LEAST = 10_000, 0.001


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition on the values of a configuration, as people write it.

    >>> require = Requirement.read("units * layers <= 64", Reader({"units": "a number", "layers": "a number"}))
    >>> require.holds({"units": 16, "layers": 4}), require.holds({"units": 16, "layers": 5})
    (True, False)

    A parameter that a configuration does not have says nothing: only what is certainly broken is refused.

    >>> require.holds({"units": 999})
    True
    """

    text: str
    names: tuple[str, ...]
    _condition: Evaluator = field(compare=False, repr=False)

    @classmethod
    def read(cls, text: str, reader: Reader) -> Self:
        """The requirement that `text` is. Raises Unreadable."""
        condition = reader.condition(text)
        return cls(text, tuple(dict.fromkeys(reader.names)), condition)

    def holds(self, config: Config) -> bool:
        """Whether `config` may be tried; not where the condition cannot be computed, as with a division by 0."""
        try:
            return self._condition(config) is not False
        except ArithmeticError:
            return False


class Left(Struct, frozen=True):
    """How much of a space its requirements leave.

    Attributes:
        looked_at: so many configurations: all of a small space, else random draws.
        every: whether these are all.
        kept: how many satisfy all requirements.
        by_requirement: how many satisfy each of them.
    """

    looked_at: int
    every: bool
    kept: int
    by_requirement: Mapping[str, int]

    @classmethod
    def of(cls, space: Space) -> Self:
        """What is left of `space`, always the same for one space; without any, nothing is looked at."""
        if not space.require:
            return cls(0, False, 0, {})
        every = space.combinations is not None and space.combinations <= MOST_LISTED
        drawn = space.listed() if every else _drawn(space)
        counts, looked_at, kept = dict.fromkeys((one.text for one in space.require), 0), 0, 0
        for config in drawn:
            broken = 0
            for one in space.require:
                holds = one.holds(config)
                counts[one.text] += holds
                broken += not holds
            looked_at += 1
            kept += not broken
        return cls(looked_at, every, kept, counts)

    @property
    def share(self) -> float:
        """The share of the space that is left."""
        return self.kept / self.looked_at if self.looked_at else 1.0

    @property
    def shares(self) -> dict[str, float]:
        """The share that each requirement leaves."""
        return {text: kept / self.looked_at for text, kept in self.by_requirement.items()}

    def suffices(self, kept: int) -> bool:
        """Whether a search would find those that are left, where `kept` of these are."""
        return kept > 0 if self.every else kept >= LEAST * self.looked_at


def _drawn(space: Space) -> Iterable[Mapping[str, Value]]:
    units = Streams(0).generator("require").random((DRAWS, len(space)))
    return space.asked(units)
