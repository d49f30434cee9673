"""Whether the metric told the trials apart at all. Pure."""

from __future__ import annotations

from collections import Counter

from hpsearch.core.trial import Epochs
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

#: Fewer trials can be alike by chance.
_FEWEST = 3


def equal(run: Run) -> Verdict | None:
    """That all trials that are done have one value of the metric, or one after each number of epochs.

    Their order is then no ranking, or one by length alone.
    """
    value_after: dict[Epochs, float] = {}
    for standing in run.ranked:
        reading = standing.reading(run.metric)
        if value_after.setdefault(standing.epochs, reading) != reading:
            return None  # of a million trials the first few tell
    values = set(value_after.values())
    one = len(values) == 1
    alike = Counter(standing.epochs for standing in run.ranked)
    if (len(run.ranked) if one else max(alike.values(), default=0)) < _FEWEST:
        return None
    after = f", {values.pop():.6g}" if one else " after equally many epochs"
    own = "see that the code uses its parameters, and that this is what it measures"
    return Verdict(
        "equal",
        f"all {len(run.ranked)} trials that are done have the same {run.metric}{after}: "
        f"{own if run.spec.objective.free else 'it cannot tell which is best'}",
        "",
    )
