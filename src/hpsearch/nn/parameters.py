"""Where every parameter of a network lives: one contiguous (K, P) array for a stack of K networks.

Weights come first, then biases and other learned offsets, then running statistics, so that "weights only"
(weight decay) and "learned only" (the optimizer) are slices of the whole stack and never a loop over layers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.core.randomness import Streams

if TYPE_CHECKING:
    import numpy.typing as npt

#: A float array; its dtype is float32 in training and float64 in the gradient check.
Array: TypeAlias = "npt.NDArray[Any]"
#: The parameters of one layer by name, each (K, *shape): views of the stack.
Views: TypeAlias = Mapping[str, Array]
#: weight: learned and decayed; offset: learned, never decayed; statistic: kept, but not by the optimizer.
Kind = Literal["weight", "offset", "statistic"]
_ORDER: tuple[Kind, ...] = ("weight", "offset", "statistic")


class Start(Struct, frozen=True):
    """Numbers that some initializers read: the deviation of `normal`, the scale of `variance_scaling`."""

    std: float = 0.01
    scale: float = 1.0


class ParameterArray(Struct, frozen=True):
    """One array of one layer: its name, shape, kind, and how its first values are drawn."""

    name: str
    shape: tuple[int, ...]
    kind: Kind
    draw: Callable[[np.random.Generator, Start], Array]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


class Layout(Struct, frozen=True, dict=True):
    """The places of the parameters of all layers within the P numbers of one network.

    >>> zeros = lambda rng, start: np.zeros(2)
    >>> bias = ParameterArray("bias", (2,), "offset", zeros)
    >>> weight = ParameterArray("weight", (3, 2), "weight", zeros)
    >>> layout = Layout([[bias, weight]])
    >>> layout.size, layout.weights
    (8, 6)
    >>> stack = np.arange(16.0).reshape(2, 8)
    >>> layout.views(stack)[0]["bias"]
    array([[ 6.,  7.],
           [14., 15.]])
    """

    layers: Sequence[Sequence[ParameterArray]]

    def views(self, stack: Array) -> list[dict[str, Array]]:
        """The parameters of each layer as (K, *shape) views of `stack` (K, P)."""
        views: list[dict[str, Array]] = [{} for _ in self.layers]
        for index, parameter, place in self._places:
            if place.stop <= stack.shape[1]:
                views[index][parameter.name] = stack[:, place].reshape(len(stack), *parameter.shape)
        return views

    def draw(
        self, seeds: Sequence[int], dtype: npt.DTypeLike, starts: Sequence[Start] | None = None
    ) -> Array:
        """First values (K, P) of one network for each of the K `seeds`; a row depends on its own seed and start.

        Drawn in float64 whatever the dtype, so that float32 and float64 start from the same network.
        """
        stack = np.empty((len(seeds), self.size), dtype)
        for row, seed, start in zip(stack, seeds, starts or [Start()] * len(seeds), strict=True):
            streams = Streams(int(seed))
            for index, parameter, place in self._places:
                rng = streams.generator(f"init {parameter.name}", index)
                row[place] = parameter.draw(rng, start).ravel()
        return stack

    def arrays(self, row: Array) -> dict[str, Array]:
        """The parameters of one network, `row` (P,), as views by name, such as `2.weight`."""
        return {
            f"{layer}.{parameter.name}": row[place].reshape(parameter.shape)
            for layer, parameter, place in self._places
        }

    def names(self) -> list[str]:
        """A name for each of the P numbers, such as `2.weight[0,1]`: layer, parameter and index."""
        return [
            f"{layer}.{parameter.name}[{','.join(map(str, index))}]"
            for layer, parameter, _ in self._places
            for index in np.ndindex(parameter.shape)
        ]

    @property
    def size(self) -> int:
        """P: the length of one row of the stack."""
        return self._ends["statistic"]

    @property
    def weights(self) -> int:
        """How many of the P numbers are weights; they come first."""
        return self._ends["weight"]

    @property
    def learned(self) -> int:
        """How many of the P numbers the optimizer changes: weights, then offsets."""
        return self._ends["offset"]

    @cached_property
    def _ends(self) -> dict[Kind, int]:
        sizes = [sum(p.size for layer in self.layers for p in layer if p.kind == kind) for kind in _ORDER]
        return dict(zip(_ORDER, np.cumsum(sizes).tolist(), strict=True))

    @cached_property
    def _places(self) -> list[tuple[int, ParameterArray, slice]]:
        everything = [(index, parameter) for index, layer in enumerate(self.layers) for parameter in layer]
        places, start = [], 0
        for index, parameter in sorted(everything, key=lambda item: _ORDER.index(item[1].kind)):
            places.append((index, parameter, slice(start, start + parameter.size)))
            start += parameter.size
        return places
