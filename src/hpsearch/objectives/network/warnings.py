"""What a network is allowed to be and is probably not meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.config.schema import Choices, ParameterSettings
from hpsearch.objectives.network.rules import sources

if TYPE_CHECKING:
    from hpsearch.objectives.network.settings import NetworkSettings


def long_warm_ups(objective: NetworkSettings, space: Mapping[str, ParameterSettings]) -> Iterator[Finding]:
    """Those that a full training does not outlast: the learning rate only rises, and no schedule ever begins."""
    epochs = objective.epochs
    training = f"the whole training of {epochs} {'epoch' if epochs == 1 else 'epochs'}"
    remedy = "give fewer, or more objective.epochs"
    for at, values, given in sources("warmup_epochs", objective, space):
        if max(values) < epochs:
            continue
        if given is None or min(values) >= epochs:
            message = f"takes {training}, so lr only rises"
        else:
            message = f"may take {training}, in which lr then only rises"
        end = () if given is None else ("choices",) if isinstance(given, Choices) else ("high",)
        yield Finding((*at, *end), f"{message}; {remedy}{got(max(values))}", (("objective", "epochs"),))
