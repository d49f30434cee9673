"""How sure probabilities should be: one number that brings them to what is seen on rows not learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Temperatures that are tried, on a scale of their logarithm.
_TRIED = np.exp(np.linspace(-1.0, 1.0, 81))
#: Before any row is seen, the logarithm is taken to be 0 with this deviation: a few rows say little.
_PRIOR = 0.3
#: No probability is less than this, which a wrong one would make a loss without end.
_LEAST = 1e-7


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Probabilities (N, O) of logits (N, O)."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def tempered(probabilities: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Probabilities (N, C) as softmax(log p / T) (Guo et al., 2017): T above 1 makes them less sure.

    >>> tempered(np.array([[0.8, 0.2]]), 2.0).round(3).tolist()
    [[0.667, 0.333]]
    """
    if temperature == 1:
        return probabilities
    return softmax(np.log(np.maximum(probabilities, _LEAST)) / temperature)


def log_losses(probabilities: NDArray[np.float64], classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """(N,) that of each row of probabilities (N, C) of the classes (N,)."""
    right = probabilities[np.arange(len(classes)), classes]
    return np.asarray(-np.log(np.maximum(right, _LEAST)))


def temperature_of(probabilities: NDArray[np.float64], classes: NDArray[np.int64]) -> float:
    """The T with the least log loss of probabilities (N, C) of rows of these classes (N,), and near 1 for few rows.

    >>> temperature_of(np.tile([0.99, 0.01], (100, 1)), np.arange(100) % 10 // 7) > 1.5
    True
    """

    def penalty(temperature: float) -> float:
        losses = log_losses(tempered(probabilities, temperature), classes)
        return float(losses.sum() + 0.5 * (np.log(temperature) / _PRIOR) ** 2)

    return float(min(_TRIED, key=penalty))
