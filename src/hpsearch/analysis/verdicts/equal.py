"""Whether the metric told the trials apart at all. Pure."""

from __future__ import annotations

from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

#: Fewer trials can be alike by chance.
_FEWEST = 3


def equal(run: Run) -> Verdict | None:
    """That all trials that are done have one value of the metric; their order is then no ranking."""
    values = {standing.reading(run.metric) for standing in run.ranked}
    if len(run.ranked) < _FEWEST or len(values) > 1:
        return None
    said = f"all {len(run.ranked)} trials that are done have the same {run.metric}, {values.pop():.6g}"
    own = "see that the code uses its parameters, and that this is what it measures"
    return Verdict(
        "equal", f"{said}: {own if run.spec.objective.free else 'it cannot tell which is best'}", ""
    )
