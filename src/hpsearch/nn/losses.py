"""Losses by name: what they compare with, their value per example, and their gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from hpsearch.core.registry import Registry
from hpsearch.nn.buffers import Room
from hpsearch.nn.parameters import Array

#: `(Z_KBO, T_OB, losses_KB) -> dZ_KBO`: writes the loss of each example, and gives the gradient of their
#: mean over the batch. Z is overwritten.
Compare: TypeAlias = Callable[[Array, Array, Array], Array]


@dataclass(frozen=True)
class Figure:
    """A further figure of an evaluation: `finish` makes it of the mean over the examples of what `each` gives.

    `each(Z_KBO, T_OB) -> (K, B)`; `finish(means (K,), T_ON) -> (K,)`.
    """

    each: Callable[[Array, Array], Array]
    finish: Callable[[Array, Array], Array] = lambda means, _: means


class Loss(Protocol):
    """What is minimised."""

    def targets(self, y: npt.NDArray[Any], outputs: int, dtype: npt.DTypeLike) -> Array:
        """T_ON for the labels or values y (N,); ValueError where they do not fit the `outputs`."""
        ...

    def bind(self, room: Room, outputs: int) -> Compare:
        """The loss on the buffers of one batch size."""
        ...


LOSSES = Registry[Loss]("loss", "hpsearch.nn")


def accuracy(Z_KBO: Array, T_OB: Array) -> Array:
    """1 where the largest output is the target's, else 0; of equal outputs the first counts. Shape (K, B)."""
    right: Array = np.argmax(Z_KBO, axis=2) == np.argmax(T_OB, axis=0)
    return right


def _square_error(Z_KBO: Array, T_OB: Array) -> Array:
    difference = Z_KBO - T_OB.T
    total: Array = (difference * difference).sum(axis=2)
    return total


def _explained(means: Array, T_ON: Array) -> Array:
    """r2 = 1 - mean (z - t)^2 / var t: 1 is perfect, 0 is no better than the mean."""
    spread = float(T_ON.var(axis=1, dtype=np.float64).sum())
    share: Array = 1 - means / spread if spread else np.full_like(means, np.nan)
    return share


Task = Literal["classification", "regression"]
#: What is reported besides the loss.
METRICS: Mapping[Task, Mapping[str, Figure]] = {
    "classification": {"acc": Figure(accuracy)},
    "regression": {"r2": Figure(_square_error, _explained)},
}


class CrossEntropy:
    """Softmax and cross-entropy in one, on logits Z: log sum exp z - sum t z, in nats (Bridle, 1990).

    Stable: the largest logit is taken off first, and no probability is ever put through a logarithm.
    `label_smoothing` s, in training only, makes the targets (1 - s) t + s / O (Szegedy et al., 2016).
    """

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

    def bind(self, room: Room, outputs: int) -> Compare:
        """All runs class-major, (K, O, B), as the last layer's outputs lie (see `Room.class_major`)."""
        S_KOB = room.class_major(outputs).transpose(0, 2, 1)
        top, total, picked = (room.small(1, room.batch) for _ in range(3))
        ones_1O = np.ones((1, outputs), room.dtype)
        share = 1 / room.batch

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

        smoothing = room.column("label_smoothing") if room.training else None
        return compare if smoothing is None else _smoothed(compare, smoothing, room, outputs)


def _smoothed(compare: Compare, smoothing: Array, room: Room, outputs: int) -> Compare:
    """`compare` with targets of each network's own smoothing (K, 1, 1)."""
    keep, floor = (1 - smoothing).astype(room.dtype), (smoothing / outputs).astype(room.dtype)
    T_KOB = room.class_major(outputs).transpose(0, 2, 1)

    def compare_smoothed(Z_KBO: Array, T_OB: Array, losses_KB: Array) -> Array:
        np.multiply(T_OB, keep, out=T_KOB)
        np.add(T_KOB, floor, out=T_KOB)
        return compare(Z_KBO, T_KOB, losses_KB)

    return compare_smoothed


@dataclass(frozen=True)
class Distance:
    """A loss that is a mean over the outputs of how far each is from its target, 1 for the class and 0 else.

    `measure(D_KBO, out)` writes the distance of each difference, `slope(D_KBO)` turns it into its derivative.
    """

    measure: Callable[[Array, Array], object]
    slope: Callable[[Array], object]

    def targets(self, y: npt.NDArray[Any], outputs: int, dtype: npt.DTypeLike) -> Array:
        """One-hot columns for class numbers, as those of cross-entropy; numbers with a fraction as they are."""
        if y.dtype.kind == "f":
            return y[None].astype(dtype)
        return CrossEntropy().targets(y, outputs, dtype)

    def bind(self, room: Room, outputs: int) -> Compare:
        """The loss on the buffers of one batch size; label smoothing is that of cross-entropy."""
        distances = room.class_major(outputs).transpose(0, 2, 1)
        ones_1O = np.ones((1, outputs), room.dtype)
        total = room.small(1, room.batch)

        def compare(Z_KBO: Array, T_OB: Array, losses_KB: Array) -> Array:
            Z_KOB = Z_KBO.transpose(0, 2, 1)
            np.subtract(Z_KOB, T_OB, out=Z_KOB)
            self.measure(Z_KOB, distances)
            np.matmul(ones_1O, distances, out=total)
            np.multiply(total[:, 0], 1 / outputs, out=losses_KB)
            self.slope(Z_KOB)
            np.multiply(Z_KOB, 1 / (room.batch * outputs), out=Z_KOB)
            return Z_KBO

        smoothing = room.column("label_smoothing") if room.training else None
        return compare if smoothing is None else _smoothed(compare, smoothing, room, outputs)


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


LOSSES.register("cross_entropy")(CrossEntropy())
LOSSES.register("mse")(Distance(_square, _double))
LOSSES.register("mae")(Distance(_absolute, _sign))
