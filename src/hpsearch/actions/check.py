"""What a search would try first: the sampler's own proposals, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.errors import InputError
from hpsearch.core.trial import Config
from hpsearch.engine.plan import Plan
from hpsearch.samplers import SAMPLERS, Evidence, Tried
from hpsearch.samplers.untried import proposed
from hpsearch.space.preview import preview

if TYPE_CHECKING:
    from hpsearch.reporting.picture.spaces import Tries
    from hpsearch.reporting.picture.svg import Picture

#: More trials than this are not drawn one by one.
MOST = 1000
#: So many random numbers are drawn on each scale of the picture.
_DOTS = 100
#: What stands beside each other in the picture, and beside what the search has.
_COMPARED = ("grid", "random")


class Foreseen(Struct, frozen=True):
    """The first configurations of a search, as far as they follow from no result.

    Attributes:
        wanted: how many trials the search is to have.
        exhausted: whether there is nothing to try beyond these.
        all: whether none of the later ones waits for a result.
    """

    configs: Sequence[Config]
    wanted: int
    exhausted: bool
    all: bool

    @classmethod
    def of(cls, plan: Plan) -> Foreseen:
        """What `plan` proposes without any result: round by round, or at once where that is the same."""
        # A sampler that does not say so may look at results as soon as there are some.
        beside = max(1, plan.round_size - len(plan.queue))
        blind: int | None = getattr(plan.sampler, "blind", beside)
        most = plan.trials if _on_levels(plan) else MOST  # of a grid it matters how many points it has
        count = min(plan.trials - len(plan.queue), most if blind is None else blind)
        size = max(1, count) if blind is None else plan.round_size
        tried = Tried(plan.queue)
        for number, first in enumerate(range(0, count, size)):
            numbers = range(first, min(first + size, count))
            evidence = Evidence(tried)
            for config in proposed(plan.sampler, plan.space, evidence, plan.streams, number, numbers):
                tried.add(config)
            if len(tried) < len(plan.queue) + numbers.stop:
                break
        exhausted = len(tried) < len(plan.queue) + count
        return cls(tuple(tried), plan.trials, exhausted, blind is None)

    def previews(self, plan: Plan) -> list[dict[str, Any]]:
        """What is drawn of each parameter of `plan`, in the trials in which it is active."""
        levels = _on_levels(plan)
        return [
            preview(one, [config[one.name] for config in self.configs if one.name in config], levels=levels)
            for one in plan.space.parameters
        ]

    def made(self, plan: Plan) -> int:
        """How many trials there will be: fewer than are wanted where there is nothing else to try."""
        return len(self.configs) if self.exhausted else min(self.wanted, plan.space.size or self.wanted)


def _on_levels(plan: Plan) -> bool:
    return bool(getattr(plan.sampler, "on_levels", False))


def pictured(name: str, plan: Plan, sampler: str) -> Picture:
    """The picture of a search: grid, random search and its own `sampler`, and its scales.

    Raises:
        InputError: there is nothing to draw.
    """
    from hpsearch.reporting.picture.spaces import space_picture

    if not len(plan.space):
        raise InputError("--picture: the space has no parameters to draw")
    units = plan.streams.generator("picture").random(_DOTS)
    return space_picture(name, plan.space, list(_tries(plan, sampler)), units)


def _tries(plan: Plan, sampler: str) -> Iterator[Tries]:
    from hpsearch.reporting.picture.spaces import Tries

    few = replace(plan, trials=min(plan.trials, MOST))
    own = max(1, few.trials - len(few.queue))
    for name in _COMPARED:
        compared = SAMPLERS[name].from_settings({}, own)
        yield Tries(name, Foreseen.of(replace(few, sampler=compared)).configs)
    if sampler not in _COMPARED:
        foreseen = Foreseen.of(plan)
        yield Tries(sampler, foreseen.configs, "" if foreseen.all else "the others follow from their results")
