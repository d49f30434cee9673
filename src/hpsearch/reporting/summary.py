"""What is told of a run with many trials, in little room: its best, its counts and what to do next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run
from hpsearch.reporting import document, text
from hpsearch.reporting.tables import Columns, columns_of

#: So many of the best trials are in a summary.
BEST = 100


class Summary(Struct, frozen=True):
    """A run as `show` tells it, but for what is another from one moment to the next.

    `best` are the first of the ranking, `columns` those that the standings of all trials have. `ill` says how many
    did not end well, `learned` what was learned from other runs. `data` is the document without the best trials.
    """

    best: tuple[Standing, ...]
    columns: Columns
    ill: str
    learned: tuple[str, ...]
    deaths: int
    ending: str
    verdicts: tuple[Verdict, ...]
    data: dict[str, Any]


def summary_of(run: Run, verdicts: Sequence[Verdict], columns: Columns | None = None) -> Summary:
    """That of a run, and of what to do next; `columns` are those of its standings, where they are known."""
    return Summary(
        tuple(run.ranked[:BEST]),
        columns or columns_of(run.standings),
        text.failures(run.standings),
        tuple(map(text.lesson, run.learned)),
        run.deaths,
        run.ending,
        tuple(verdicts),
        document.document(run, (), verdicts),
    )
