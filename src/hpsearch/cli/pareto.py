"""`--pareto A,B`: the trials that no other beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hpsearch.cli.console import out, remark, width
from hpsearch.reporting.wrapping import ranked

if TYPE_CHECKING:
    from hpsearch.config.schema import Search
    from hpsearch.engine.front import Front
    from hpsearch.engine.run import Run


def ranks_by(search: Search) -> str:
    """What ranks, and what every trial records beside it, with their goals."""
    first, *others = [f"{metric.name}, goal: {metric.goal}" for metric in search.metrics]
    if len(search.ranking) > 1:
        return "; ".join(["the fronts of " + first, *others])
    return f"{first}; recorded beside it: {'; '.join(others)}" if others else first


def plot(run: Run, front: Front) -> None:
    """Print the front among all trials that are compared, as characters."""
    from hpsearch.cli import drawing
    from hpsearch.reporting.page.pareto import charts
    from hpsearch.reporting.picture.svg import Part, Picture

    if front.best:
        title = "The trials that are compared"
        drawing.plot([Picture(title, [Part(title, charts(run, front))])])


def list_front(run: Run, top: int) -> None:
    """Print the first `top` of the front, where more than one metric is recorded."""
    from hpsearch.engine.front import front_of
    from hpsearch.reporting.fronts import lines

    if found := list(lines(run, front_of(run), top)):
        out("\n".join(ranked(line, width()) for line in found))


def tell(front: Front, remarks: Sequence[str]) -> None:
    """Say how the front is to be read."""
    if not front.best:
        remark(f"no trial has a value for each of {', '.join(map(str, front.criteria))}")
    for text in remarks:
        remark(text)
