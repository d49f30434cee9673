"""From points of the cube to configurations that were not tried before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from hpsearch.core.deferred import np
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Value
from hpsearch.samplers.sampler import Key, Tried, config_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"
#: Points drawn anew, in batches of these sizes, until one was not tried. When all of them were, so little is
#: left that looking for it is quicker than meeting it.
BATCHES = (8, 64, 512, 4096)


def decode_untried(
    space: Space, units: Array, tried: Tried, streams: Streams, numbers: Sequence[int]
) -> list[Config]:
    """The configurations at `units` (n, P), each tried one replaced by another, drawn for its trial number.

    Fewer than n when all of a finite space is tried. Where only a part of an endless space is finite, as with
    a conditional parameter, a configuration may repeat in the end.
    """
    proposals: list[Config] = []
    taken: set[Key] = set()
    for number, config in zip(numbers, space.decode(units), strict=True):
        fresh: dict[str, Value] | None = config
        if config in tried or config_key(config) in taken:
            fresh = _another(space, config, tried, taken, streams, number)
        if fresh is None:
            break
        proposals.append(fresh)
        taken.add(config_key(fresh))
    return proposals


def _another(
    space: Space, repeat: dict[str, Value], tried: Tried, taken: set[Key], streams: Streams, number: int
) -> dict[str, Value] | None:
    """An untried configuration; `repeat` itself if an endless space hides one too well; None if none is left."""
    candidates = _draws(space, streams, number) if _may_have_more(space, tried, taken) else iter(())
    for config in candidates:
        if config not in tried and config_key(config) not in taken:
            return config
    if space.size is None:
        return repeat
    rest = space.configurations()
    return next((config for config in rest if config not in tried and config_key(config) not in taken), None)


def _may_have_more(space: Space, tried: Tried, taken: set[Key]) -> bool:
    return space.size is None or tried.distinct + len(taken) < space.size


def _draws(space: Space, streams: Streams, number: int) -> Iterator[dict[str, Value]]:
    generator = streams.generator("another", number)
    for batch in BATCHES:
        yield from space.decode(generator.random((batch, len(space))))
