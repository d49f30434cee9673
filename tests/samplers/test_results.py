"""What a sampler may ask of its results, and that asking costs the same however many there are."""

from __future__ import annotations

import numpy as np

from hpsearch.samplers import Results
from hpsearch.samplers.results import SAMPLE

LOSSES = np.array([0.5, np.inf, 0.1, 0.5, 0.3])
UNITS = np.arange(10.0).reshape(5, 2)


def test_the_best_come_first_and_equals_in_trial_order() -> None:
    results = Results.of(UNITS, LOSSES)
    units, losses = results.best(4)
    assert losses.tolist() == [0.1, 0.3, 0.5, 0.5]
    assert units.tolist() == UNITS[[2, 4, 0, 3]].tolist()
    assert results.best(9)[1].tolist() == [0.1, 0.3, 0.5, 0.5, np.inf]
    assert results.at([4, 1])[0].tolist() == UNITS[[1, 4]].tolist()
    assert (len(results), results.finite) == (5, 4)


def test_a_few_losses_are_all_looked_at_in_trial_order() -> None:
    assert Results.of(UNITS, LOSSES).sample().tolist() == LOSSES.tolist()
    assert len(Results().sample()) == 0


def test_of_many_losses_some_stand_for_all() -> None:
    losses = np.random.default_rng(0).normal(size=10 * SAMPLE + 7)
    found = Results.of(np.zeros((len(losses), 1)), losses).sample()
    assert (len(found), found[0], found[-1]) == (SAMPLE, losses.min(), losses.max())
    assert abs(found.mean() - losses.mean()) < 0.01
    assert abs(found.std() - losses.std()) < 0.01
    assert abs(np.median(found) - np.median(losses)) < 0.01
