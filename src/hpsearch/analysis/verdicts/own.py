"""How the configurations did that their user had tried first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hpsearch.analysis.verdicts.ties import NEAR, is_ahead, tied
from hpsearch.config import build_space
from hpsearch.config.enqueue import enqueued
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run
from hpsearch.samplers.queue import queued
from hpsearch.samplers.sampler import config_key

#: Behind so many others nothing is said of chance: what to compare with grows with each of them.
_FARTHEST = 1000


def own(run: Run) -> Verdict | None:
    """The rank of the best of them, and whether the best of all is ahead; None where there are none."""
    count = len(run.spec.search.enqueue)
    if not count:
        return None
    tried = _tried(run)
    if not tried:
        return None
    whose = "your own settings" if count == 1 else f"the best of your {count} own settings"
    first, missing = tried[0], count - len(tried)
    lacking = f"; {missing} of them {'has' if missing == 1 else 'have'} no result" if missing else ""
    if first.rank is None:
        none = "your own settings did not end well" if count == 1 else "none of your own settings ended well"
        return Verdict("own", f"{none}: {_endings(tried)}{lacking}", "")
    value = run.metric.shown(first.value(run.metric))
    after = f" after {first.epochs} of {run.epochs} epochs" if first.epochs < run.epochs else ""
    said = f"{whose}: rank {first.rank} of {len(run.ranked)}, {value}{after}{_beside_the_best(run, first)}{lacking}"
    return Verdict("own", said, "")


def _tried(run: Run) -> list[Standing]:
    """Where they stand: as the first trials of the search, or taken over with others of an earlier one."""
    if not run.reused:
        return [
            standing for standing in run.standings if standing.trial.number < len(run.spec.search.enqueue)
        ]
    space = build_space(run.spec)
    own = {config_key(config) for config in queued(space, enqueued(run.spec, space), Streams(run.spec.seed))}
    among = len(run.reused) + len(own)
    return [
        standing
        for standing in run.standings
        if standing.trial.number < among and config_key(standing.trial.config) in own
    ]


def _endings(lost: Sequence[Standing]) -> str:
    """How those ended that did not end well: `diverged`, or how many did in which way."""
    ways = Counter(standing.status for standing in lost)
    return next(iter(ways)) if len(ways) == 1 else ", ".join(f"{count} {way}" for way, count in ways.items())


def _beside_the_best(run: Run, standing: Standing) -> str:
    """Whether the first is ahead of another, as far as that can be told: both were trained as long."""
    place = (standing.rank or 1) - 1
    if not 0 < place < _FARTHEST or standing.epochs != run.ranked[0].epochs:
        return ""
    if place in tied(run, max(NEAR, place + 1)):
        return "; tied with the best"
    return "; the best is ahead by more than chance" if is_ahead(run, place) else ""
