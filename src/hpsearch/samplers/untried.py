"""From points of the cube to configurations that were not tried before, and that the requirements admit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from hpsearch.core.deferred import np
from hpsearch.core.escaping import on_a_line
from hpsearch.core.plugins import Plugin
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Value
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.sampler import Evidence, Key, Sampler, Tried, config_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"
#: Points drawn anew, in batches of these sizes, until one was not tried. When all of them were, so little is
#: left that looking for it is quicker than meeting it.
BATCHES = (8, 64, 512, 4096)
#: More of them where requirements leave as little of the space as they may.
RARE = 1 << 15


def decode_untried(
    space: Space, units: Array, tried: Tried, streams: Streams, numbers: Sequence[int]
) -> list[Config]:
    """The configurations at `units` (n, P); for a tried or refused one, another that is drawn for its trial number.

    Fewer than n when all of a finite space is tried. Where only a part of an endless space is finite, as with
    a conditional parameter, a configuration may repeat in the end.
    """
    proposals: list[Config] = []
    taken: set[Key] = set()
    for number, config in zip(numbers, space.decode(units), strict=True):
        fresh: dict[str, Value] | None = config
        if config in tried or config_key(config) in taken or not space.admits(config):
            fresh = _another(space, config, tried, taken, streams, number)
        if fresh is None:
            break
        proposals.append(fresh)
        taken.add(config_key(fresh))
    return proposals


def proposed(
    sampler: Sampler,
    space: Space,
    evidence: Evidence,
    streams: Streams,
    round_number: int,
    numbers: Sequence[int],
) -> list[Config]:
    """What `sampler` proposes, without what the requirements of `space` refuse.

    A sampler of another package may not ask them.

    Raises:
        PluginBroken: such a one proposes what is no configuration of `space`.
    """
    configs = sampler.propose(space, evidence, streams, round_number, numbers)
    if plugin := SAMPLERS.plugin_of(type(sampler)):
        configs = _sound(plugin, space, configs, numbers)
    if all(map(space.admits, configs)):
        return configs
    found: list[Config] = []
    taken = {config_key(config) for config in configs}
    for number, config in zip(numbers, configs, strict=False):
        allowed: Config | None = config
        if not space.admits(config):
            allowed = _another(space, dict(config), evidence.tried, taken, streams, number)
        if allowed is None:
            break
        found.append(allowed)
        taken.add(config_key(allowed))
    return found


def _sound(plugin: Plugin, space: Space, configs: object, numbers: Sequence[int]) -> list[Config]:
    """The `configs` that a plug-in proposes for trials with these numbers, which no type checker has seen."""
    if not isinstance(configs, list | tuple):
        raise plugin.broken(f"propose gave {_shown(configs)}, where a list of configurations is to be")
    proposals = [_of_python(config) for config in configs]
    for number, config in zip(numbers, proposals, strict=False):
        if not _is_of(space, config):
            raise plugin.broken(
                f"propose gave trial {number} {_shown(config)}, which is no configuration of the space; "
                f"space.decode makes such"
            )
    return proposals


def _of_python(config: Any) -> Any:
    """The same, with numbers of Python for those of NumPy, which are none to who writes or reads them."""
    if not isinstance(config, Mapping):
        return config
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in config.items()}


def _is_of(space: Space, config: object) -> bool:
    try:
        return space.describes(config)
    except TypeError:  # of what has no hash, or no order
        return False


def _shown(value: object) -> str:
    return on_a_line(f"{value!r:.80}")


def _another(
    space: Space, repeat: dict[str, Value], tried: Tried, taken: set[Key], streams: Streams, number: int
) -> dict[str, Value] | None:
    """An untried configuration; one that was tried if an endless space hides one too well; None if none is left."""
    spare = repeat if space.admits(repeat) else None
    for config in _draws(space, streams, number) if _may_have_more(space, tried, taken) else ():
        if config not in tried and config_key(config) not in taken:
            return config
        spare = spare or config
    if space.size is None:
        return spare
    rest = space.configurations()
    return next((config for config in rest if config not in tried and config_key(config) not in taken), None)


def _may_have_more(space: Space, tried: Tried, taken: set[Key]) -> bool:
    return space.size is None or tried.distinct + len(taken) < space.size


def _draws(space: Space, streams: Streams, number: int) -> Iterator[dict[str, Value]]:
    return admitted_draws(space, streams.generator("another", number), BATCHES)


def admitted_draws(
    space: Space, generator: np.random.Generator, batches: Sequence[int]
) -> Iterator[dict[str, Value]]:
    """Configurations that the requirements admit, of points drawn in batches of these sizes."""
    for batch in (*batches, RARE) if space.require else batches:
        units = generator.random((batch, len(space)))
        yield from space.decode(units[space.admitting(units)])
