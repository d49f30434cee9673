"""The examples of a stack whose rows learn from different parts of the data, as the folds of a cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from hpsearch.nn.examples import GATHER_BYTES, Change, Evaluated, Examples, gathered
from hpsearch.nn.parameters import Array

#: What the shuffled examples of all parts together may take at a time.
_GATHER_BYTES = 8 * GATHER_BYTES


class FoldedExamples(Struct, frozen=True):
    """F `parts` with training parts of equal length; `part_of` (K,) is the part that each row of the stack has.

    A stack holds the rows of a part next to each other: they share its batches, and are evaluated together.
    """

    parts: Sequence[Examples]
    part_of: Array

    @classmethod
    def of(cls, parts: Sequence[Examples], rows: int) -> FoldedExamples:
        """Row r of K = `rows` has part r mod F; ValueError where training parts differ in length."""
        lengths = {part.count for part in parts}
        if len(lengths) != 1:
            raise ValueError(
                f"training parts of {sorted(lengths)} rows cannot train in step: make them equal"
            )
        return cls(parts, np.arange(rows) % len(parts))

    @property
    def count(self) -> int:
        """The examples of an epoch, of each part."""
        return self.parts[0].count

    def of_rows(self, rows: Array) -> tuple[Array, FoldedExamples]:
        """The order in which a stack should hold these rows, and their examples."""
        ordered = rows[np.argsort(self.part_of[rows], kind="stable")]
        return ordered, replace(self, part_of=self.part_of[ordered])

    def class_weights(self, rows: int) -> Array:
        """(K, O): what the loss of each class is multiplied by; the examples of each part have their own."""
        del rows
        return np.concatenate([part.class_weights(1) for part in self.parts])[self.part_of]

    @property
    def training(self) -> Sequence[Evaluated]:
        """What they learn from."""
        return [(rows, part.X_train, part.T_train, part.units) for rows, part in self._spans()]

    @property
    def validation(self) -> Sequence[Evaluated]:
        """What they are evaluated on."""
        return [(rows, part.X_val, part.T_val, part.units) for rows, part in self._spans()]

    def batches(
        self, order: Array, cuts: npt.NDArray[np.int64], changing: Callable[[], Change] | None = None
    ) -> Iterator[tuple[int, Array, Array]]:
        """Like those of `Examples`, with inputs (K, B, I) and targets (K, O, B); the next batch may overwrite them.

        `order` and what `changing` draws are the same for every part, so each row has what it would have alone.
        """
        spans = self._spans()
        gather = share(len(self.parts))  # also where some have no rows left: what is drawn goes by it
        if changing is None and len(spans) == len(self.part_of):
            yield from _side_by_side([part for _, part in spans], order, cuts, gather)
            return
        of_parts = zip(*(part.batches(order, cuts, changing, gather) for _, part in spans), strict=True)
        held: dict[int, tuple[Array, Array]] = {}
        for batches in of_parts:
            start, first, targets = batches[0]
            if len(first) not in held:
                held[len(first)] = self._empty(first, targets)
            X_KBI, T_KOB = held[len(first)]
            for (rows, _), (_, X_BI, T_OB) in zip(spans, batches, strict=True):
                X_KBI[rows], T_KOB[rows] = X_BI, T_OB
            yield start, X_KBI, T_KOB

    def _empty(self, X_BI: Array, T_OB: Array) -> tuple[Array, Array]:
        rows, dtype = len(self.part_of), T_OB.dtype
        return np.empty((rows, *X_BI.shape), dtype), np.empty((rows, *T_OB.shape), dtype)

    def _spans(self) -> list[tuple[slice, Examples]]:
        """The places of each part's rows in the stack, for parts that have any."""
        ends = np.searchsorted(self.part_of, np.arange(len(self.parts) + 1))
        places = [slice(int(start), int(stop)) for start, stop in pairwise(ends)]
        return [
            (place, part) for place, part in zip(places, self.parts, strict=True) if place.start < place.stop
        ]


def _side_by_side(
    parts: Sequence[Examples], order: Array, cuts: npt.NDArray[np.int64], gather: int
) -> Iterator[tuple[int, Array, Array]]:
    """The batches where each row of the stack has a part of its own: they are not copied once more one by one."""
    X, T = parts[0].X_train, parts[0].T_train
    most = gathered(int(cuts[1]), X.dtype.itemsize * X.shape[1], gather)
    for first in range(0, len(cuts) - 1, most):
        own = cuts[first : first + most + 1].tolist()
        chosen = order[own[0] : own[-1]]
        X_KNI = np.empty((len(parts), len(chosen), X.shape[1]), X.dtype)
        T_KON = np.empty((len(parts), len(T), len(chosen)), T.dtype)
        for row, part in enumerate(parts):
            X_KNI[row], T_KON[row] = part.X_train.take(chosen, axis=0), part.T_train.take(chosen, axis=1)
        for start, stop in pairwise(own):
            place = slice(start - own[0], stop - own[0])
            yield start, X_KNI[:, place], T_KON[:, :, place]


def share(parts: int) -> int:
    """The bytes of shuffled examples that each of so many parts may take at a time."""
    return min(GATHER_BYTES, _GATHER_BYTES // parts)
