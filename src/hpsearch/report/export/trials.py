"""The table of a run's trials that several formats write."""

from __future__ import annotations

from hpsearch.core.trial import Value
from hpsearch.report.export.contents import Contents
from hpsearch.report.text import table

Rows = list[list[Value | None]]


def trials(contents: Contents) -> tuple[list[str], Rows]:
    """Header and rows: where each trial stands, its metrics and parameters, its seconds, and why it failed."""
    header, rows = table(contents.standings, contents.space.names)
    more: Rows = [
        [contents.seconds(standing.trial.number), standing.reason or None] for standing in contents.standings
    ]
    return [*header, "seconds", "reason"], [[*row, *end] for row, end in zip(rows, more, strict=True)]
