"""How long trainings take: what few and noisy times tell of a space, and what they do not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.samplers import Results
from hpsearch.samplers.durations import SEEN, Durations
from hpsearch.space import Choice, Linear, Real, Space

SPACE = Space([*(Real(name, Linear(0, 1)) for name in "abcdef"), Choice("kind", ("quick", "slow", "other"))])
ENDS = np.array([[place, *[0.5] * 6] for place in (0.0, 1.0)])


def drawn(count: int, seed: int) -> tuple[np.random.Generator, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng, rng.random((count, len(SPACE)))


def between_ends(fit: Durations | None) -> float:
    """How many times as long a training takes at the upper end of a as at the lower one."""
    assert fit is not None
    low, high = fit.logs(ENDS)
    return math.exp(high - low)


@given(
    seconds=st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=4),
    counts=st.lists(st.integers(1, 30), min_size=4, max_size=4),
)
def test_what_always_takes_the_same_is_not_weighed(seconds: list[float], counts: list[int]) -> None:
    lots = [
        Results.of(drawn(count, 0)[1], np.full(count, math.log(of_lot)))
        for count, of_lot in zip(counts, seconds, strict=False)
    ]
    assert Durations.fit(SPACE, lots) is None


def test_nothing_is_known_of_no_trainings_nor_of_one_of_each_length() -> None:
    assert Durations.fit(SPACE, []) is None
    lots = [Results.of(drawn(1, seed)[1], np.array([float(seed)])) for seed in range(3)]
    assert Durations.fit(SPACE, lots) is None


@pytest.mark.parametrize("seed", range(5))
def test_what_takes_ten_times_as_long_is_found_in_noise_and_pauses(seed: int) -> None:
    rng, units = drawn(40, seed)
    logs = math.log(10) * units[:, 0] + 0.1 * rng.standard_normal(40)
    logs[::13] += math.log(5)
    assert 7 < between_ends(Durations.fit(SPACE, [Results.of(units, logs)])) < 14


@pytest.mark.parametrize("seed", range(5))
def test_a_category_that_takes_longer_is_found(seed: int) -> None:
    rng, units = drawn(40, seed)
    logs = math.log(4) * (np.floor(units[:, 6] * 3) == 1) + 0.1 * rng.standard_normal(40)
    fit = Durations.fit(SPACE, [Results.of(units, logs)])
    assert fit is not None
    quick, slow, other = fit.logs(np.array([[0.5] * 6 + [(place + 0.5) / 3] for place in range(3)]))
    assert 3 < math.exp(slow - quick) < 5
    assert abs(other - quick) < 0.2


@pytest.mark.parametrize("count", [4, 8, 16, 40])
def test_noise_alone_is_not_weighed(count: int) -> None:
    fits = []
    for seed in range(40):
        rng, units = drawn(count, seed)
        logs = 0.1 * rng.standard_normal(count)
        logs[seed % count] += math.log(3) * (seed % 2)
        fits.append(Durations.fit(SPACE, [Results.of(units, logs)]))
    assert sum(fit is None for fit in fits) >= 36


@pytest.mark.parametrize("seed", range(5))
def test_what_takes_ten_times_as_long_is_known_of_after_sixteen_trainings(seed: int) -> None:
    rng, units = drawn(16, seed)
    logs = math.log(10) * units[:, 0] + 0.1 * rng.standard_normal(16)
    assert between_ends(Durations.fit(SPACE, [Results.of(units, logs)])) > 4


@given(levels=st.lists(st.floats(-5, 5), min_size=3, max_size=3), seed=st.integers(0, 99))
def test_every_lot_has_a_level_of_its_own(levels: list[float], seed: int) -> None:
    rng, units = drawn(24, seed)
    logs = units[:, 0] + 0.05 * rng.standard_normal(24)
    rows = np.split(np.arange(24), 3)
    alike = [Results.of(units[part], logs[part]) for part in rows]
    moved = [Results.of(units[part], logs[part] + level) for part, level in zip(rows, levels, strict=True)]
    one, other = Durations.fit(SPACE, alike), Durations.fit(SPACE, moved)
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.slopes, other.slopes, rtol=1e-6, atol=1e-9)


@given(order=st.permutations(range(12)))
def test_the_order_in_which_times_came_has_no_say(order: list[int]) -> None:
    rng, units = drawn(12, 1)
    logs = units[:, 0] + 0.1 * rng.standard_normal(12)
    shuffled = Results(lambda numbers: np.asarray(units[list(numbers)]))
    for number in order:
        shuffled.add((float(logs[number]), number))
    one, other = (Durations.fit(SPACE, [lot]) for lot in (Results.of(units, logs), shuffled))
    assert one is not None
    assert other is not None
    assert one.slopes.tobytes() == other.slopes.tobytes()


def test_of_many_trainings_some_stand_for_all() -> None:
    rng, units = drawn(20 * SEEN, 0)
    logs = math.log(10) * units[:, 0] + 0.3 * rng.standard_normal(len(units))
    asked = []

    def places(numbers: object) -> np.ndarray:
        asked.append(list(numbers))  # type: ignore[call-overload]
        return np.asarray(units[asked[-1]])

    many = Results(places)
    for number, log in enumerate(logs.tolist()):
        many.add((log, number))
    assert 7 < between_ends(Durations.fit(SPACE, [many])) < 14
    assert [len(numbers) for numbers in asked] == [SEEN]


def test_a_gain_counts_less_where_it_takes_longer_and_a_loss_more() -> None:
    rng, units = drawn(40, 0)
    fit = Durations.fit(SPACE, [Results.of(units, units[:, 0] + 0.01 * rng.standard_normal(40))])
    assert fit is not None
    low, high = fit.weighed(np.array([-1.0, -1.0]), ENDS)
    assert low < high < 0
    low, high = fit.weighed(np.array([1.0, 1.0]), ENDS)
    assert 0 < low < high
