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
    header, rows = table(run.standings, run.space.names)
    more: Rows = [[run.seconds(standing.trial.number), standing.reason or None] for standing in run.standings]
    return [*header, "seconds", "reason"], [[*row, *end] for row, end in zip(rows, more, strict=True)]
