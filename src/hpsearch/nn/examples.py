"""The examples of a training, as the passes of a stack take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hpsearch.nn.network import Network
from hpsearch.nn.parameters import Array

#: Shuffled examples are gathered this many bytes at a time, so that big data is never copied whole.
_GATHER_BYTES = 2 << 20


class Data(Protocol):
    """Examples (N, I) and their labels (N,), for training and for validation."""

    @property
    def X_train(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def y_train(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def X_val(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def y_val(self) -> npt.NDArray[Any]: ...  # noqa: D102


@dataclass(frozen=True)
class Examples:
    """The data in the dtype of the stack; targets (O, N)."""

    X_train: Array
    T_train: Array
    X_val: Array
    T_val: Array

    @classmethod
    def of(cls, data: Data, network: Network, dtype: np.dtype[Any]) -> Examples:
        """The `data` for `network`; ValueError where they do not fit each other."""
        inputs, outputs = network.architecture.inputs, network.architecture.outputs
        for name, X in (("X_train", data.X_train), ("X_val", data.X_val)):
            if X.ndim != 2 or X.shape[1] != inputs or not len(X):
                raise ValueError(
                    f"{name} has shape {X.shape}; the network needs (N, {inputs}) with N at least 1"
                )
        T_train, T_val = (network.loss.targets(y, outputs, dtype) for y in (data.y_train, data.y_val))
        X_train, X_val = (np.ascontiguousarray(X, dtype) for X in (data.X_train, data.X_val))
        return cls(X_train, T_train, X_val, T_val)

    def steps(self, batch_size: int) -> int:
        """Updates per epoch: the last batch may be smaller."""
        return -(-len(self.X_train) // batch_size)

    def batches(self, order: Array, batch_size: int) -> Iterator[tuple[int, Array, Array]]:
        """Contiguous batches of the examples in `order` (N,): (place in the epoch, X_BI, T_OB)."""
        X, T = self.X_train, self.T_train
        gathered = batch_size * max(1, _GATHER_BYTES // (batch_size * X.itemsize * X.shape[1]))
        for begin in range(0, len(order), gathered):
            chosen = order[begin : begin + gathered]
            X_chosen, T_chosen = X.take(chosen, axis=0), T.take(chosen, axis=1)
            for start in range(0, len(chosen), batch_size):
                stop = start + batch_size
                yield begin + start, X_chosen[start:stop], T_chosen[:, start:stop]
