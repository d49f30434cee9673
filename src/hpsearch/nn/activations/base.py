"""Where activations are found: layers of any width, by name."""

from __future__ import annotations

from collections.abc import Callable

from hpsearch.core.registry import Registry
from hpsearch.nn.layers import Layer

#: name -> a function of the number of units O that gives the layer.
ACTIVATIONS = Registry[Callable[[int], Layer]]("activation", "hpsearch.nn.activations", group="activations")
