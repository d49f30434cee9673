"""What a network of a shape takes: figures to weigh against how good it is, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpsearch.nn.network import Architecture


def parameters(shape: Architecture) -> int:
    """How many numbers it learns: weights, biases, and what activations and batch norm have of their own."""
    from hpsearch.nn.network import Network

    return Network(shape).layout.size


def multiplications(shape: Architecture) -> int:
    """How many of weights with units one row takes.

    >>> from hpsearch.nn.network import Architecture
    >>> multiplications(Architecture(4, (3,), 2)), parameters(Architecture(4, (3,), 2))
    (18, 23)
    """
    return sum(fan_in * fan_out for fan_in, fan_out in pairwise(shape.widths))


#: By the names that `search.metric` gives them, beside the metric that ranks.
COSTS: Mapping[str, Callable[[Architecture], int]] = {
    "parameters": parameters,
    "multiplications": multiplications,
}
