"""Rules that shorten the gradient of the loss, before anything else."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.core.deferred import np
from hpsearch.nn.optimizers.base import Arrays, Rule
from hpsearch.nn.parameters import Array

#: In this order, each where its hyperparameter is not zero.
CLIPS: dict[str, Rule] = {}


def _clip_columns(steps: Array, limit: Array) -> Sequence[Array]:  # noqa: ARG001
    """Zero means no limit, so that a row without one can share a stack with rows that have one."""
    return (np.where(limit == 0, np.inf, limit),)


def _clip_value(arrays: Arrays, limit: Array) -> None:
    """G = min(max(G, -c), c), each number by itself (Mikolov, 2012)."""
    np.clip(arrays.gradients, -limit, limit, out=arrays.gradients)


def _clip_norm(arrays: Arrays, limit: Array) -> None:
    """G *= min(1, c / |G|), |G| over all learned parameters of a network (Pascanu et al., 2013)."""
    np.multiply(arrays.gradients, arrays.gradients, out=arrays.scratch)
    norm = np.sqrt(np.add.reduce(arrays.scratch, axis=1, keepdims=True))
    bound = np.minimum(limit, np.finfo(norm.dtype).max)
    factor = bound / np.maximum(norm, bound)
    np.copyto(factor, 1, where=np.isinf(limit))  # a row without a limit stays as it is, however it explodes
    np.multiply(arrays.gradients, factor, out=arrays.gradients)


CLIPS["clip_value"] = Rule(("clip_value",), _clip_value, columns=_clip_columns)
CLIPS["clip_norm"] = Rule(("clip_norm",), _clip_norm, columns=_clip_columns)
