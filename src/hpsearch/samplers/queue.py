"""Configurations that a person gave to be tried first: what they leave open is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config
from hpsearch.samplers.sampler import Key, config_key
from hpsearch.samplers.untried import BATCHES

if TYPE_CHECKING:
    from hpsearch.space import Space


class Unfillable(ValueError):
    """Whatever is drawn for it, a configuration is refused: the `place` of it, and the `rule`."""

    def __init__(self, place: int, rule: str) -> None:
        super().__init__(rule)
        self.place = place
        self.rule = rule


def queued(space: Space, given: Sequence[Config], streams: Streams) -> tuple[Config, ...]:
    """Each of `given` as a whole configuration of `space`; no two are equal.

    What one leaves open is drawn evenly on the scales, from a stream of its own, until the requirements admit it.

    Raises:
        Unfillable: nothing that is new and admitted was found for one of them.
    """
    found: list[Config] = []
    taken: set[Key] = set()
    for place, values in enumerate(given):
        config = _filled(space, values, streams, place, taken)
        found.append(config)
        taken.add(config_key(config))
    return tuple(found)


def _filled(space: Space, given: Config, streams: Streams, place: int, taken: set[Key]) -> Config:
    """`given` with what it lacks; nothing is drawn again where it lacks nothing."""
    generator = streams.generator("enqueue", place)
    broken = ""
    for batch in (1, *BATCHES):
        for config in space.decode(generator.random((batch, len(space))), given):
            if not space.admits(config):
                broken = next(one.text for one in space.require if not one.holds(config))
            elif config_key(config) not in taken:
                return config
        if config.keys() - space.constants.keys() <= given.keys():
            break
    if broken:
        raise Unfillable(place, f"breaks what require asks for, {broken}; change a value, or relax it")
    raise Unfillable(place, "is the same as one before it; remove it, or change a value")
