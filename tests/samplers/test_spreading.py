"""What has no influence is spread over its range, and what has is left where it was wanted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Result, as_number
from hpsearch.engine.history import History
from hpsearch.engine.plan import Plan
from hpsearch.samplers.axes import Axes
from hpsearch.samplers.coarse_to_fine import OPENING, CoarseToFine, _Belief
from hpsearch.samplers.durations import Durations
from hpsearch.samplers.earlier import Informed
from hpsearch.samplers.spreading import spread
from hpsearch.space import Choice, Integer, Linear, Real, Space

X, Y = Real("x", Linear(0, 1)), Real("y", Linear(0, 1))
SPACE = Space([X, Y])


def spread_at(
    space: Space, point: list[float], expected: Callable[[np.ndarray], np.ndarray], deviation: float = 0.1
) -> np.ndarray:
    """What is tried in place of a point."""
    return spread(space, poorer_by(expected), deviation, np.array(point), np.random.default_rng(0))


def poorer_by(expected: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray, float], np.ndarray]:
    """The same, by so much poorer."""
    return lambda units, poorer: expected(units) + poorer


def slope(units: np.ndarray) -> np.ndarray:
    """Only x has influence."""
    return units[:, 0]


def test_what_has_no_influence_is_drawn_from_all_of_its_range() -> None:
    found = spread_at(SPACE, [0.0, 1.0], slope)
    assert found[:, 0].tolist() == [0.0] * len(found)
    assert found[:, 1].min() < 0.3
    assert found[:, 1].max() > 0.7


@pytest.mark.parametrize("point", [[0.0, 0.5], [0.3, 0.999]])
def test_what_has_influence_or_is_at_no_end_stays(point: list[float]) -> None:
    assert not len(spread_at(SPACE, point, slope))


def test_influence_below_the_deviation_of_a_reading_is_none() -> None:
    assert not len(spread_at(SPACE, [0.0, 0.5], slope, deviation=0.99))
    assert len(spread_at(SPACE, [0.0, 0.5], slope, deviation=1.01))


def test_a_dip_within_the_range_is_no_reason_to_stay_at_its_end() -> None:
    assert len(spread_at(SPACE, [0.0, 0.5], lambda units: -units[:, 0] * (1 - units[:, 0])))
    assert not len(spread_at(SPACE, [0.0, 0.5], lambda units: units[:, 0] * (1 - units[:, 0])))


def test_what_has_influence_together_is_not_drawn_together() -> None:
    def product(units: np.ndarray) -> np.ndarray:
        return np.asarray(10 * units[:, 0] * units[:, 1])

    found = np.vstack(
        [
            spread(SPACE, poorer_by(product), 0.1, np.zeros(2), np.random.default_rng(seed))
            for seed in range(40)
        ]
    )
    assert len(found)
    assert product(found).max() < 0.1


def test_whole_numbers_are_drawn_where_they_lie_and_categories_stay() -> None:
    layers = Integer("layers", Linear(1, 3))
    space = Space([layers, Choice("activation", ("relu", "tanh"))])
    last = float(layers.encode([3])[0])
    found = spread_at(space, [last, 0.25], lambda units: np.zeros(len(units)))
    assert set(found[:, 0].tolist()) <= set(layers.encode([1, 2, 3]).tolist())
    assert len(set(found[:, 0].tolist())) > 1
    assert set(found[:, 1].tolist()) == {0.25}


def test_what_another_depends_on_stays_and_what_is_not_there_is_left_out() -> None:
    kind, rate = Choice("kind", (1, 2)), Real("rate", Linear(0, 1), when={"kind": (2,)})
    space = Space([kind, rate, Y])
    found = spread_at(space, [0.25, 0.5, 0.0], lambda units: np.zeros(len(units)))
    assert set(map(tuple, found[:, :2].tolist())) == {(0.25, 0.5)}
    assert len(set(found[:, 2].tolist())) == len(found)


def test_nothing_is_drawn_that_a_requirement_refuses() -> None:
    found = spread_at(Space([X, Y], require=["y > 0.5"]), [0.5, 1.0], lambda units: np.zeros(len(units)))
    assert len(found)
    assert found[:, 1].min() > 0.5


def searched(seed: int, loss: Callable[[float, float, np.random.Generator], float | None]) -> list[float]:
    """The y of the trials of a search; those whose `loss` at x and y is None diverge."""
    plan = Plan(SPACE, CoarseToFine(), Streams(seed), 48, epochs=1)
    history, rng = History(SPACE, Metric("loss", "minimize")), np.random.default_rng(seed)
    while jobs := plan.next_round(history):
        history.add_round(jobs)
        for job in jobs:
            x, y = (as_number(job.trial.config[name]) for name in "xy")
            found = loss(x, y, rng)
            lost = Result(job.trial.number, 1, "diverged")
            history.add(lost if found is None else Result(job.trial.number, 1, "done", {"loss": found}))
    return [as_number(trial.config["y"]) for trial in history.trials]


def poor(seed: int) -> float:
    """The share of late trials with y far from its best, which is at an end; half of all diverge, anywhere."""

    def loss(x: float, y: float, rng: np.random.Generator) -> float | None:
        found = (x - 0.4) ** 2 + y + 0.12 * rng.standard_normal()
        return None if rng.random() < 0.5 else found

    return float(np.mean([y > 0.15 for y in searched(seed, loss)[24:]]))


def test_what_matters_stays_where_a_risk_weighs_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    spread_out = np.mean([poor(seed) for seed in range(4)])
    monkeypatch.setattr("hpsearch.samplers.coarse_to_fine.NOISY", np.inf)
    assert spread_out < np.mean([poor(seed) for seed in range(4)]) + 0.1


class Flat:
    """A fit for which all points are alike, with much noise."""

    noise = 0.5

    def predict(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Nothing has influence, and nothing is known."""
        return np.zeros(len(units)), np.ones(len(units))


def test_nothing_is_spread_where_time_or_an_earlier_search_has_a_say() -> None:
    rng, flat = np.random.default_rng(0), Flat()
    belief = _Belief(flat, None)  # type: ignore[arg-type]
    assert len(belief.spread(SPACE, np.zeros(2), rng))
    hinted = Informed(flat, 0.9, 0.0, flat)  # type: ignore[arg-type]
    times = Durations(Axes.of(SPACE), np.array([1.0, 0.0]))
    for weighed in (replace(belief, durations=times), replace(belief, losses=hinted)):
        assert not len(weighed.spread(SPACE, np.zeros(2), rng))


def at_an_end(noise: float, seed: int) -> float:
    """The share of trials with y at an end, of a search for the best x; y does nothing."""
    ys = searched(seed, lambda x, _, rng: (x - 0.4) ** 2 + noise * rng.standard_normal())
    return float(np.mean([y in {0.0, 1.0} for y in ys[OPENING:]]))


def test_a_noisy_search_tries_less_at_the_ends_of_what_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    spread_out = np.mean([at_an_end(0.1, seed) for seed in range(6)])
    monkeypatch.setattr("hpsearch.samplers.coarse_to_fine.NOISY", np.inf)
    assert spread_out < np.mean([at_an_end(0.1, seed) for seed in range(6)])
