"""Losses that measure how far each output is from its target."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.figures import Task
from hpsearch.nn.losses.base import LOSSES, Compare
from hpsearch.nn.losses.cross_entropy import CrossEntropy, smoothed
from hpsearch.nn.parameters import Array

if TYPE_CHECKING:
    import numpy.typing as npt


class Distance(Struct, frozen=True):
    """A loss that is a mean over the outputs of how far each is from its target, 1 for the class and 0 else.

    `measure(D_KBO, out)` writes the distance of each difference, `slope(D_KBO)` turns it into its derivative.
    """

    tasks: ClassVar[tuple[Task, ...]] = ("classification", "regression")

    measure: Callable[[Array, Array], object]
    slope: Callable[[Array], object]

    def targets(self, y: npt.NDArray[Any], outputs: int, dtype: npt.DTypeLike) -> Array:
        """One-hot columns for class numbers, as those of cross-entropy; numbers with a fraction as they are."""
        if y.dtype.kind == "f":
            return y[None].astype(dtype)
        return CrossEntropy().targets(y, outputs, dtype)

    def bind(self, buffers: Buffers, outputs: int) -> Compare:
        """The loss on the buffers of one batch size; label smoothing is that of cross-entropy."""
        distances = buffers.class_major(outputs).transpose(0, 2, 1)
        ones_1O = np.ones((1, outputs), buffers.dtype)
        total = buffers.small(1, buffers.batch)

        def compare(Z_KBO: Array, T_OB: Array, losses_KB: Array) -> Array:
            Z_KOB = Z_KBO.transpose(0, 2, 1)
            np.subtract(Z_KOB, T_OB, out=Z_KOB)
            self.measure(Z_KOB, distances)
            np.matmul(ones_1O, distances, out=total)
            np.multiply(total[:, 0], 1 / outputs, out=losses_KB)
            self.slope(Z_KOB)
            np.multiply(Z_KOB, 1 / (buffers.batch * outputs), out=Z_KOB)
            return Z_KBO

        smoothing = buffers.column("label_smoothing") if buffers.training else None
        return compare if smoothing is None else smoothed(compare, smoothing, buffers, outputs)


def _square(D: Array, out: Array) -> None:
    """(z - t)^2, whose mean is the loss mse (Legendre, 1805)."""
    np.multiply(D, D, out=out)


def _double(D: Array) -> None:
    np.multiply(D, 2, out=D)


def _absolute(D: Array, out: Array) -> None:
    """|z - t|, whose mean is the loss mae (Laplace, 1793)."""
    np.abs(D, out=out)


def _sign(D: Array) -> None:
    np.sign(D, out=D)


LOSSES.register("mse", place=1)(Distance(_square, _double))
LOSSES.register("mae", place=2)(Distance(_absolute, _sign))
