"""Which hyperparameters count with which pieces: each piece says what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.config.schema import ParameterSettings
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.optimizers import CLIPS, OPTIMIZERS, PENALTIES
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.objectives.network.rules import place, possible

if TYPE_CHECKING:
    from hpsearch.objectives.network.settings import NetworkSettings

#: Hyperparameters that name a piece -> what the piece of a name reads.
_DECIDERS: Mapping[str, Callable[[str], Sequence[str]]] = {
    "optimizer": lambda name: OPTIMIZERS[name].hyper,
    "lr_schedule": lambda name: SCHEDULES[name].reads,
    "initializer": lambda name: INITIALIZERS[name].reads,
}


def users(name: str, kind: type[NetworkSettings]) -> tuple[str, Set[str]] | None:
    """What decides whether the hyperparameter counts, and with which names; None: it always counts."""
    if name in CLIPS or name in PENALTIES:
        return None
    for decider, reads in _DECIDERS.items():
        pieces = kind.names_of(decider)
        found = {piece for piece in pieces if name in reads(piece)}
        if found and found != {*pieces}:
            return decider, found
    return None


def check_reads(objective: NetworkSettings, space: Mapping[str, ParameterSettings]) -> Iterator[Finding]:
    """Pieces that read what the network does not have, as one that another package adds may."""
    known = objective.searchable()
    for decider, reads in _DECIDERS.items():
        for piece in sorted(possible(decider, objective, space)):
            if missing := [name for name in reads(piece) if name not in known]:
                rule = f"reads {', '.join(missing)}, which the network does not have; choose another"
                yield Finding(place(decider, space), f"{rule}{got(piece)}")
