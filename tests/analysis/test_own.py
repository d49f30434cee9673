"""What is said of the configurations that a person had tried first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hpsearch.analysis.verdicts.own import own
from hpsearch.core.trial import Result
from hpsearch.engine.run import Run
from tests.analysis.runs import a_run

READINGS = [0.90, 0.975, 0.98, 0.5]


def said(run: Run) -> str:
    verdict = own(run)
    assert verdict is not None
    assert (verdict.about, verdict.command) == ("own", "")
    return verdict.text


def a_run_with(*given: float, readings: list[float] = READINGS, rows: int = 0) -> Run:
    return a_run(readings, rows=rows, enqueue=[{"x": value} for value in given])


def test_nothing_is_said_of_a_search_without_any() -> None:
    assert own(a_run(READINGS)) is None


def test_chance_is_left_out_where_the_noise_is_unknown() -> None:
    assert said(a_run_with(0.1)) == "your own settings: rank 3 of 4, 0.9"


def test_the_best_is_ahead_only_by_more_than_chance() -> None:
    ahead = "your own settings: rank 3 of 4, 0.9; the best is ahead by more than chance"
    assert said(a_run_with(0.1, rows=10_000)) == ahead
    tied = "the best of your 2 own settings: rank 2 of 4, 0.975; tied with the best"
    assert said(a_run_with(0.1, 0.2, rows=360)) == tied


def test_one_beyond_those_that_are_looked_at_for_ties_is_compared_too() -> None:
    readings = [0.5, *(0.98 - 0.001 * place for place in range(20))]
    text = said(a_run_with(0.1, readings=readings, rows=360))
    assert text == "your own settings: rank 21 of 21, 0.5; the best is ahead by more than chance"


def test_the_very_best_is_ahead_of_itself_never() -> None:
    assert (
        said(a_run_with(0.1, readings=[0.9, 0.5, 0.4], rows=10_000)) == "your own settings: rank 1 of 3, 0.9"
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ((0.1,), "your own settings did not end well: diverged"),
        ((0.1, 0.2), "the best of your 2 own settings: rank 2 of 3, 0.975"),
    ],
)
def test_what_did_not_end_well_is_said(given: tuple[float, ...], text: str) -> None:
    run = a_run_with(*given)
    lost = [Result(0, 1, "diverged"), *run.results[1:]]
    assert said(replace(run, results=lost)) == text


def test_that_none_ended_well_is_said_with_how_each_ended() -> None:
    run = a_run_with(0.1, 0.2)
    lost = [Result(0, 1, "diverged"), Result(1, 1, "failed"), *run.results[2:]]
    assert said(replace(run, results=lost)) == "none of your own settings ended well: 1 diverged, 1 failed"


def test_what_has_no_result_is_not_counted_among_what_was_worse() -> None:
    run = a_run_with(0.1, 0.2, 0.3)
    some = "the best of your 3 own settings: rank 1 of 2, 0.975; 1 of them has no result"
    assert said(replace(run, results=run.results[:2])) == some
    none = "none of your own settings ended well: diverged; 2 of them have no result"
    assert said(replace(run, results=[Result(0, 1, "diverged")])) == none


def test_what_was_stopped_early_is_not_held_against_what_was_not() -> None:
    run = a_run_with(0.1, rows=10_000)
    early = run.spec.objective.model_copy(update={"epochs": 9})
    results = [
        Result(result.trial, 3 if result.trial == 0 else 9, "done", result.metrics) for result in run.results
    ]
    changed = replace(run, spec=run.spec.model_copy(update={"objective": early}), results=results)
    assert said(changed) == "your own settings: rank 3 of 4, 0.9 after 3 of 9 epochs"
