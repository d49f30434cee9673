"""What must be known to read a front: which trials are compared, and what may be chance. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hpsearch.analysis.noise import Noise, noise_beside, of_seeds
from hpsearch.core.words import trials_named
from hpsearch.engine.front import Front, Point
from hpsearch.engine.run import Run

#: So many pairs are named.
_PAIRS = 4


def remarks(run: Run, front: Front) -> list[str]:
    """Sentences without their full stops; none where there is no front."""
    return [*_compared(run, front), *_chances(run, front)] if front.best else []


def _compared(run: Run, front: Front) -> Iterator[str]:
    if front.lacking:
        lacking = trials_named(standing.trial.number for standing in front.lacking)
        verb = "lacks" if len(front.lacking) == 1 else "lack"
        yield f"not compared: {lacking}, which {verb} one of these"
    if front.worsens:
        longest = max(point.standing.epochs for point in front.points)
        yield (
            f"{front.worsens} gets worse with more epochs, so trainings of other lengths do not compare: the front "
            f"is of those of {longest} epochs"
        )
    short = [point.number for point in front.best if point.standing.epochs < run.epochs]
    if short and not front.worsens and not front.has_cost:
        verb, who = ("stands", "it") if len(short) == 1 else ("stand", "they")
        yield (
            f"{trials_named(short)} {verb} on the front by what {who} had reached in fewer than the {run.epochs} "
            f"epochs of a full training"
        )


def _chances(run: Run, front: Front) -> Iterator[str]:
    """Which neighbours differ by no more than other seeds, or other rows, may make a difference."""
    for place, criterion in enumerate(front.criteria):
        noise = _noise(run, front, place)
        if noise and (close := _close(front, place, noise)):
            more = f", and {len(close) - _PAIRS} more pairs" if len(close) > _PAIRS else ""
            yield (
                f"chance alone may part in {criterion} (19 times in 20 equal ones differ by no more; known from "
                f"{noise.source}): trials {', '.join(close[:_PAIRS])}{more}"
            )


def _noise(run: Run, front: Front, place: int) -> Noise | None:
    """How noisy a criterion is; None where nothing tells, or it is no metric."""
    criterion = front.criteria[place]
    if criterion.of != "metric":
        return None
    if criterion.metric.name == run.metric.name:
        return noise_beside(run)
    return of_seeds([again for point in front.points if (again := point.again[place])], criterion.metric)


def _close(front: Front, place: int, noise: Noise) -> list[str]:
    """The neighbours in a criterion that chance alone may part, as `3 and 7`."""
    ordered = sorted(front.best, key=lambda point: point.values[place])
    return [
        f"{one.number} and {other.number}"
        for one, other in pairwise(ordered)
        if other.values[place] - one.values[place] <= noise.chance(_seeds(one, place), _seeds(other, place))
    ]


def _seeds(point: Point, place: int) -> int:
    again = point.again[place]
    return again.seeds if again else 1
