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
from hpsearch.samplers.likelihood import FREE
from hpsearch.samplers.region import Region, admitted, snapped
from hpsearch.samplers.results import Results
from hpsearch.space import Space

#: Places looked at for something better: around the best as the search itself looks, and anywhere.
_AROUND, _ANYWHERE = 100, 40
#: Then so often, around so many that promise the most by then, so many more, each time from so much closer.
_STAGES, _PROMISING, _MORE, _NARROWER = 2, 8, 80, 0.4
#: How many of these places are held against what was tried, on how many surfaces that the trials leave possible.
_HELD, _DRAWS = 75, 400
#: Less than this share of what the search has gained since its opening is not worth as many trials again.
_WORTH = 0.005
#: More trials pay where it is so probable that they gain what counts, and hardly where it is less so than that.
_LIKELY, _UNLIKELY = 0.3, 0.1
#: Trials that differ by noise more than this share of their variance do not tell where there is nothing to gain.
_BLIND = 2 / 3


def budget(run: Run) -> Verdict | None:
    """Whether as many trials again (or the rest of those asked for) would raise the best by more than the noise.

    None where it is hard to tell, as it is where trials differ by hardly more than noise: on a plain that none of
    them has left, nothing is known of what lies beyond. Surfaces are drawn that all the trials, with their noise,
    leave possible; on each, the best of the places a search would go to next is held against the best that was
    tried. A lucky reading is no progress: what counts is the value behind it.
    """
    whole = [standing for standing in run.ranked if standing.epochs == run.epochs]
    belief = believed(run, whole, FREE)
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
    probable = (gains > worth).mean()
    if probable >= _LIKELY:
        return Verdict("budget", f"more trials would pay: {said}", _command(run, wanted))
    if probable <= _UNLIKELY and belief.noise_share <= _BLIND:
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
    tried, others = belief.units, _promising(run.space, belief, rng)
    surfaces, noise = belief.draws(np.vstack([tried, others]), _DRAWS, rng)
    surfaces = np.maximum(surfaces, _least(run, belief))
    return surfaces[:, : len(tried)].min(axis=1) - surfaces.min(axis=1), noise


def _promising(space: Space, belief: Belief, rng: np.random.Generator) -> Array:
    """Places (m, P) where a search would go, from coarse to fine: those that may well be the best."""
    region = Region.around(space, Results.of(belief.units, belief.losses), OPENING)
    anywhere = snapped(space, rng.random((_ANYWHERE, len(space))))
    found = admitted(space, np.vstack([region.draw(rng, _AROUND), anywhere]))
    for stage in range(1, _STAGES + 1):
        known = np.vstack([belief.units, found])
        best = known[np.argsort(belief.hopes(known), kind="stable")[:_PROMISING]]
        closer = Region.near(space, best, _NARROWER**stage * region.width)
        found = np.vstack([found, admitted(space, closer.draw(rng, _MORE))])
    return found[np.argsort(belief.hopes(found), kind="stable")[:_HELD]]


def _least(run: Run, belief: Belief) -> float:
    """What no surface is below: where a metric has an ideal value, nothing is to be gained beyond it.

    Percentages and the like, whose readings are better than the ideal of the name, have none.
    """
    ideal = run.metric.ideal
    return belief.place(ideal) if ideal <= belief.losses.min() else -math.inf
