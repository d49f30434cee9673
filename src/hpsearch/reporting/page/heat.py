"""Two parameters together: the best trial for each pair of values or parts of their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct

from hpsearch.core.trial import Standing
from hpsearch.core.words import spoken
from hpsearch.reporting.page.axes import of_metric
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Section

_SHADES = 6


class Cell(Struct, frozen=True):
    """What a part of both ranges has, with the style of its shade; no text where no trial lies there."""

    text: str
    trials: int
    style: str


class Heat(Struct, frozen=True):
    """A table whose cells are shaded: a row for each part of one parameter, a column for each of the other."""

    template: ClassVar[str] = "heat.html"
    down: str
    across: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]


def heat(found: Found) -> Section | None:
    """The map, of the two that matter most as far as that is known."""
    grid = found.grid
    if grid is None or not found.run.ranked:
        return None
    metric = found.run.metric
    bests = [cell.best for _, row in grid.rows for cell in row if cell.best]
    axis = of_metric("", metric, [best.reading(metric) for best in bests])
    lengths = {best.epochs for best in bests}

    def drawn(trials: int, best: Standing | None) -> Cell:
        if best is None:
            return Cell("", trials, "")
        reading = best.reading(metric)
        place = float(axis.place([reading])[0])
        place = place if metric.goal == "maximize" else 1 - place
        after = f" ({best.epochs})" if len(lengths) > 1 else ""
        return Cell(f"{metric.shown(reading)}{after}", trials, f"h{min(int(place * _SHADES), _SHADES - 1)}")

    rows = [(label, [drawn(cell.trials, cell.best) for cell in row]) for label, row in grid.rows]
    block = Heat(spoken(grid.down), spoken(grid.across), grid.columns, rows)
    lead = f"The best {metric} in each part, below it the number of trials there. {found.why_these}"
    if len(lengths) > 1:
        lead += " In brackets the epochs of that trial: parts whose best was trained for longer look better for it."
    return Section("heat", "Two parameters together", [block], lead)
