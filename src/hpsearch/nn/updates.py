"""The rules of an update, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from hpsearch.nn.optimizers import Arrays, Rule
from hpsearch.nn.parameters import Array

#: Steps whose columns are made together: enough that it costs next to nothing, few enough for any epoch.
BLOCK = 256


class Chain(Struct, frozen=True):
    """Rules one after the other, with the hyperparameters of one stack: float64, (K, 1) each.

    `factors(done, steps)`: what the learning rate is multiplied by in the `steps` steps after `done`, (S, K, 1);
    None: it is constant.
    """

    rules: Sequence[Rule]
    hyper: Mapping[str, Array]
    factors: Callable[[int, int], Array] | None = None

    def columns(
        self, done: int, steps: int, rows: int, dtype: np.dtype[np.floating]
    ) -> Iterator[list[list[Array]]]:
        """For each of the next `steps` steps after `done`, for each rule, its columns (K, 1) in `dtype`."""
        for first in range(done, done + steps, BLOCK):
            yield from self._block(first, min(BLOCK, done + steps - first), rows, dtype)

    def _block(
        self, done: int, steps: int, rows: int, dtype: np.dtype[np.floating]
    ) -> list[list[list[Array]]]:
        hyper = dict(self.hyper)
        if self.factors is not None:
            hyper["lr"] = hyper["lr"] * self.factors(done, steps)
        numbers = np.arange(done + 1, done + steps + 1, dtype=np.float64)[:, None, None]
        table = []
        for rule in self.rules:
            given = rule.columns(numbers, *(hyper[name] for name in rule.hyper))
            table.append([np.broadcast_to(column, (steps, rows, 1)).astype(dtype) for column in given])
        return [[[column[step] for column in columns] for columns in table] for step in range(steps)]

    def update(self, arrays: Arrays, columns: Sequence[Sequence[Array]]) -> None:
        """One step of every rule, in place; `columns` is one of what `columns()` gives."""
        for rule, own in zip(self.rules, columns, strict=True):
            rule.update(arrays, *own)
