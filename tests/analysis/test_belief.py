"""What the trials of a search let one believe: the fits that it rests on are the best there are."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.analysis.belief import Answer, Array, Belief
from hpsearch.samplers.axes import Axes
from hpsearch.samplers.likelihood import FREE, LOSSES, Climb, Prior, improbability, most_likely
from hpsearch.samplers.surrogate import Surrogate
from hpsearch.space import Linear, Real, Space

SPACE = Space([Real(name, Linear(0, 1)) for name in "abcd"])
#: Logs of the noise's variance that climbs from everywhere begin near.
LEVELS = (-12.0, -9.0, -6.0, -3.0, 0.0)


def searched(seed: int, noise: float, count: int = 40) -> tuple[Array, Array]:
    """Where a search looks (n, 4), from coarse to fine, and losses (n,): a bowl in two of four parameters."""
    rng = np.random.default_rng(seed)
    best = rng.uniform(0.2, 0.8, 4)
    moved = rng.standard_normal((count, 4)) * (rng.random((count, 4)) < 0.5)
    units = np.clip(best + 0.45 * np.geomspace(1, 0.02, count)[:, None] * moved, 0, 1)
    units[:8] = rng.random((8, 4))
    bowl = np.minimum(1, 1.2 * ((units - best) ** 2)[:, :2].sum(1))
    return units, bowl + noise * bowl.std() * rng.standard_normal(count)


def cost(belief: Belief, theta: Array) -> float:
    """Minus the log posterior of scales, with the noise as uncertain as `Belief.of` has it."""
    prior = Prior(noise=(-5.0, 3.0)).of(len(SPACE))
    return improbability(theta, Axes.of(SPACE).squares(belief.units), belief.values, prior)[0]


def climbed(belief: Belief, level: float, start: Array) -> Array:
    """Where a climb ends that begins there, with the noise held near a level."""
    prior = Prior(noise=(level, 0.3)).of(len(SPACE))
    return most_likely(Axes.of(SPACE).squares(belief.units), belief.values, prior, Climb.at(start, prior))


def from_everywhere(belief: Belief, starts: int = 6) -> float:
    """The least cost that climbs from all over the prior of the lengths end at, at any level of the noise."""
    rng = np.random.default_rng(1)
    lengths = Prior().of(len(SPACE))[:-1]
    begun = lengths[:, 0] + 2 * lengths[:, 1] * rng.uniform(-1, 1, (starts, len(lengths)))
    return min(
        cost(belief, climbed(belief, level, np.append(row, level))) for level in LEVELS for row in begun
    )


def believed(seed: int, noise: float) -> Belief:
    units, losses = searched(seed, noise)
    belief = Belief.of(SPACE, units, losses, np.ones(len(losses)))
    assert belief is not None
    return belief


@pytest.mark.parametrize("noise", [0.0, 1.0], ids=["no noise", "noise as large as what is behind it"])
@pytest.mark.parametrize("seed", [1, 3])
def test_the_best_fit_is_as_likely_as_the_best_of_climbs_from_everywhere(seed: int, noise: float) -> None:
    belief = believed(seed, noise)
    reached = min(cost(belief, answer.theta) for answer in belief.answers)
    assert reached < from_everywhere(belief) + 0.5


def test_a_climb_from_the_mode_of_the_prior_ends_elsewhere_where_there_is_no_noise() -> None:
    belief = believed(1, 0.0)
    lengths = Prior().of(len(SPACE))[:-1, 0]
    alone = min(cost(belief, climbed(belief, level, np.append(lengths, level))) for level in LEVELS)
    assert alone > min(cost(belief, answer.theta) for answer in belief.answers) + 1


@pytest.mark.parametrize("prior", [LOSSES, FREE], ids=["height as it is", "height learned"])
def test_one_fit_promises_what_the_search_would_predict_with_its_scales(prior: Prior) -> None:
    units, losses = searched(2, 0.3)
    found = Belief.of(SPACE, units, losses, np.ones(len(losses)), prior=prior)
    assert found is not None
    theta = found.answers[0].theta
    axes = Axes.of(SPACE)
    fit = Surrogate.at(theta, axes, axes.squares(units), units, found.values)
    asked = np.random.default_rng(4).random((20, len(SPACE)))
    mean, spread = fit.predict(asked)
    alone = replace(found, answers=(Answer(theta, 1.0),))
    assert alone.hopes(asked) == pytest.approx(found.scale * (mean - spread), rel=1e-6)
