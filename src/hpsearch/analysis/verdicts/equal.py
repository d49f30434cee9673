"""Whether the metric told the trials apart at all. Pure."""

from __future__ import annotations

from collections import Counter

from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

#: Fewer trials can be alike by chance.
_FEWEST = 3


def equal(run: Run) -> Verdict | None:
    """That all trials that are done have one value of the metric, or one after each number of epochs.

    Their order is then no ranking, or one by length alone.
    """
    readings = Counter((standing.epochs, standing.reading(run.metric)) for standing in run.ranked)
    values = {value for _, value in readings}
    one = len(values) == 1
    most = len(run.ranked) if one else max(readings.values(), default=0)
    if most < _FEWEST or not (one or len(readings) == len({epochs for epochs, _ in readings})):
        return None
    after = f", {values.pop():.6g}" if one else " after equally many epochs"
    own = "see that the code uses its parameters, and that this is what it measures"
    return Verdict(
        "equal",
        f"all {len(run.ranked)} trials that are done have the same {run.metric}{after}: "
        f"{own if run.spec.objective.free else 'it cannot tell which is best'}",
        "",
    )
