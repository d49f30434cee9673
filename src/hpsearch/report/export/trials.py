"""The table of a run's trials that several formats write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpsearch.core.trial import Value
from hpsearch.report.tables import table

if TYPE_CHECKING:
    from hpsearch.engine.run import Run

Rows = list[list[Value | None]]


def trials(run: Run) -> tuple[list[str], Rows]:
    """Header and rows: where each trial stands, its metrics and parameters, its seconds, and why it failed."""
    return table(
        run.standings,
        run.space.names,
        last={
            "seconds": lambda standing: run.seconds(standing.trial.number),
            "reason": lambda standing: standing.reason or None,
        },
    )
