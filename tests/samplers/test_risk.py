"""What diverged is a chance of diverging, and no score; what failed by chance is neither."""

from __future__ import annotations

import math

import numpy as np

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Result, Status, as_number
from hpsearch.engine.history import History
from hpsearch.engine.plan import Plan
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.low_discrepancy import points
from hpsearch.samplers.risk import Risk
from hpsearch.space import Linear, Real, Space

SPACE = Space([Real("x", Linear(0, 1)), Real("y", Linear(0, 1))])


def played(trials: int, ends: dict[int, Status], *, band: bool = False) -> History:
    """A search for x = y = 0.2, or for the greatest x in a band beyond which all diverges."""
    sampler = SAMPLERS["coarse_to_fine"].from_settings({"fit": True}, trials)
    plan = Plan(SPACE, sampler, Streams(3), trials, epochs=1)
    history = History(SPACE, Metric("loss", "minimize"))
    while jobs := plan.next_round(history):
        history.add_round(jobs)
        for job in jobs:
            number, (x, y) = job.trial.number, (as_number(job.trial.config[name]) for name in "xy")
            fallen = band and not 0.9 < x < 0.93
            status = "diverged" if fallen else ends.get(number, "done")
            loss = {"loss": -x if band else math.hypot(x - 0.2, y - 0.2)} if status == "done" else {}
            history.add(Result(number, 1, status, loss))
    return history


def test_the_chance_of_ending_well_is_high_where_points_did_and_low_where_they_did_not() -> None:
    units = points(range(40), 2, np.zeros(2))
    diverged = units[:, 0] > 0.7
    risk = Risk.fit(SPACE, units, diverged)
    inside = np.array([[0.3, 0.3], [0.5, 0.9], [0.1, 0.1]])
    assert (risk.ends_well(inside) > 0.8).all()
    assert (risk.ends_well(np.array([[0.95, 0.5], [0.85, 0.2]])) < 0.2).all()


def test_a_narrow_band_beside_which_all_diverges_is_found_and_searched() -> None:
    history = played(130, {}, band=True)
    ends = [history.results[number, 0, 1].status == "done" for number in range(130)]
    third = [number for number, well in enumerate(ends) if well][2]
    later = ends[third + 1 :]
    assert sum(later) > len(later) / 2


def test_a_failure_says_nothing_of_where_to_look() -> None:
    ends: dict[int, Status] = {number: ("failed", "crashed", "timeout")[number % 3] for number in range(5)}
    history = played(40, ends)
    assert history.failed == 5
    assert len(history.evidence(1)) == 35
    assert history.count(1) == 40
    assert history.lowest() < 0.03
    # The points that open the search are spread anew in place of those that told nothing.
    opening = history.units()[:13]
    whole = played(13, {}).units()
    np.testing.assert_array_equal(opening[:8], whole[:8])
    assert len(np.unique(np.floor(opening[:, 0] * 8))) >= 7
