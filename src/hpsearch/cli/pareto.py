"""`--pareto A,B`: the trials that no other beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hpsearch.cli.console import remark

if TYPE_CHECKING:
    from hpsearch.engine.front import Front
    from hpsearch.engine.run import Run


def plot(run: Run, front: Front) -> None:
    """Print the front among all trials that are compared, as characters."""
    from hpsearch.cli import drawing
    from hpsearch.reporting.page.pareto import charts
    from hpsearch.reporting.picture.svg import Part, Picture

    if front.best:
        title = "The trials that are compared"
        drawing.plot([Picture(title, [Part(title, charts(run, front))])])


def tell(front: Front, remarks: Sequence[str]) -> None:
    """Say how the front is to be read."""
    if not front.best:
        remark(f"no trial has a value for each of {', '.join(map(str, front.criteria))}")
    for text in remarks:
        remark(text)
