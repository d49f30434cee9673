"""What a loss is: what it compares with, its value per example, and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from hpsearch.core.registry import Registry, object_with
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.figures import Task
from hpsearch.nn.parameters import Array

if TYPE_CHECKING:
    import numpy.typing as npt

#: `(Z_KBO, T_OB, losses_KB) -> dZ_KBO`: writes the loss of each example, and gives the gradient of their
#: mean over the batch. Z is overwritten.
Compare: TypeAlias = Callable[[Array, Array, Array], Array]


class Loss(Protocol):
    """What is minimised. `tasks`: what a network may be for that minimises it."""

    tasks: ClassVar[tuple[Task, ...]]

    def targets(self, y: npt.NDArray[Any], outputs: int, dtype: npt.DTypeLike) -> Array:
        """T_ON for the labels or values y (N,); ValueError where they do not fit the `outputs`."""
        ...

    def bind(self, buffers: Buffers, outputs: int) -> Compare:
        """The loss on the buffers of one batch size."""
        ...


LOSSES = Registry[Loss](
    "loss", "hpsearch.nn.losses", group="losses", fits=object_with("tasks", "targets", "bind")
)


def losses_of(task: Task) -> list[str]:
    """The names of our losses of a network for `task`.

    >>> losses_of("regression")
    ['mse', 'mae']
    """
    return [name for name, loss in LOSSES.built_in.items() if task in loss.tasks]


def said_to_take(names: list[str]) -> str:
    """Some of which one is to be taken, as it is said.

    >>> said_to_take(["mse", "mae"]), said_to_take(["mse", "mae", "huber"])
    ('mse or mae', 'mse, mae or huber')
    """
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
