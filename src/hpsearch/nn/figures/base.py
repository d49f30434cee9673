"""What is reported of a network besides its loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from hpsearch.core.goals import Goal
from hpsearch.core.registry import Registry
from hpsearch.nn.parameters import Array

Task = Literal["classification", "regression"]


@dataclass(frozen=True)
class Figure:
    """A figure of an evaluation of a network for `task`: `finish` makes it of the mean over the examples of what
    `each` gives.

    `each(Z_KBO, T_OB) -> (K, B)`; `finish(means (K,), T_ON) -> (K,)`; `goal`: which way it is better.
    """

    task: Task
    each: Callable[[Array, Array], Array]
    finish: Callable[[Array, Array], Array] = lambda means, _: means
    goal: Goal = "maximize"


FIGURES = Registry[Figure]("figure", "hpsearch.nn.figures")


def figures_of(task: Task) -> Mapping[str, Figure]:
    """What is reported besides the loss where the network is for `task`, by name; the first ranks by itself.

    >>> [*figures_of("classification")], [*figures_of("regression")]
    (['acc'], ['r2'])
    """
    return {name: FIGURES[name] for name in FIGURES if FIGURES[name].task == task}
