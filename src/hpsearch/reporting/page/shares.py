"""How much each parameter matters by itself, as far as that can be told."""

from __future__ import annotations

import numpy as np

from hpsearch.core.words import spoken
from hpsearch.reporting.page.axes import Axis, numbers
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, Word, box, shortened
from hpsearch.reporting.page.found import Found, Share
from hpsearch.reporting.page.parts import Block, Column, Facts, Section, Table

_LEFT, _WIDTH, _ROW, _BAR = 330, 900, 46, 26


def shares(found: Found) -> Section | None:
    """A bar for each parameter with its interval, or that there are too few trials."""
    if len(found.run.space) < 2 or not found.run.ranked:
        return None
    lead = (
        "The share of what the metric varies over the space that each parameter explains alone; what is poorer "
        "than the median counts by its logarithm."
    )
    blocks: list[Block] = [Charts([_chart(found)], size="wide")]
    if not found.shares:
        lead, blocks = "", [Facts([("importance", "too few to tell which parameter matters most")])]
    return Section("importance", "Which parameters matter", blocks, lead)


def _chart(found: Found) -> Chart:
    rows = found.shares
    area = Area(_LEFT, 20, _WIDTH, _ROW * len(rows) + 20)
    plot = Plot(area, numbers("share, %", 0, 100), Axis("", (), lambda values: np.asarray(values)))
    marks, words = plot.frame()
    for place, share in enumerate(rows):
        marks += _bar(plot, area.top + 10 + _ROW * place + (_ROW - _BAR) // 2, share)
        y = area.top + 10 + _ROW * place + _ROW // 2 + 8
        words.append(Word(_LEFT - 12, y, shortened(spoken(share.name), _LEFT - 12), "end"))
    said = "; ".join(f"{spoken(one.name)} {_percent(one)}" for one in rows)
    height = area.top + area.height + 80
    return Chart(
        "Importance with its 90 % interval", f"Importance: {said}.", _LEFT + _WIDTH + 20, height, marks, words,
        numbers=_numbers(found),
    )  # fmt: skip


def _bar(plot: Plot, top: int, share: Share) -> list[Mark]:
    start, end, low, high = plot.xs([0, 100 * share.mean, 100 * share.low, 100 * share.high])
    middle = top + _BAR // 2
    whisker = f"M{low} {middle}H{high}M{low} {middle - 7}v14M{high} {middle - 7}v14"
    return [Mark(box(start, top, end, top + _BAR), "bar"), Mark(whisker, "whisker")]


def _percent(share: Share) -> str:
    return f"{100 * share.mean:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f})"


def _numbers(found: Found) -> Table:
    columns = [Column("parameter", numeric=False), Column("share, %"), Column("from"), Column("to")]
    rows = [
        (spoken(one.name), *(f"{100 * value:.0f}" for value in (one.mean, one.low, one.high)))
        for one in found.shares
    ]
    return Table("importance", columns, rows)
