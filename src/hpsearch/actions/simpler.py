"""Simpler answers than those of a search: they have a share of a model's as far as rows not learned from leave it
in doubt which is better (stacking: Wolpert, 1992).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from hpsearch.nn.network import Architecture
from hpsearch.objectives.network.model import Model

Network = tuple[Architecture, NDArray[np.float32]]

#: A larger share is no worse where its loss is above the least by so many standard errors at most: the simpler
#: answer has the benefit of the doubt.
_DOUBT = 0.5
#: The shares that are tried.
SHARES = np.linspace(0.0, 1.0, 11)
#: What the networks of simpler answers do not have, whatever those of the search have.
_WITHOUT: Mapping[str, Any] = {
    "hidden_layers": None, "hidden_units": None, "batch_norm": "off", "dropout": 0.0, "input_dropout": 0.0,
    "alpha_dropout": 0.0, "initializer": "he", "optimizer": "adamw", "lr_schedule": "constant",
    "warmup_epochs": 0.0, "l1": 0.0,
}  # fmt: skip


class Simpler(Struct, frozen=True):
    """A network that needs no search.

    Attributes:
        name: what its answers are called.
        config: its hyperparameters, before those of a trial.
        seeds: how many of all rows are averaged.
    """

    name: str
    config: Mapping[str, Any]
    seeds: int


#: What is usual before anything is searched.
PLAIN = Simpler(
    "plain",
    {**_WITHOUT, "hidden": (100,), "activation": "relu", "lr": 0.003, "weight_decay": 1e-4, "batch_size": 32},
    3,
)
#: Without hidden layers: the answers of a logistic or linear regression. Another seed would lead to the same line.
LINEAR = Simpler("linear", {**_WITHOUT, "hidden": (), "lr": 0.01, "weight_decay": 0.01}, 1)


def largest_share(losses: NDArray[np.float64]) -> float:
    """The largest of the shares whose losses of each row are `losses` (S, N) that is as good as the best."""
    worse = losses - losses[losses.mean(axis=1).argmin()]
    doubt = _DOUBT * worse.std(axis=1) / np.sqrt(losses.shape[1])
    return float(SHARES[np.flatnonzero(worse.mean(axis=1) <= doubt)[-1]])


class Blend(Struct, frozen=True):
    """A model, and the shares of simpler answers in its own, by their names."""

    model: Model
    shares: Mapping[str, float] = field(default_factory=dict)

    def with_share(self, name: str, networks: list[Network], share: float) -> Blend:
        """The same, but for a share of its answers that are those of other networks; none that does not count."""
        if not share:
            return self
        if share == 1:
            (shape, parameters), *others = networks
            alone = replace(
                self.model, architecture=shape, parameters=parameters, others=tuple(others), weights=()
            )
            return Blend(alone, {name: 1.0})
        before = self.model.weights or (1 / len(self.model.networks),) * len(self.model.networks)
        weights = (*[(1 - share) * weight for weight in before], *[share / len(networks)] * len(networks))
        model = replace(self.model, others=(*self.model.others, *networks), weights=weights)
        return Blend(model, {**{own: (1 - share) * left for own, left in self.shares.items()}, name: share})
