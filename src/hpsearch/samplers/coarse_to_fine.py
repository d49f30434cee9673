"""Coarse to fine: quasi-random points first, then around the best ones, within a width that shrinks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hpsearch.randomness import Streams
from hpsearch.samplers import SAMPLERS, Evidence, config_key
from hpsearch.samplers.surrogate import Metric, Surrogate, standardised
from hpsearch.space import Space
from hpsearch.trial import Config

Array = NDArray[np.float64]

UNIFORM = 0.10
CANDIDATES = 200
CAUTION = 1.5
BEST, OTHERS = 60, 40


@SAMPLERS.register("coarse_to_fine")
@dataclass(frozen=True, slots=True)
class CoarseToFine:
    """Proposes near the best points so far, where a smooth fit likes it best."""

    fit: bool = True

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], trials: int, /) -> Self:
        return cls(fit=bool(settings.get("fit", True)))

    def propose(
        self, space: Space, evidence: Evidence, streams: Streams, round_number: int, numbers: Sequence[int], /
    ) -> list[Config]:
        opening = max(6, len(space) + 4)
        region = Region.around(space, evidence, opening) if np.isfinite(evidence.losses).sum() >= 3 else None
        surrogate = None
        if self.fit and region is not None and numbers[-1] >= opening:
            surrogate = self._fit(space, evidence, streams, round_number)
        chosen: list[Config] = []
        taken = set()
        for number in numbers:
            rng = streams.generator("proposal", round_number, number)
            if space.size is not None and evidence.tried.distinct + len(taken) >= space.size:
                break
            options = self._options(
                space, region if number >= opening else None, surrogate, streams, number, rng
            )
            for config in options:
                key = config_key(config)
                if key not in taken and config not in evidence.tried:
                    break
            chosen.append(config)
            taken.add(key)
            if surrogate is not None:
                surrogate = surrogate.believing(space.encode([config]))
        return chosen

    def _fit(self, space, evidence, streams, round_number):
        order = np.argsort(evidence.losses, kind="stable")
        rest = order[BEST:]
        if len(rest) > OTHERS:
            rest = streams.generator("fit", round_number).choice(rest, OTHERS, replace=False)
        rows = np.concatenate([order[:BEST], rest])
        metric = Metric(np.array([p.kind == "categorical" for p in space.parameters]))
        return Surrogate.fit(metric, evidence.units[rows], standardised(evidence.losses)[rows])

    def _options(self, space, region, surrogate, streams, number, rng) -> Iterator[Config]:
        if region is None:
            from hpsearch.samplers.low_discrepancy import points

            yield space.decode(points([number], len(space), streams.generator("shift").random(len(space))))[0]
        elif rng.random() >= UNIFORM:
            candidates = snap(space, region.draw(rng, CANDIDATES if surrogate else 1))
            if surrogate is not None:
                mean, sd = surrogate.predict(candidates)
                candidates = candidates[np.argsort(mean - CAUTION * sd, kind="stable")]
            for row in range(len(candidates)):
                yield space.decode(candidates[row : row + 1])[0]
        yield from space.decode(rng.random((64, len(space))))
        yield from space.configurations()


def snap(space, units):
    out = units.copy()
    for k, p in enumerate(space.parameters):
        if p.size is not None:
            out[:, k] = p.ladder.units(p.ladder.indices(units[:, k]))
    if space._conditional:
        return space.encode(space.decode(out))
    return out


@dataclass(frozen=True, eq=False, slots=True)
class Region:
    space: Space
    elites: Array
    width: float
    active: NDArray[np.bool_]

    @classmethod
    def around(cls, space, evidence, opening):
        n = len(evidence.losses)
        k = max(2, round(n**0.5))
        best = np.argsort(evidence.losses, kind="stable")[:k]
        best = best[np.isfinite(evidence.losses[best])]
        width = max(0.01, 0.3 * (opening / max(n, opening)) ** 0.5)
        elites = evidence.units[best]
        active = np.array([[name in c for name in space.names] for c in space.decode(elites)])
        return cls(space, elites, width, active)

    def draw(self, rng, count):
        k, P = self.elites.shape
        odds = 1 / np.arange(1, k + 1)
        rows = rng.choice(k, count, p=odds / odds.sum())
        base = self.elites[rows]
        moves = rng.random((count, P)) < 0.5
        moves[np.arange(count), rng.integers(P, size=count)] |= ~moves.any(axis=1)
        steps = rng.normal(0, self.width, (count, P))
        push = rng.random((count, P)) < 0.5
        fresh = rng.random((count, P))
        out = np.where(moves, np.clip(base + steps, 0, 1), base)
        for k, p in enumerate(self.space.parameters):
            if p.kind == "categorical":
                redraw = rng.random(count) < np.clip(1.5 * self.width, 0.1, 0.5)
                out[:, k] = np.where(redraw, fresh[:, k], base[:, k])
            elif p.size is not None:
                index, old = p.ladder.indices(out[:, k]), p.ladder.indices(base[:, k])
                stuck = moves[:, k] & push[:, k] & (index == old)
                index = np.clip(index + np.where(stuck, np.sign(steps[:, k]), 0).astype(int), 0, p.size - 1)
                out[:, k] = np.where(stuck, p.ladder.units(index), out[:, k])
        return np.where(self.active[rows], out, fresh)
