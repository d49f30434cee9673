"""Coarse to fine: quasi-random points first, then around the best ones, within a width that shrinks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.deferred import np
from hpsearch.core.memory import keep_freed_memory
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.durations import Durations
from hpsearch.samplers.earlier import Earlier, Informed, informed
from hpsearch.samplers.likelihood import FREE
from hpsearch.samplers.low_discrepancy import points
from hpsearch.samplers.region import Region, admitted
from hpsearch.samplers.risk import Risk
from hpsearch.samplers.sampler import Evidence, Key, config_key
from hpsearch.samplers.setting import Setting
from hpsearch.samplers.spreading import spread
from hpsearch.samplers.surrogate import Surrogate, standardised
from hpsearch.samplers.untried import admitted_draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"

#: Trials that are spread evenly before any is drawn near another, and results that are needed for that.
OPENING = 8
#: So many of the first trials, every other one, are where an earlier search says, if one gives a hint.
HINTED = 2
FEWEST_RESULTS = 3
#: Candidates for each proposal; then so many times half as many again around the best ten of them.
CANDIDATES = 200
CLOSER_LOOKS, CLOSER, LOOKED_AT = 3, 0.3, 10
#: So many standard deviations of doubt make up for a poorer mean: after full trainings, and after shorter ones, as
#: these do not say who is best in the end. One more where so many are pending, as what the fit predicts of them
#: makes it surer than it may be (Desautels et al., 2014).
CAUTION, CAUTION_BELOW, PENDING_FOR_MORE = 2.0, 3.0, 24
#: What is known as well as after so many readings of it tells nothing new: it is `BEHIND` all that is not.
KNOWN, BEHIND = 4, 1e3
#: From so much noise on, half as much again as is held likely before any result, influence may hide below it: what
#: shows less of it is spread. With less noise, what is small is real, and the best is often at an end.
NOISY = 1.5 * math.exp(FREE.noise[0])
#: The power of the chance of ending well that a point is liked by: 1 loses more trials, and finds less.
SURENESS = 4
#: The fit sees the best points and some of the others: that bounds its cost however long the search.
BEST, OTHERS = 60, 40
#: ... and what was begun last of what is pending: each makes the fit larger, and hundreds already take seconds.
PENDING = 256
#: Draws from the whole space for a trial whose candidates were all tried, before the space is listed.
DRAWS = 64


@SAMPLERS.register("coarse_to_fine", place=0)
@dataclass(frozen=True, slots=True)
class CoarseToFine:
    """Proposes near the best points so far; with `fit`, where a smooth fit of the results likes it best."""

    blind: ClassVar[int | None] = OPENING
    fit: Annotated[
        bool, Setting("whether coarse_to_fine fits a smooth surface to the results", everywhere=True)
    ] = True

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], _trials: int, /) -> Self:
        """`fit` is the only setting."""
        return cls(fit=bool(settings.get("fit", True)))

    @property
    def weighs_seconds(self) -> bool:
        """Whether it heeds what trainings take: the fit does, and without it nothing is weighed."""
        return self.fit

    def propose(
        self, space: Space, evidence: Evidence, streams: Streams, round_number: int, numbers: Sequence[int], /
    ) -> list[Config]:
        """A configuration for each of `numbers`; each knows of the ones before it, and none is tried twice."""
        hint = _Hint.of(space, evidence) if self.fit and evidence.earlier else None
        opening = OPENING - evidence.inherited + evidence.failed + (hint.spoilt if hint else 0)
        near = [number for number in numbers if number >= opening]
        region = belief = None
        if near and evidence.results.finite >= FEWEST_RESULTS:
            region = Region.around(space, evidence.results, OPENING)
            belief = _fitted(space, evidence, streams, round_number, hint) if self.fit else None
        chosen: list[Config] = []
        taken: set[Key] = set()
        for number in numbers:
            around, believed, place = region if number >= opening else None, belief, number
            if hint and around is None:
                around, believed, place = hint.looks(number)
            options = _options(space, around, believed, streams, round_number, number, place)
            config = _first_untried(options, evidence, taken, space)
            if config is None:
                break
            chosen.append(config)
            taken.add(config_key(config))
            if number == numbers[-1]:
                break
            if belief is not None:
                belief = belief.believing(space.encode([config]))
            if hint is not None:
                hint = replace(hint, belief=hint.belief.believing(space.encode([config])))
        return chosen


class _Belief(Struct, frozen=True, eq=False):
    """What is held to be true of points: their losses, and how likely they diverge where any has.

    Attributes:
        best, worst: the lowest and the highest loss that were fitted.
        durations: what a point is weighed by, beside what is wanted of it.
        caution: how many standard deviations of doubt make up for a poorer mean.
    """

    losses: Surrogate | Informed
    risk: Risk | None
    best: float = 0.0
    worst: float = 0.0
    durations: Durations | None = None
    caution: float = CAUTION

    def believing(self, units: Array) -> _Belief:
        """As if the points (k, P) had scored what was predicted there."""
        return replace(self, losses=self.losses.believing(units))

    def awaiting(self, space: Space, evidence: Evidence) -> _Belief:
        """As if what is pending had scored what was predicted, and the more cautious the more that is."""
        pending = evidence.pending[-PENDING:]
        if not pending:
            return self
        caution = self.caution + min(1.0, len(pending) / PENDING_FOR_MORE)
        return replace(self.believing(space.encode(pending)), caution=caution)

    def scores(self, units: Array) -> Array:
        """How much is wanted of points (n, P), the lowest the most.

        The lower confidence bound, mean - caution * sd (Cox and John, 1992); where points have diverged, what it
        leaves to the worst loss, times a power of the chance of ending well. What is known already comes last, or
        counts as if it diverged every other time: rather it again than what is sure to diverge. With `durations`
        what that is below the best loss, or above it, is weighed by the time that it takes.
        """
        mean, doubt = self.losses.predict(units)
        return self._weighed(mean - self.caution * doubt, self._known(doubt), units)

    def expected(self, units: Array, poorer: float) -> Array:
        """How much is wanted of points (n, P), the lowest the most, by means alone; if all were so much poorer."""
        mean, _ = self.losses.predict(units)
        return self._weighed(mean + poorer, np.zeros(len(units), np.bool_), units)

    def spread(self, space: Space, point: Array, rng: np.random.Generator) -> Array:
        """What may be tried in place of a point (P,) as nothing is lost by it: see `spread`. None is known yet.

        There is nothing where an earlier search or the time has a say: what a reading's noise is worth there is
        another thing at every point.
        """
        noise = self.losses.noise
        if noise < NOISY or self.durations or isinstance(self.losses, Informed):
            return point[None][:0]
        found = spread(space, self.expected, math.sqrt(noise), point, rng)
        return found[~self._known(self.losses.predict(found)[1])] if len(found) else found

    def _known(self, doubt: Array) -> NDArray[np.bool_]:
        """Whether what is held to be known with deviations of `doubt` (n,) tells nothing new."""
        return KNOWN * doubt * doubt < self.losses.noise

    def _weighed(self, bound: Array, known: NDArray[np.bool_], units: Array) -> Array:
        """Losses (n,) at `units` (n, P) with all else that they are weighed by."""
        if self.risk is None:
            scores, best = np.where(known, bound + BEHIND, bound), self.best
        else:
            ends_well = self.risk.ends_well(units) * np.where(known, 0.5, 1.0)
            scores = np.minimum(bound - self.worst, 0) * ends_well**SURENESS
            best = self.best - self.worst
        return np.asarray(self.durations.weighed(scores - best, units) if self.durations else scores)


class _Hint(Struct, frozen=True, eq=False):
    """What an earlier search says: where to look for the first trials, in turn with the whole space.

    Attributes:
        correlation: how much it has to do with the results so far.
    """

    earlier: Earlier
    region: Region
    belief: _Belief
    correlation: float

    @classmethod
    def of(cls, space: Space, evidence: Evidence) -> Self:
        """The hint in `evidence`, which has one."""
        earlier = evidence.earlier
        assert earlier is not None
        region = Region.around(space, earlier.results, OPENING)
        belief = _Belief(earlier.alone, None).awaiting(space, evidence)
        return cls(earlier, region, belief, earlier.correlation(evidence.judging))

    @property
    def spoilt(self) -> int:
        """How many trials were begun where it said that say little of the space, as it does not hold here."""
        return 0 if self.correlation else HINTED

    def looks(self, number: int) -> tuple[Region | None, _Belief, int]:
        """Where to look for one of the first trials, or its place among those that are spread evenly."""
        hinted = number % 2 == 0 and number < 2 * HINTED
        return self.region if hinted else None, self.belief, number - min((number + 1) // 2, HINTED)


def _fitted(
    space: Space, evidence: Evidence, streams: Streams, round_number: int, hint: _Hint | None
) -> _Belief:
    """The fit to the best results and a sample of the others; what is pending counts as predicted."""
    keep_freed_memory()
    results = evidence.results
    best, rest = min(BEST, len(results)), max(len(results) - BEST, 0)
    others = np.arange(rest)
    if rest > OTHERS:
        others = streams.generator("fit", round_number).choice(rest, OTHERS, replace=False)
    units, losses = results.at([*range(best), *(best + others).tolist()])
    well = np.isfinite(losses)
    among = results.sample()
    values = standardised(losses[well], among[np.isfinite(among)])
    risk = None if well.all() else Risk.fit(space, units, ~well)
    earlier, correlation = (hint.earlier, hint.correlation) if hint else (None, 0.0)
    fitted = informed(space, units[well], values, earlier, correlation, FREE)
    caution = CAUTION_BELOW if evidence.partial else CAUTION
    ends = float(values.min()), float(values.max())
    return _Belief(fitted, risk, *ends, evidence.durations, caution).awaiting(space, evidence)


def _first_untried(
    options: Iterator[Config], evidence: Evidence, taken: set[Key], space: Space
) -> Config | None:
    """The first of `options` that is new; None where a finite space is exhausted."""
    config = None
    for config in options:
        if config not in evidence.tried and config_key(config) not in taken:
            return config
    # An endless space hides what is left too well: one of its corners may be finite.
    return config if space.size is None else None


def _options(
    space: Space,
    region: Region | None,
    belief: _Belief | None,
    streams: Streams,
    round_number: int,
    number: int,
    place: int,
) -> Iterator[Config]:
    """Configurations that may be tried, the most wanted first; in the end every one of a finite space.

    Without a `region` they begin with the point of that `place` among those that are spread evenly.
    """
    rng = streams.generator("proposal", round_number, number)
    if region is None:
        shift = streams.generator("shift").random(len(space))
        yield from filter(space.admits, space.decode(points([place], len(space), shift)))
    else:
        units = admitted(space, region.draw(rng, CANDIDATES if belief or space.require else 1))
        if belief and len(units):
            units = _ordered(space, region, belief, units, rng)
            units = np.vstack([belief.spread(space, units[0], rng), units])
        yield from _decoded(space, units)
    yield from admitted_draws(space, rng, [DRAWS])
    if space.size is not None:
        yield from space.configurations()


def _decoded(space: Space, units: Array) -> Iterator[Config]:
    """The configurations at the points (n, P), decoded a few at a time.

    Mostly the first is new; but in a finite space that has been tried out around the best, hardly one in a hundred.
    """
    first, count = 0, 1
    while first < len(units):
        yield from space.decode(units[first : first + count])
        first, count = first + count, 4 * count


def _ordered(space: Space, region: Region, belief: _Belief, units: Array, rng: np.random.Generator) -> Array:
    """Candidates (n, P) and more around the best of them, the most wanted first."""
    scores = belief.scores(units)
    for _ in range(CLOSER_LOOKS):
        best = units[np.argsort(scores, kind="stable")[:LOOKED_AT]]
        closer = Region(space, best, CLOSER * region.width, np.ones(best.shape, np.bool_))
        more = admitted(space, closer.draw(rng, CANDIDATES // 2))
        units, scores = np.vstack([units, more]), np.concatenate([scores, belief.scores(more)])
    return np.asarray(units[np.argsort(scores, kind="stable")])
