"""The table of a run's trials that several formats write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpsearch.core.trial import Value
from hpsearch.reporting.tables import table

if TYPE_CHECKING:
    from hpsearch.engine.run import Run
    from hpsearch.space import Parameter, Space

Rows = list[list[Value | None]]


def recorded(space: Space) -> list[Parameter]:
    """The parameters of a table's columns; what has one value, as a choice of that."""
    from hpsearch.space import Choice

    return [*space.parameters, *(Choice(name, (value,)) for name, value in space.constants.items())]


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
