"""What is reported of a network besides its loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.core.goals import Goal
from hpsearch.core.registry import Registry
from hpsearch.nn.parameters import Array

if TYPE_CHECKING:
    import numpy.typing as npt

Task = Literal["classification", "regression"]
#: What a figure of the validation part is called, before its own name.
OF_VALIDATION = "val_"


class Units(Protocol):
    """What leads from the scale on which numbers are learned to that on which figures are told."""

    def true(self, learned: Array, /) -> Array: ...  # noqa: D102
    def predicted(self, outputs: Array, /) -> Array: ...  # noqa: D102


def row_means(values: Array) -> npt.NDArray[np.float64]:
    """The mean of each row (K, N) -> (K,) in float64, row by row: the sum's order must not depend on K."""
    return np.array([row.mean(dtype=np.float64) for row in values])


def class_numbers(T_ON: Array) -> npt.NDArray[np.int64]:
    """(N,) the class of each example whose targets are 1 for it, and else 0; argmax would copy them first."""
    numbers: npt.NDArray[np.int64] = (np.arange(len(T_ON), dtype=T_ON.dtype) @ T_ON).astype(np.int64)
    return numbers


def _means(values_KN: Array, _: Array) -> Array:
    return row_means(values_KN)


class Figure(Struct, frozen=True):
    """A figure of an evaluation of a network for `task`: `finish` makes it of what `each` gives of every example.

    `each(Z_KBO, T_OB) -> (K, B)`, of a block of examples; `finish(values (K, N), T_ON) -> (K,)`, of all: their mean
    unless it says otherwise. `goal`: which way it is better.

    `parts(O)`: how many numbers S `each` gives of an example, (K, S, B), where it is more than one.
    `always`: it is reported whatever ranks; the others are worth their time only where they rank.
    `in_units`: it grows as the numbers to come close to do, and is told in their units.
    """

    task: Task
    each: Callable[[Array, Array], Array]
    finish: Callable[[Array, Array], Array] = _means
    goal: Goal = "maximize"
    parts: Callable[[int], int] | None = None
    always: bool = False
    in_units: bool = False

    def numbers(self, outputs: int) -> int:
        """How many numbers are kept of each example until the figure is finished."""
        return self.parts(outputs) if self.parts else 1

    def values(self, rows: int, examples: int, outputs: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """What `each` gives of all examples, not filled in yet: (K, N) or (K, S, N)."""
        between = () if self.parts is None else (self.parts(outputs),)
        return np.empty((rows, *between, examples), dtype)


FIGURES = Registry[Figure]("figure", "hpsearch.nn.figures")


def figures_of(task: Task) -> Mapping[str, Figure]:
    """What can be reported besides the loss where the network is for `task`, by name; the first ranks by itself.

    >>> [*figures_of("classification")]
    ['acc', 'auc', 'f1', 'balanced_acc', 'log_loss']
    >>> [*figures_of("regression")]
    ['r2', 'mae', 'rmse']
    """
    return {name: FIGURES[name] for name in FIGURES if FIGURES[name].task == task}


def asked_for(*metrics: str) -> tuple[str, ...]:
    """The figures that are computed because they are asked for: those that are reported anyway are none of them.

    >>> asked_for("val_auc", "val_acc"), asked_for("val_loss")
    (('auc',), ())
    """
    return tuple(name for metric in metrics if (name := _asked(metric)))


def _asked(metric: str) -> str:
    name = metric.removeprefix(OF_VALIDATION)
    known = metric.startswith(OF_VALIDATION) and name in FIGURES and not FIGURES[name].always
    return name if known else ""
