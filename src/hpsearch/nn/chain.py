"""The rules of an update, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hpsearch.nn.optimizers import Arrays, Rule
from hpsearch.nn.parameters import Array


@dataclass(frozen=True)
class Chain:
    """Rules one after the other, with the hyperparameters of one stack: float64, (K, 1) each,
    or (S, K, 1) for the next S steps.
    """

    rules: Sequence[Rule]
    hyper: Mapping[str, Array]

    def columns(
        self, done: int, steps: int, rows: int, dtype: np.dtype[np.floating]
    ) -> list[list[list[Array]]]:
        """For each of the next `steps` steps after `done`, for each rule, its columns (K, 1) in `dtype`."""
        numbers = np.arange(done + 1, done + steps + 1, dtype=np.float64)[:, None, None]
        table = []
        for rule in self.rules:
            given = rule.columns(numbers, *(self.hyper[name] for name in rule.hyper))
            table.append([np.broadcast_to(column, (steps, rows, 1)).astype(dtype) for column in given])
        return [[[column[step] for column in columns] for columns in table] for step in range(steps)]

    def update(self, arrays: Arrays, columns: Sequence[Sequence[Array]]) -> None:
        """One step of every rule, in place; `columns` is one element of what `columns()` gave."""
        for rule, own in zip(self.rules, columns, strict=True):
            rule.update(arrays, *own)
