"""What a search would try first: the sampler's own proposals, before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hpsearch.core.trial import Config
from hpsearch.engine.plan import Plan
from hpsearch.samplers import Evidence, Tried
from hpsearch.samplers.untried import proposed
from hpsearch.space.preview import preview

#: More trials than this are not drawn one by one.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Foreseen:
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
        blind: int | None = getattr(plan.sampler, "blind", plan.round_size)
        most = plan.trials if _on_levels(plan) else MOST  # of a grid it matters how many points it has
        count = min(plan.trials, most if blind is None else blind)
        size = count if blind is None else plan.round_size
        tried = Tried()
        for number, first in enumerate(range(0, count, size)):
            numbers = range(first, min(first + size, count))
            evidence = Evidence(tried)
            for config in proposed(plan.sampler, plan.space, evidence, plan.streams, number, numbers):
                tried.add(config)
            if len(tried) < numbers.stop:
                break
        return cls(tuple(tried), plan.trials, len(tried) < count, blind is None)

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
