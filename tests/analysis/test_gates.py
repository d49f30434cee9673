"""What a search must have to pass a gate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hpsearch.analysis.gates import Asked, Baseline, gates
from hpsearch.analysis.noise import Noise, known_noise
from hpsearch.core.errors import InputError
from hpsearch.core.gate import Gate
from hpsearch.core.trial import Result
from hpsearch.engine.run import Run
from tests.analysis.runs import a_run

#: Trials of which the best was trained with three seeds.
SEEDS = [[0.90, 0.92, 0.91], 0.85, 0.80]


def gate(run: Run, asked: Asked) -> Gate:
    (found,) = gates(run, asked)
    return found


def old(value: float, **changes: object) -> Baseline:
    known = {"name": "old", "metric": "val_acc", "goal": "maximize", "seeds": 3, "data": ""}
    return Baseline(value=value, **known | changes)  # type: ignore[arg-type]


def test_nothing_is_asked_of_a_search_by_itself() -> None:
    assert gates(a_run(SEEDS), Asked()) == []
    assert not Asked().anything


@pytest.mark.parametrize(("limit", "passed"), [(0.91, True), (0.9101, False)])
def test_the_best_may_equal_its_limit(limit: float, passed: bool) -> None:
    found = gate(a_run(SEEDS), Asked(fail_under=limit))
    assert (found.name, found.passed, found.limit) == ("fail-under", passed, limit)
    assert found.value == pytest.approx(0.91)
    side = "not below" if passed else "below"
    assert found.text == f"mean val acc of 3 seeds 0.91 is {side} --fail-under {limit:g}"


@pytest.mark.parametrize(("limit", "passed"), [(0.3, False), (0.5, True)])
def test_of_a_loss_the_limit_is_the_most(limit: float, passed: bool) -> None:
    found = gate(a_run([0.5, 0.7], metric="val_loss"), Asked(fail_under=limit))
    assert found.passed == passed
    assert ("not above" in found.text) == passed


@pytest.mark.parametrize("asked", [Asked(fail_under=0.1), Asked(baseline=old(0.5), tolerance=1.0)])
def test_where_no_trial_is_done_nothing_is_reached(asked: Asked) -> None:
    run = a_run([0.5])
    run = replace(run, results=[Result(0, 1, "diverged", {})])
    assert (gate(run, asked).passed, gate(run, asked).value) == (False, None)


@pytest.mark.parametrize(
    ("ending", "passed", "words"),
    [
        ("complete", True, "is complete"),
        ("target", True, "is complete: it has reached its target"),
        ("time", False, "its time limit was reached"),
        ("failures", False, "too many trials failed"),
        ("", False, "it is interrupted"),
    ],
)
def test_what_counts_as_the_end(ending: str, passed: bool, words: str) -> None:
    found = gate(replace(a_run(SEEDS), ending=ending), Asked(complete=True))
    assert (found.name, found.passed, found.limit) == ("require", passed, "complete")
    assert words in found.text


@pytest.mark.parametrize(("most", "passed"), [(2, True), (1, False), (0, False)])
def test_trials_that_failed_are_counted_once_and_those_that_diverged_are_not(most: int, passed: bool) -> None:
    run = a_run([0.5] * 4)
    ill = [
        Result(0, 1, "crashed"),
        Result(0, 1, "failed", replicate=1),
        Result(1, 1, "timeout"),
        Result(2, 1, "diverged"),
    ]
    found = gate(replace(run, results=[*run.results[3:], *ill]), Asked(max_failed=most))
    assert (found.value, found.limit, found.passed) == (2, most, passed)


@pytest.mark.parametrize(("value", "passed"), [(0.92, True), (0.9201, False), (0.5, True)])
def test_a_number_says_how_far_below_the_baseline_is_well(value: float, passed: bool) -> None:
    found = gate(a_run([0.91, 0.8]), Asked(baseline=old(value), tolerance=0.01))
    assert (found.name, found.passed) == ("baseline", passed)
    assert found.limit == pytest.approx(value - 0.01)


def test_of_a_loss_the_tolerance_goes_upwards() -> None:
    held = old(0.5, metric="val_loss", goal="minimize")
    assert gate(a_run([0.51], metric="val_loss"), Asked(baseline=held, tolerance=0.01)).passed
    assert not gate(a_run([0.52], metric="val_loss"), Asked(baseline=held, tolerance=0.01)).passed


def test_what_seeds_differ_by_is_the_noise() -> None:
    """Three seeds on either side, and 2 degrees of freedom: more than 1.645 of 0.01 * sqrt(2 / 3)."""
    run = a_run(SEEDS)
    near, far = (gate(run, Asked(baseline=old(value))) for value in (0.92, 0.95))
    assert (near.passed, far.passed) == (True, False)
    assert isinstance(near.limit, float)
    assert 1.645 * 0.01 * (2 / 3) ** 0.5 < 0.92 - near.limit < 0.03
    assert "for noise (3 seeds)" in far.text


def test_the_noise_of_both_searches_counts() -> None:
    quiet = Noise(1e-8, 60, "30 seeds")
    run = a_run(SEEDS)
    assert not gate(run, Asked(baseline=old(0.92, noise=quiet))).passed
    assert gate(run, Asked(baseline=old(0.92))).passed


def test_more_seeds_leave_less_to_chance() -> None:
    noise = known_noise(a_run(SEEDS))
    assert noise is not None
    assert noise.chance(1, 1) > noise.chance(3, 1) > noise.chance(3, 3)
    assert noise.chance(1, 3) == noise.chance(3, 1)


@pytest.mark.parametrize(
    ("run", "held", "why"),
    [
        (a_run([0.91, 0.8]), old(0.5), "neither several seeds nor a share of rows"),
        (a_run(SEEDS), old(0.5, data="other"), "other rows"),
    ],
)
def test_where_noise_is_not_known_a_number_is_asked_for(run: Run, held: Baseline, why: str) -> None:
    found = gate(run, Asked(baseline=held))
    assert (found.passed, found.limit) == (False, None)
    assert why in found.text
    assert found.text.endswith("give a number: --tolerance 0.01")
    assert gate(run, Asked(baseline=held, tolerance=0.0)).passed


@pytest.mark.parametrize("changes", [{"metric": "val_loss"}, {"goal": "minimize"}])
def test_another_metric_is_no_baseline(changes: dict[str, str]) -> None:
    with pytest.raises(InputError, match="old: ranks by"):
        gates(a_run(SEEDS), Asked(baseline=old(0.5, **changes), tolerance=0.1))
