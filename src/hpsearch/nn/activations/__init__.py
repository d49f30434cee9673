"""Activations. A new one is a module here that registers it in `ACTIVATIONS`."""

from hpsearch.nn.activations.base import ACTIVATIONS

__all__ = ["ACTIVATIONS"]
