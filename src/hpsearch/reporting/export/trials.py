"""The table of a run's trials that several formats write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hpsearch.core.trial import Epochs, Value
from hpsearch.reporting.tables import table

if TYPE_CHECKING:
    from hpsearch.engine.run import Run
    from hpsearch.space import Parameter, Space

Rows = list[list[Value | None]]


def recorded(space: Space) -> list[Parameter]:
    """The parameters of a table's columns; what has one value, as a choice of that."""
    from hpsearch.space import Choice

    return [*space.parameters, *(Choice(name, (value,)) for name, value in space.constants.items())]


def by_step(points: Mapping[Epochs, float]) -> dict[int, float]:
    """A curve for programs that count whole steps: what was measured within the first epoch, the longest of it, is
    at step 0.

    >>> by_step({0.111: 0.2, 0.333: 0.3, 1: 0.5, 2: 0.6})
    {0: 0.3, 1: 0.5, 2: 0.6}
    """
    return {int(epoch): value for epoch, value in points.items()}


def trials(run: Run) -> tuple[list[str], Rows]:
    """Header and rows: where each trial stands, its metrics and parameters, its seconds, and why it failed."""
    return table(
        run.standings,
        run.space.recorded,
        last={
            "seconds": lambda standing: run.seconds(standing.trial.number),
            "reason": lambda standing: standing.reason or None,
        },
    )
