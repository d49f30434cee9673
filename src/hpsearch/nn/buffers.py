"""The buffers of a forward and backward pass, allocated once for a stack and a batch size.

Allocating inside the loop would cost more than the arithmetic of a small network. Buffers are contiguous,
because NumPy's exp and tanh take other code (and give other bits) on some strided arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.nn.parameters import Array

if TYPE_CHECKING:
    import numpy.typing as npt


#: Room for one number of any kind.
_ZEROS = bytes(16)


class Buffers:
    """Arrays for K = `rows` networks and batches of B = `batch` examples; `nbytes` of them so far.

    `hyper` has what layers and losses may read: a column (K, 1) by name. `random`: whether any of them draws.
    `dry`: only count the bytes.
    """

    def __init__(
        self,
        rows: int,
        batch: int,
        dtype: npt.DTypeLike,
        *,
        training: bool = True,
        hyper: Mapping[str, Array] | None = None,
        dry: bool = False,
    ) -> None:
        self.rows = rows
        self.batch = batch
        self.dtype = np.dtype(dtype)
        self.training = training
        self.nbytes = 0
        self._dry = dry
        self._hyper = hyper or {}
        self.random = False
        self.rng: np.random.Generator | None = None
        self._shared: dict[tuple[object, ...], Array] = {}
        self._turn = count()

    def column(self, name: str) -> Array | None:
        """A hyperparameter as (K, 1, 1) float64; None where it is not given, or zero for every network."""
        column = self._hyper.get(name)
        return column[:, :, None] if column is not None and column.any() else None

    def alike(self, *columns: Array) -> tuple[Array, ...]:
        """The columns (K, 1, 1); (1, 1, 1) of each where none differs in any of the K, as for folds of a trial."""
        same = not self._dry and all((column == column[:1]).all() for column in columns)
        return tuple(column[:1] for column in columns) if same else columns

    def empty(self, width: int, rows: int | None = None) -> Array:
        """A (K, B, width) buffer of the caller's own; `rows`: in place of K."""
        return self._allocate((rows or self.rows, self.batch, width), self.dtype)

    def small(self, *shape: int) -> Array:
        """A (K, *shape) buffer of the caller's own."""
        return self._allocate((self.rows, *shape), self.dtype)

    def class_major(self, width: int) -> Array:
        """A (K, B, width) buffer of the caller's own that lies in memory as (K, width, B).

        Reductions over a short last axis, such as softmax's, then run along the batch: four times as fast.
        """
        return self._allocate((self.rows, width, self.batch), self.dtype).transpose(0, 2, 1)

    def scratch(self, width: int, which: int = 0) -> Array:
        """A (K, B, width) buffer that anyone may overwrite: use it within one call only."""
        return self._share(("scratch", which), width, self.dtype)

    def mask(self, width: int) -> Array:
        """Like `scratch`, of booleans."""
        return self._share("mask", width, np.bool_)

    def own_mask(self, width: int, rows: int | None = None) -> Array:
        """A (K, B, width) buffer of booleans of the caller's own; `rows`: in place of K."""
        return self._allocate((rows or self.rows, self.batch, width), np.bool_)

    def zeros(self, width: int) -> Array:
        """A (K, B, width) array of zeros to read from: maximum(x, zeros) is four times maximum(x, 0)."""
        zeros = self._share("zeros", width, self.dtype)
        if not self._dry:
            zeros.fill(0)
        return zeros

    def common(self, width: int, value: float) -> Array:
        """A (1, B, width) buffer of the caller's own for all K, full of `value`."""
        buffer = self._allocate((1, self.batch, width), self.dtype)
        if not self._dry:
            buffer.fill(value)
        return buffer

    def uniform(self, width: int) -> Callable[[], Array]:
        """A function that draws from U[0, 1), float32 whatever the dtype: (1, B, width), the same for all K.

        It draws from `rng`, which must be keyed by the step and set before it; `random` is True from now on.
        """
        self.random = True
        drawn = self._allocate((1, self.batch, width), np.float32)

        def draw() -> Array:
            if self.rng is None:
                raise ValueError("this network draws in training; give the pass a generator")
            self.rng.random(dtype=np.float32, out=drawn)
            return drawn

        return draw

    def gradient(self, width: int) -> Array:
        """A (K, B, width) buffer for a gradient on its way down.

        Two sets take turns: what a layer writes never overlaps what it was given.
        """
        return self._share(("gradient", next(self._turn) % 2), width, self.dtype)

    def _share(self, use: object, width: int, dtype: Any) -> Array:
        key = (use, width)
        if key not in self._shared:
            self._shared[key] = self._allocate((self.rows, self.batch, width), dtype)
        return self._shared[key]

    def _allocate(self, shape: tuple[int, ...], dtype: Any) -> Array:
        if self._dry:
            buffer: Array = nothing(shape, dtype)
        else:
            buffer = np.empty(shape, dtype)
        self.nbytes += buffer.nbytes
        return buffer


def nothing(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """An array of any shape that takes no memory, to bind layers to and never to compute with."""
    # A tenth of what broadcasting a zero takes, and a search binds layers to thousands.
    return np.ndarray(shape, dtype, _ZEROS, strides=(0,) * len(shape))
