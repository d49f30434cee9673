"""Where a network answers fairly although its loss has exploded. Pure."""

from __future__ import annotations

from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

#: A loss so many times that of knowing nothing is no overconfidence any more.
_FAR = 10.0
#: So many of the ranking are looked at.
_HEAD = 10


def exploded(run: Run, standing: Standing) -> bool:
    """Whether a loss of a trial that is done is far above that of knowing nothing, where that is known.

    Nothing may advise going further to where it was found.
    """
    return _worst(run, standing) is not None


def exploded_head(run: Run) -> Verdict | None:
    """The first of the best whose loss has exploded."""
    for standing in run.ranked[:_HEAD]:
        if worst := _worst(run, standing):
            name, value, chance = worst
            number = standing.trial.number
            return Verdict(
                "exploded",
                f"trial {number} ranks {standing.rank} although its {name.replace('_', ' ')} {value:.3g} is "
                f"{value / chance:.0f} times that of knowing nothing ({chance:.2g}): what it does is not to be "
                f"relied on",
                "",
            )
    return None


def _worst(run: Run, standing: Standing) -> tuple[str, float, float] | None:
    """The loss that has exploded, its value, and that of knowing nothing."""
    for name, chance in run.chance.items():
        value = standing.metrics.get(name, 0.0)
        if value > _FAR * chance:
            return name, value, chance
    return None
