"""What an initializer is: how the weights of a layer are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from hpsearch.core.registry import Registry, instance_of
from hpsearch.nn.parameters import Array, Start

if TYPE_CHECKING:
    from hpsearch.core.deferred import np

#: `(rng, fan_in, fan_out, start) -> (I, O)` float64.
Draw: TypeAlias = "Callable[[np.random.Generator, int, int, Start], Array]"


class Initializer(Struct, frozen=True):
    """How the weights of a layer are drawn, and which hyperparameters of the network that reads."""

    draw: Draw
    reads: tuple[str, ...] = ()

    def __call__(self, rng: np.random.Generator, fan_in: int, fan_out: int, start: Start) -> Array:
        """Weights (I, O) float64."""
        return self.draw(rng, fan_in, fan_out, start)


INITIALIZERS = Registry[Initializer](
    "initializer", "hpsearch.nn.initializers", group="initializers", fits=instance_of(Initializer)
)
