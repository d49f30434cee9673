"""The examples of a training, as the passes of a stack take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from hpsearch.nn.figures import Units
from hpsearch.nn.losses.class_weights import balanced
from hpsearch.nn.network import Network
from hpsearch.nn.parameters import Array

#: Shuffled examples are gathered this many bytes at a time, so that big data is never copied whole.
GATHER_BYTES = 2 << 20

#: Inputs (B, I) -> changed inputs (B, I), for training only.
Change: TypeAlias = Callable[[Array], Array]


class Rows(Protocol):
    """Inputs (N, I) of a float type that are made when they are asked for; an array is one such."""

    @property
    def shape(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def dtype(self) -> np.dtype[Any]: ...  # noqa: D102
    def __len__(self) -> int: ...
    def __getitem__(self, place: slice, /) -> Array: ...
    def take(self, indices: Array, /, axis: int) -> Array: ...  # noqa: D102


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


class Part(Protocol):
    """Like `Data`, and its inputs may be made when they are asked for."""

    @property
    def X_train(self) -> npt.NDArray[Any] | Rows: ...  # noqa: D102
    @property
    def y_train(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def X_val(self) -> npt.NDArray[Any] | Rows: ...  # noqa: D102
    @property
    def y_val(self) -> npt.NDArray[Any]: ...  # noqa: D102


#: Rows of a stack, what they are evaluated on: X, T, and the units of the figures.
Evaluated: TypeAlias = "tuple[slice, Array | Rows, Array, Units | None]"


class Examples(Struct, frozen=True):
    """The data in the dtype of the stack; targets (O, N). `units`: where figures are told on another scale."""

    X_train: Array | Rows
    T_train: Array
    X_val: Array | Rows
    T_val: Array
    units: Units | None = None

    @classmethod
    def of(cls, data: Part, network: Network, dtype: np.dtype[Any], units: Units | None = None) -> Examples:
        """The `data` for `network`; ValueError where they do not fit each other."""
        inputs, outputs = network.architecture.inputs, network.architecture.outputs
        for name, X in (("X_train", data.X_train), ("X_val", data.X_val)):
            if len(X.shape) != 2 or X.shape[1] != inputs or not len(X):
                raise ValueError(
                    f"{name} has shape {X.shape}; the network needs (N, {inputs}) with N at least 1"
                )
        T_train, T_val = (network.loss.targets(y, outputs, dtype) for y in (data.y_train, data.y_val))
        X_train, X_val = (_as_they_come(X, dtype) for X in (data.X_train, data.X_val))
        return cls(X_train, T_train, X_val, T_val, units)

    @property
    def count(self) -> int:
        """The examples of an epoch."""
        return len(self.X_train)

    def class_weights(self, rows: int) -> Array:
        """(K, O): what the loss of each class is multiplied by, for all classes to count alike."""
        return np.broadcast_to(balanced(self.T_train), (rows, len(self.T_train)))

    @property
    def training(self) -> Sequence[Evaluated]:
        """What they learn from."""
        return [(slice(None), self.X_train, self.T_train, self.units)]

    @property
    def validation(self) -> Sequence[Evaluated]:
        """What they are evaluated on."""
        return [(slice(None), self.X_val, self.T_val, self.units)]

    def of_rows(self, rows: Array) -> tuple[Array, Examples]:
        """The order in which a stack should hold these rows, and their examples: the same for all."""
        return rows, self

    def batches(
        self,
        order: Array,
        cuts: npt.NDArray[np.int64],
        changing: Callable[[], Change] | None = None,
        gather: int = GATHER_BYTES,
    ) -> Iterator[tuple[int, Array, Array]]:
        """Contiguous batches of the examples in `order` (N,), cut at `cuts`: (place, X_BI, T_OB).

        What `changing` gives is applied to the inputs, some batches at a time: `gather` bytes.
        """
        X, T = self.X_train, self.T_train
        change = None if changing is None else changing()
        most = gathered(int(cuts[1]), X.dtype.itemsize * X.shape[1], gather)
        for first in range(0, len(cuts) - 1, most):
            own = cuts[first : first + most + 1].tolist()
            chosen = order[own[0] : own[-1]]
            X_chosen, T_chosen = X.take(chosen, axis=0), T.take(chosen, axis=1)
            if change is not None:
                X_chosen = change(X_chosen)
            for start, stop in pairwise(own):
                place = slice(start - own[0], stop - own[0])
                yield start, X_chosen[place], T_chosen[:, place]


def cuts(count: int, batch_size: int, smallest: int) -> npt.NDArray[np.int64]:
    """Where the batches of `count` examples begin and end: each of `batch_size`, the last perhaps smaller; one that
    would be smaller than `smallest` is added to the batch before it.

    >>> cuts(10, 4, 1).tolist(), cuts(9, 4, 2).tolist(), cuts(3, 4, 1).tolist()
    ([0, 4, 8, 10], [0, 4, 9], [0, 3])
    """
    ends = np.arange(0, count, batch_size)
    if len(ends) > 1 and count - ends[-1] < smallest:
        ends = ends[:-1]
    return np.append(ends, count)


def steps_in(epochs: float, per_epoch: int) -> int:
    """How many steps so many epochs of `per_epoch` steps have; a share of an epoch has at least one.

    >>> [steps_in(epochs, 40) for epochs in (0, 2, 1, 0.5, 0.06, 0.001)]
    [0, 80, 40, 20, 2, 1]
    """
    whole = int(epochs)
    share = max(1, round((epochs - whole) * per_epoch)) if epochs > whole else 0
    return whole * per_epoch + share


def gathered(batch_size: int, row_bytes: int, gather: int = GATHER_BYTES) -> int:
    """How many batches are gathered at a time, `gather` bytes; at least one."""
    return max(1, gather // (batch_size * row_bytes))


def _as_they_come(X: npt.NDArray[Any] | Rows, dtype: np.dtype[Any]) -> Array | Rows:
    return np.ascontiguousarray(X, dtype) if isinstance(X, np.ndarray) else X
