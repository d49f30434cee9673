"""How good the probabilities of the classes are, by the logarithm of that of the true one."""

from __future__ import annotations

from hpsearch.core.deferred import np
from hpsearch.nn.figures.base import FIGURES, Figure, class_numbers
from hpsearch.nn.parameters import Array


def exponentials(Z_KBO: Array) -> tuple[Array, Array, Array]:
    """exp(z - top) (K, O, B) of the logits, their sums (K, 1, B) and z - top (K, O, B), in float64.

    The sums are matrix products, of which every network has its own: so they do not depend on the others.
    """
    shifted = Z_KBO.transpose(0, 2, 1).astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    return powers, np.matmul(np.ones((1, powers.shape[1])), powers), shifted


def log_loss(Z_KBO: Array, T_OB: Array) -> Array:
    """-log p of the true class, p the softmax of the outputs, whatever loss was minimised. Shape (K, B)."""
    _, totals, shifted = exponentials(Z_KBO)
    true = np.take_along_axis(shifted, class_numbers(T_OB)[None, None], axis=1)
    lost: Array = (np.log(totals) - true)[:, 0]
    return lost


FIGURES.register("log_loss", place=5)(Figure("classification", log_loss, goal="minimize"))
