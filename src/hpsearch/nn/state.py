"""What training has reached: enough to go on from, to the bit. A plain .npz on disk, without pickle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from hpsearch.core.errors import DataError
from hpsearch.nn.parameters import Array
from hpsearch.storage.npz import names_in, read_npz

_SLOT = "slot_"
_LOSSES = "losses"
_LABEL = "label"


class State(Struct, frozen=True):
    """A stack of K networks after `epoch` epochs, `steps` updates of each.

    `diverged` (K,): the epoch in which a row diverged, 0 = never; such a row holds NaN from then on.
    `losses` (K, N): within an epoch, which `epoch` has a share of then, those of the N examples that it has taken,
    in its order, each from before its update; None between epochs.
    """

    epoch: float
    steps: int
    parameters: Array
    slots: Mapping[str, Array]
    diverged: npt.NDArray[np.int64]
    losses: Array | None = None

    def select(self, rows: Sequence[int] | npt.NDArray[Any]) -> State:
        """A copy of these rows, in this order."""
        index = np.asarray(rows, dtype=np.intp)
        slots = {name: slot[index] for name, slot in self.slots.items()}
        losses = None if self.losses is None else self.losses[index]
        return State(self.epoch, self.steps, self.parameters[index], slots, self.diverged[index], losses)

    @classmethod
    def concatenate(cls, states: Sequence[State]) -> State:
        """One stack of all rows of `states`; ValueError unless they stand at one step of equal networks."""
        first = states[0]
        if len({(s.epoch, s.steps, s.parameters.shape[1], tuple(s.slots)) for s in states}) != 1:
            raise ValueError("states of different epochs, network sizes or optimizers cannot train together")
        slots = {name: np.concatenate([s.slots[name] for s in states]) for name in first.slots}
        parameters = np.concatenate([s.parameters for s in states])
        diverged = np.concatenate([s.diverged for s in states])
        begun = [s.losses for s in states if s.losses is not None]
        losses = np.concatenate(begun) if begun else None
        return cls(first.epoch, first.steps, parameters, slots, diverged, losses)

    def fits(self, other: State) -> bool:
        """Whether both are states of the same network and optimizer: equal shapes and types of all arrays."""
        mine = {"parameters": self.parameters, **self.slots}
        theirs = {"parameters": other.parameters, **other.slots}
        return (
            self._whole
            and self.diverged.shape == other.diverged.shape
            and {name: (array.shape, array.dtype) for name, array in mine.items()}
            == {name: (array.shape, array.dtype) for name, array in theirs.items()}
        )

    @property
    def _whole(self) -> bool:
        """Whether the losses are there, of as many rows, exactly where an epoch is not over."""
        within = self.epoch != int(self.epoch)
        shape = (0,) if self.losses is None else self.losses.shape[:1]
        return shape == (self.diverged.shape if within else (0,))

    def write(self, file: BinaryIO, label: str = "") -> None:
        """Write to the stream `file`; `label_of` reads the label, which is whatever its owner knows it by."""
        arrays: dict[str, Any] = {_SLOT + name: slot for name, slot in self.slots.items()}
        arrays |= {"epoch": np.array(self.epoch), "steps": np.int64(self.steps), _LABEL: np.array(label)}
        arrays |= {} if self.losses is None else {_LOSSES: self.losses}
        np.savez(file, parameters=self.parameters, diverged=self.diverged, **arrays)

    def save(self, path: Path) -> None:
        """Write to `path`, exactly that name."""
        with path.open("wb") as file:
            self.write(file)

    @classmethod
    def load(cls, path: Path) -> State:
        """What `save` wrote. Raises DataError where the file is something else."""
        names = names_in(path)
        slots = [name for name in names if name.startswith(_SLOT)]
        begun = [_LOSSES] if _LOSSES in names else []
        epoch, steps, *arrays = read_npz(path, ("epoch", "steps", "parameters", "diverged", *begun, *slots))
        kinds = (epoch.dtype.kind, steps.dtype.kind)
        if epoch.shape or steps.shape or kinds != ("f" if begun else "i", "i"):
            raise DataError(
                f"{path}: is no state of a training: its epoch and steps must be whole numbers, but for the epoch "
                f"of one that stands within its first"
            )
        parameters, diverged, *values = arrays
        losses = values.pop(0) if begun else None
        named = {name.removeprefix(_SLOT): value for name, value in zip(slots, values, strict=True)}
        return cls(epoch.item(), int(steps), parameters, named, diverged, losses)


def label_of(path: Path) -> str:
    """The label of the state at `path`. Raises DataError where the file has none."""
    (label,) = read_npz(path, (_LABEL,))
    return str(label)
