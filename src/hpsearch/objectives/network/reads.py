"""Which hyperparameters count with which pieces: each piece says what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.config.schema import ParameterSettings
from hpsearch.core.registry import Registry
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.optimizers import CLIPS, OPTIMIZERS, PENALTIES
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.objectives.network.rules import place, possible

if TYPE_CHECKING:
    from hpsearch.objectives.network.settings import NetworkSettings

Space = Mapping[str, ParameterSettings]
#: Hyperparameters that name a piece -> the pieces, and what one reads.
_DECIDERS: Mapping[str, tuple[Registry[Any], Callable[[Any], Sequence[str]]]] = {
    "optimizer": (OPTIMIZERS, lambda rule: rule.hyper),
    "lr_schedule": (SCHEDULES, lambda schedule: schedule.reads),
    "initializer": (INITIALIZERS, lambda initializer: initializer.reads),
}


def users(name: str, objective: NetworkSettings, space: Space) -> tuple[str, Set[str]] | None:
    """What decides whether the hyperparameter counts, and with which names; None: it always counts.

    Of the pieces of other packages only those are asked, and so imported, that the search may use.
    """
    if name in CLIPS or name in PENALTIES:
        return None
    for decider, (registry, reads) in _DECIDERS.items():
        used = {piece: registry[piece] for piece in possible(decider, objective, space) & {*registry}}
        pieces = {**registry.built_in, **used}
        found = {known for known, piece in pieces.items() if name in reads(piece)}
        if found and found != pieces.keys():
            return decider, found
    return None


def check_reads(objective: NetworkSettings, space: Space) -> Iterator[Finding]:
    """Pieces that read what the network does not have, as one that another package adds may."""
    known = objective.searchable()
    for decider, (registry, reads) in _DECIDERS.items():
        for piece in sorted(possible(decider, objective, space) & {*registry}):
            if missing := [name for name in reads(registry[piece]) if name not in known]:
                rule = f"reads {', '.join(missing)}, which the network does not have; choose another"
                yield Finding(place(decider, space), f"{rule}{got(piece)}")
