"""The smooth fit: its slopes, its predictions, and what it believes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hpsearch.samplers import likelihood
from hpsearch.samplers.axes import Axes
from hpsearch.samplers.likelihood import FREE, LOSSES, Array, Climb, Prior, most_likely
from hpsearch.samplers.surrogate import Surrogate, standardised
from hpsearch.space import Choice, Linear, Real, Space

SPACE = Space([Real("a", Linear(0, 1)), Real("b", Linear(0, 1)), Choice("c", ("x", "y", "z"))])


def data(count: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    units = SPACE.encode(SPACE.decode(rng.random((count, 3))))
    values = np.sin(6 * units[:, 0]) + (units[:, 2] > 0.5)
    return units, standardised(values)


class Counted:
    """A function that notes of how many points it is asked."""

    def __init__(self, function: Callable[..., tuple[float, Array]]) -> None:
        self.function = function
        self.points: list[int] = []

    def __call__(self, theta: object, squares: object, values: Array, prior: object) -> Any:
        self.points.append(len(values))
        return self.function(theta, squares, values, prior)


@pytest.mark.parametrize("believed", [LOSSES, FREE])
def test_the_slope_of_the_posterior_is_that_of_differences(believed: Prior) -> None:
    units, values = data(15)
    squares = Axes.of(SPACE).squares(units)
    prior = believed.of(len(SPACE))
    theta = prior[:, 0] + np.array([0.3, -0.2, 0.5, 0.4, 1.0])[-len(prior) :]
    _, slope = likelihood.improbability(theta, squares, values, prior)
    for place in range(len(theta)):
        step = np.eye(len(theta))[place] * 1e-5
        above, below = (
            likelihood.improbability(theta + sign * step, squares, values, prior)[0] for sign in (1, -1)
        )
        assert slope[place] == pytest.approx((above - below) / 2e-5, rel=1e-5, abs=1e-6)


def test_what_does_nothing_gets_a_long_scale() -> None:
    units, values = data(60)
    theta = most_likely(Axes.of(SPACE).squares(units), values, LOSSES.of(len(SPACE)))
    assert theta[1] > theta[0]
    assert theta[1] > theta[2]


def test_it_predicts_what_it_has_not_seen() -> None:
    units, values = data(80)
    fit = Surrogate.fit(SPACE, units[:60], values[:60])
    mean, doubt = fit.predict(units[60:])
    assert np.corrcoef(mean, values[60:])[0, 1] > 0.95
    assert (doubt > 0).all()


def test_a_climb_that_begins_where_some_of_the_points_lead_ends_as_high(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    squares, prior = Axes.of(SPACE).squares, FREE.of(len(SPACE))
    sooner, counted = [], Counted(likelihood.improbability)
    monkeypatch.setattr(likelihood, "improbability", counted)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        units = SPACE.encode(SPACE.decode(rng.random((60, 3))))
        values = standardised(
            np.sin(6 * units[:, 0]) + units[:, 1] * units[:, 2] + 0.1 * rng.standard_normal(60)
        )
        counted.points.clear()
        fit = Surrogate.fit(SPACE, units, values, FREE)
        of_all = counted.points.count(60)
        straight = most_likely(squares(units), values, prior)
        sooner.append(of_all < counted.points.count(60) - of_all)
        ends = [counted.function(theta, squares(units), values, prior)[0] for theta in (fit.theta, straight)]
        assert ends[0] == pytest.approx(ends[1], abs=0.5)
    assert sum(sooner) >= 7


def test_a_climb_that_cannot_begin_where_it_is_told_begins_anew() -> None:
    units, values = data(20)
    squares, prior = Axes.of(SPACE).squares(units), FREE.of(len(SPACE))
    # A surface so high that its noise is lost in rounding.
    start = Climb.at(np.array([20.0, 20.0, 20.0, 40.0, -40.0]), prior)
    assert math.isinf(likelihood.improbability(start.theta, squares, values, prior)[0])
    assert np.array_equal(most_likely(squares, values, prior, start), most_likely(squares, values, prior))


def test_a_point_believed_in_leaves_the_mean_and_takes_the_doubt() -> None:
    units, values = data(30)
    fit = Surrogate.fit(SPACE, units, values)
    rng = np.random.default_rng(1)
    point, others = rng.random((1, 3)), rng.random((20, 3))
    after = fit.believing(point)
    assert np.allclose(after.predict(others)[0], fit.predict(others)[0])
    assert after.predict(point)[1][0] < fit.predict(point)[1][0]
    assert (after.predict(others)[1] <= fit.predict(others)[1] + 1e-9).all()


def test_the_higher_values_are_the_higher_is_the_surface() -> None:
    units, values = data(40)
    fits = [Surrogate.fit(SPACE, units, times * values, FREE) for times in (0.5, 1, 2)]
    heights = [fit.theta[-2] for fit in fits]
    assert heights == sorted(heights)


def test_where_nothing_was_tried_a_level_that_is_learned_is_expected() -> None:
    units, values = data(40)
    units[:, :2] *= 0.1
    far = np.array([[1.0, 1.0, 0.5]])
    known, free = (Surrogate.fit(SPACE, units, 3 + 0.1 * values, prior) for prior in (LOSSES, FREE))
    assert known.predict(far)[0] + 0.5 < free.predict(far)[0] < 3.5


def test_far_from_all_points_the_doubt_is_that_of_the_surface_and_its_level() -> None:
    units, values = data(40)
    fit = Surrogate.fit(SPACE, units, values, FREE)
    doubt = np.sqrt(math.exp(fit.theta[-2]) + likelihood.LEVEL - fit.explained(np.zeros((1, 40))))
    assert doubt[0] == pytest.approx(math.sqrt(math.exp(fit.theta[-2]) + likelihood.LEVEL))
    assert (fit.predict(np.random.default_rng(1).random((50, 3)))[1] < doubt).all()


@pytest.mark.parametrize(("before", "prior"), [(5, LOSSES), (100, LOSSES), (5, FREE), (100, FREE)])
def test_points_believed_in_together_or_one_by_one_count_as_a_fit_to_all_of_them(
    before: int, prior: Prior
) -> None:
    units, values = data(before)
    fit = Surrogate.fit(SPACE, units, values, prior)
    rng = np.random.default_rng(1)
    points, others = rng.random((150, 3)), rng.random((20, 3))
    together, alone = fit.believing(points), fit
    for point in points:
        alone = alone.believing(point[None])
    # The posterior as textbooks have it, of all points at once.
    places = np.vstack([fit.places, fit.place(points)])
    apart = ((places[:, None] - places) ** 2).sum(-1)
    height, level = (math.exp(fit.theta[-2]), likelihood.LEVEL) if prior is FREE else (1, 0)
    covariance = height * likelihood.matern(np.sqrt(5 * apart)) + level
    covariance += math.exp(fit.theta[-1]) * np.eye(len(places))
    cross = together.covariance(together.place(others))
    doubt = np.sqrt(height + level - np.sum(cross * np.linalg.solve(covariance, cross.T).T, axis=1))
    for after in (together, alone):
        assert after.predict(others)[0] == pytest.approx(fit.predict(others)[0])
        assert after.predict(others)[1] == pytest.approx(doubt, rel=1e-6)


def test_categories_are_equally_far_apart() -> None:
    units = SPACE.encode([{"a": 0.5, "b": 0.5, "c": value} for value in ("x", "y", "z")])
    squares = Axes.of(SPACE).squares(units)  # of the pairs xy, xz and yz
    assert np.allclose(squares, [[0, 0, 0], [0, 0, 0], [1, 1, 1]])


def test_squares_are_those_between_coordinates() -> None:
    units, _ = data(12)
    axes = Axes.of(SPACE)
    places = axes.embed(units)
    one, other = np.tril_indices(12, -1)
    apart = (places[one] - places[other]) ** 2
    of_each = [apart[:, axes.parameter == index].sum(axis=1) for index in range(len(SPACE))]
    assert np.allclose(axes.squares(units), of_each, rtol=1e-14)


def test_lost_trials_count_as_the_worst_of_the_others() -> None:
    scaled = standardised(np.array([1.0, 2.0, 3.0, math.inf]))
    assert scaled[3] == scaled[2] == scaled.max()
    assert standardised(np.array([math.inf, math.inf])).tolist() == [0, 0]
    assert standardised(np.array([2.0, 2.0])).tolist() == [0, 0]
