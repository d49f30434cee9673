"""Softmax and cross-entropy, for classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from hpsearch.core.deferred import np
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.figures import Task
from hpsearch.nn.losses.base import LOSSES, Compare
from hpsearch.nn.parameters import Array

if TYPE_CHECKING:
    import numpy.typing as npt


class CrossEntropy:
    """Softmax and cross-entropy in one, on logits Z: log sum exp z - sum t z, in nats (Bridle, 1990).

    Stable: the largest logit is taken off first, and no probability is ever put through a logarithm.
    `label_smoothing` s, in training only, makes the targets (1 - s) t + s / O (Szegedy et al., 2016).
    """

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)

    def targets(self, y: npt.NDArray[Any], outputs: int, dtype: npt.DTypeLike) -> Array:
        """One-hot columns for class numbers in [0, outputs).

        >>> CrossEntropy().targets(np.array([1, 0, 1]), 2, np.float64)
        array([[0., 1., 0.],
               [1., 0., 1.]])
        """
        if y.size and not 0 <= int(y.min()) <= int(y.max()) < outputs:
            raise ValueError(
                f"class numbers run from {y.min()} to {y.max()}, but {outputs} outputs need 0 to "
                f"{outputs - 1}: number the classes from 0 or give the network more outputs"
            )
        T_ON = np.zeros((outputs, len(y)), dtype)
        T_ON[y, np.arange(len(y))] = 1
        return T_ON

    def bind(self, buffers: Buffers, outputs: int) -> Compare:
        """All runs class-major, (K, O, B), as the last layer's outputs lie (see `Buffers.class_major`)."""
        S_KOB = buffers.class_major(outputs).transpose(0, 2, 1)
        top, total, picked = (buffers.small(1, buffers.batch) for _ in range(3))
        ones_1O = np.ones((1, outputs), buffers.dtype)
        share = 1 / buffers.batch

        def compare(Z_KBO: Array, T_OB: Array, losses_KB: Array) -> Array:
            Z_KOB = Z_KBO.transpose(0, 2, 1)
            np.maximum.reduce(Z_KOB, axis=1, keepdims=True, out=top)
            np.subtract(Z_KOB, top, out=Z_KOB)
            np.multiply(Z_KOB, T_OB, out=S_KOB)
            np.matmul(ones_1O, S_KOB, out=picked)
            np.exp(Z_KOB, out=Z_KOB)
            np.matmul(ones_1O, Z_KOB, out=total)
            np.log(total, out=top)
            np.subtract(top[:, 0], picked[:, 0], out=losses_KB)
            np.divide(Z_KOB, total, out=Z_KOB)
            np.subtract(Z_KOB, T_OB, out=Z_KOB)
            np.multiply(Z_KOB, share, out=Z_KOB)
            return Z_KBO

        smoothing = buffers.column("label_smoothing") if buffers.training else None
        return compare if smoothing is None else smoothed(compare, smoothing, buffers, outputs)


def smoothed(compare: Compare, smoothing: Array, buffers: Buffers, outputs: int) -> Compare:
    """`compare` with targets of each network's own smoothing (K, 1, 1)."""
    keep, floor = (1 - smoothing).astype(buffers.dtype), (smoothing / outputs).astype(buffers.dtype)
    T_KOB = buffers.class_major(outputs).transpose(0, 2, 1)

    def compare_smoothed(Z_KBO: Array, T_OB: Array, losses_KB: Array) -> Array:
        np.multiply(T_OB, keep, out=T_KOB)
        np.add(T_KOB, floor, out=T_KOB)
        return compare(Z_KBO, T_KOB, losses_KB)

    return compare_smoothed


LOSSES.register("cross_entropy", place=0)(CrossEntropy())
