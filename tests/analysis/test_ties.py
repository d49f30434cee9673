"""Which of the best are said to be tied."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from hpsearch.analysis.noise import known_noise
from hpsearch.analysis.verdicts.ties import _at_each, _mean_shares, _shares, chances_of_best, posteriors, ties
from tests.analysis.runs import a_run

HEAD = [0.98, 0.975, 0.97, 0.90]


def test_rows_tell_which_accuracies_are_alike() -> None:
    verdict = ties(a_run(HEAD, rows=360))
    assert verdict is not None
    assert verdict.text.startswith(
        "Best-1 to Best-3 are tied: val acc is only known to +-0.016 (360 validation rows)"
    )
    assert verdict.command == "hpsearch resume run --set search.confirm.top=3 --set search.confirm.seeds=3"


def test_many_rows_put_the_first_ahead() -> None:
    verdict = ties(a_run(HEAD, rows=10**6))
    assert verdict is not None
    assert (verdict.text, verdict.command) == ("Best-1 is ahead of Best-2 by more than chance", "")


def test_nothing_is_said_where_the_noise_is_unknown() -> None:
    assert ties(a_run(HEAD)) is None
    assert ties(a_run(HEAD, rows=360, metric="score")) is None  # no share of the rows


def test_seeds_that_change_nothing_to_the_bit_tell_of_no_noise() -> None:
    again = [[value, value, value] for value in HEAD]
    assert known_noise(a_run(again)) is None
    assert ties(a_run(again)) is None


def test_the_spread_over_seeds_is_the_noise() -> None:
    spread = [[0.98, 0.90, 1.00], [0.95, 0.99, 0.93], 0.5, 0.4]
    verdict = ties(a_run(spread, metric="score"))
    assert verdict is not None
    assert "Best-1 and Best-2 are tied" in verdict.text
    assert "(3 seeds)" in verdict.text
    assert verdict.command.endswith("--set search.confirm.top=2 --set search.confirm.seeds=9")


def test_one_trial_is_tied_with_none() -> None:
    assert ties(a_run([0.9], rows=100)) is None


def test_equal_readings_have_equal_chances() -> None:
    chances = chances_of_best(posteriors(np.zeros(8), np.ones(8), 0.1, 8)[1])
    assert chances == pytest.approx(np.full(8, 1 / 8))


def test_the_luck_of_the_first_of_many_is_taken_back() -> None:
    losses = np.sort(np.random.default_rng(0).normal(0, 0.1, 50))
    chances = chances_of_best(posteriors(losses, np.ones(50), 0.1, 10)[1])
    alone = np.exp(-0.5 * ((losses[:10] - losses[0]) / 0.1) ** 2)  # what the readings say by themselves
    assert chances[0] < 0.5 * (alone / alone.sum())[0] or chances[0] < 0.2
    assert (chances > 0.02).all()


def test_what_was_trained_with_more_seeds_is_known_better() -> None:
    losses = np.array([0.0, 0.15, 0.5, 0.6])
    once, thrice = (
        chances_of_best(posteriors(losses, np.array([n, n, 1.0, 1.0]), 0.1, 4)[1]) for n in (1.0, 9.0)
    )
    assert once[0] < thrice[0]


def test_the_mean_of_shares_is_that_of_each_row() -> None:
    rng = np.random.default_rng(5)
    fits = rng.random((40, 17)) ** 8
    fits[3] = 0  # nowhere near any place
    spread = rng.random(17)
    spread /= spread.sum()
    whole = _shares(fits * spread).mean(axis=0)
    np.testing.assert_allclose(_mean_shares(fits, spread), whole, rtol=1e-12)


def test_levels_of_noise_that_are_worked_on_together_are_as_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    losses, seeds = np.sort(np.random.default_rng(1).normal(0, 0.1, 30)), np.ones(30)
    losses[-1] = 50  # too far away to be looked at, but where the noise is large
    levels = [0.003, 0.03, 0.2, 5.0]
    together = _at_each(losses, seeds, levels, 4)
    monkeypatch.setattr(sys.modules[_at_each.__module__], "_TOGETHER", 0)
    for (places, own), (as_well, alone) in zip(together, _at_each(losses, seeds, levels, 4), strict=True):
        np.testing.assert_array_equal(places, as_well)
        np.testing.assert_allclose(own, alone, rtol=1e-9, atol=1e-12)
