"""Whether more trials would pay. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hpsearch.analysis.belief import Array, Belief
from hpsearch.analysis.noise import believed, readings
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run
from hpsearch.samplers.coarse_to_fine import OPENING
from hpsearch.samplers.region import Region, admitted, snapped
from hpsearch.samplers.results import Results

#: Places looked at for something better: around the best as the search itself looks, closer, and anywhere.
_AROUND, _CLOSER, _ANYWHERE = 100, 60, 40
#: How much closer, and how many surfaces are drawn that the trials leave possible.
_NARROWER, _DRAWS = 0.3, 400
#: Less than this share of what the search has gained since its opening is not worth as many trials again.
_WORTH = 0.005
#: More trials pay where a gain beyond so much of the noise is so probable, and hardly where a whole one is not.
_SOME, _LIKELY, _UNLIKELY = 0.5, 0.6, 0.1


def budget(run: Run) -> Verdict | None:
    """Whether as many trials again (or the rest of those asked for) would raise the best by more than the noise.

    None where it is hard to tell. Surfaces are drawn that all the trials, with their noise, leave possible; on
    each, the best of the places a search would go to next is held against the best that was tried. A lucky reading
    is no progress: what counts is the value behind it.
    """
    whole = [standing for standing in run.ranked if standing.epochs == run.epochs]
    belief = believed(run, whole)
    if belief is None:
        return None
    gains, noise = _gains(run, belief)
    worth = np.maximum(noise, _WORTH * _gained(run, whole))
    tried = len(run.trials)
    wanted = _wanted(run, tried)
    low, high = np.quantile(gains, (0.05, 0.95)).tolist()
    unit = float(np.median(worth))
    ends = [_amount(end, unit) for end in (low, high)]
    gain = "nothing" if ends == ["0", "0"] else " to ".join(ends)
    said = (
        f"the best {run.metric} has {gain} to gain from {wanted - tried} more, "
        f"where {unit:.2g} is {_meaning(worth, noise)}"
    )
    if (gains > _SOME * worth).mean() >= _LIKELY:
        return Verdict("budget", f"more trials would pay: {said}", _command(run, wanted))
    if (gains > worth).mean() <= _UNLIKELY:
        return Verdict("budget", f"more trials would hardly pay: {said}", "")
    return None


def _wanted(run: Run, tried: int) -> int:
    """As many trials again, or all that were asked for if that is more; never more than the space holds."""
    wanted = max(2 * tried, run.spec.search.trials)
    return wanted if run.space.size is None else min(wanted, run.space.size - run.inherited)


def _command(run: Run, wanted: int) -> str:
    trials = f" --trials {wanted}" if wanted > run.spec.search.trials else ""
    target = " --set search.target=" if run.ending == "target" else ""
    return f"hpsearch resume {run.folder.argument}{trials}{target}"


def _gained(run: Run, standings: Sequence[Standing]) -> float:
    """By how much the best of these trials is better than the median of the first ones."""
    losses = readings(run, standings)[0]
    numbers = [standing.trial.number for standing in standings]
    return float(np.median(losses[np.argsort(numbers)[:OPENING]]) - losses.min())


def _amount(gain: float, unit: float) -> str:
    """A gain in words; what is less than a hundredth of what counts is nothing.

    >>> _amount(0.0123, 0.01), _amount(0.00001, 0.01)
    ('0.012', '0')
    """
    return "0" if gain < unit / 100 else f"{gain:.2g}"


def _meaning(worth: Array, noise: Array) -> str:
    """What the least gain is that counts."""
    return (
        "the noise of a reading"
        if (noise == worth).mean() > 0.5
        else f"{100 * _WORTH:.1g} % of what was gained so far"
    )


def _gains(run: Run, belief: Belief) -> tuple[Array, Array]:
    """What there is to gain on each of the surfaces drawn, and the noise of a reading on it: both (S,)."""
    rng = Streams(run.spec.seed).generator("verdict")
    tried = belief.units
    region = Region.around(run.space, Results.of(tried, belief.losses), OPENING)
    closer = Region(run.space, region.elites, _NARROWER * region.width, region.active)
    anywhere = snapped(run.space, rng.random((_ANYWHERE, len(run.space))))
    others = np.vstack([region.draw(rng, _AROUND), closer.draw(rng, _CLOSER), anywhere])
    surfaces, noise = belief.draws(np.vstack([tried, admitted(run.space, others)]), _DRAWS, rng)
    surfaces = np.maximum(surfaces, _least(run, belief))
    return surfaces[:, : len(tried)].min(axis=1) - surfaces.min(axis=1), noise


def _least(run: Run, belief: Belief) -> float:
    """What no surface is below: where a metric has an ideal value, nothing is to be gained beyond it.

    Percentages and the like, whose readings are better than the ideal of the name, have none.
    """
    ideal = run.metric.ideal
    return belief.place(ideal) if ideal <= belief.losses.min() else -math.inf
