"""What there is to choose between, where more than one metric is recorded. Pure."""

from __future__ import annotations

from shlex import quote

from hpsearch.analysis.tradeoffs import remarks
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import trials_named
from hpsearch.engine.front import front_of
from hpsearch.engine.run import Run


def tradeoffs(run: Run) -> Verdict | None:
    """Which trials no other beats, and what must be known to read that."""
    front = front_of(run)
    if front is None or not front.best:
        return None
    names = ",".join(criterion.metric.name for criterion in front.criteria)
    beaten = f"no other beats {trials_named(point.number for point in front.best)}"
    return Verdict(
        "front",
        "; ".join([f"by {' and '.join(map(str, front.criteria))} {beaten}", *remarks(run, front)]),
        f"hpsearch show {run.folder.argument} --pareto {quote(names)}",
    )
