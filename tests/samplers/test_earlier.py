"""What an earlier search found as a hint: it helps where it holds, and is overruled where it does not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hpsearch.samplers.earlier import EXPECTED, Earlier, Informed, informed
from hpsearch.samplers.results import Results
from hpsearch.samplers.surrogate import Surrogate, standardised
from hpsearch.space import Linear, Real, Space

SPACE = Space([Real("x", Linear(0, 1)), Real("y", Linear(0, 1))])


def bowl(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """Best at (0.7, 0.3)."""
    return np.asarray(((units - [0.7, 0.3]) ** 2).sum(1))


def places(count: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).random((count, 2))


def earlier(sign: float = 1, seed: int = 0, count: int = 30) -> Earlier:
    units = places(count, seed)
    return Earlier(SPACE, units, 5 + 3 * sign * bowl(units))


def results(count: int, seed: int = 1) -> Results:
    units = places(count, seed)
    return Results.of(units, bowl(units))


def test_the_correlation_follows_a_few_results() -> None:
    assert earlier().correlation(Results()) == EXPECTED
    assert earlier().correlation(results(8)) > 0.75
    assert earlier(sign=-1).correlation(results(6)) == 0


def test_nothing_is_believed_of_an_earlier_search_that_has_nothing_to_do_with_it() -> None:
    units, there = places(12, 3), places(20, 4)
    values = standardised(bowl(units))
    plain = Surrogate.fit(SPACE, units, values).predict(there)
    informed = Informed.fit(SPACE, units, values, earlier(), 0.0)
    mean, doubt = informed.predict(there)
    # But for a level, which is fitted too.
    assert mean == pytest.approx(plain[0], abs=0.2)
    assert doubt == pytest.approx(plain[1], abs=0.2)


def test_what_is_forgotten_leaves_the_fit_as_it_is_without() -> None:
    units, there = places(12, 3), places(20, 4)
    values = standardised(bowl(units))
    plain = Surrogate.fit(SPACE, units, values).predict(there)
    forgotten = informed(SPACE, units, values, earlier(), 0.0).predict(there)
    assert np.array_equal(plain, forgotten)


def test_before_any_result_it_is_the_earlier_search_that_is_believed() -> None:
    there = places(50, 6)
    mean, doubt = earlier().alone.predict(there)
    assert np.corrcoef(mean, bowl(there))[0, 1] > 0.85
    assert (doubt < 1).all()


def test_a_point_that_is_believed_in_keeps_its_mean_and_loses_its_doubt() -> None:
    unit = places(1, 9)
    before = earlier().alone
    (mean,), (doubt,) = before.predict(unit)
    (still,), (left,) = before.believing(unit).predict(unit)
    assert still == pytest.approx(mean)
    assert left < 0.5 * doubt


def test_each_of_several_is_a_hint_to_the_next() -> None:
    few = places(4, 7)
    first = earlier()
    second = Earlier(SPACE, few, bowl(few), first)
    assert isinstance(second.fitted, Informed)
    there = places(50, 8)
    mean, _ = second.alone.predict(there)
    assert np.corrcoef(mean, bowl(there))[0, 1] > 0.85


def test_the_best_of_very_many_are_seen() -> None:
    many = earlier(count=400)
    assert isinstance(many.fitted, Surrogate)
    assert len(many.fitted.places) == 100
