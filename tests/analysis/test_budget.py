"""Whether more trials are said to pay."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from hpsearch.analysis.belief import Belief
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.analysis.verdicts.budget import budget
from hpsearch.space import Choice, Linear, Real, Space
from tests.analysis.runs import a_run


def test_they_pay_on_a_slope_whose_end_was_not_reached() -> None:
    places = [{"x": 0.4 * (number + 0.5) / 20, "y": (7 * number % 20) / 20} for number in range(20)]
    verdict = budget(a_run([place["x"] for place in places], places, metric="score"))
    assert verdict is not None
    assert verdict.text.startswith("more trials would pay: the best score has ")
    assert verdict.command == "hpsearch resume run --trials 40"


@pytest.mark.parametrize(
    ("ending", "asked", "more", "command"),
    [
        ("time", 60, 40, "hpsearch resume run"),
        ("time", 30, 20, "hpsearch resume run --trials 40"),
        ("target", 60, 40, "hpsearch resume run --set search.target="),
        ("target", 20, 20, "hpsearch resume run --trials 40 --set search.target="),
    ],
)
def test_what_was_not_tried_yet_is_no_more_than_was_asked(
    ending: str, asked: int, more: int, command: str
) -> None:
    places = [{"x": 0.4 * (number + 0.5) / 20, "y": (7 * number % 20) / 20} for number in range(20)]
    run = a_run([place["x"] for place in places], places, metric="score", trials=asked)
    run.ending = ending
    verdict = budget(run)
    assert verdict is not None
    assert f" to gain from {more} more, " in verdict.text
    assert verdict.command == command


@pytest.mark.parametrize("left", [0, 3])
def test_of_a_finite_space_no_more_is_advised_than_it_holds(left: int) -> None:
    tried = [0.4 * (number + 0.5) / 20 for number in range(20)]
    run = a_run(tried, [{"x": x} for x in tried], metric="score")
    run.space = Space([Choice("x", (*tried, *(0.5 + 0.1 * more for more in range(left))))])
    commands = [verdict.command for verdict in verdicts_of(run) if verdict.about == "budget"]
    assert commands == (["hpsearch resume run --trials 23"] if left else [])


def test_they_hardly_pay_where_the_top_is_found_however_lucky_a_reading() -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, 40)
    places = [{"x": (number + 0.5) / 40} for number in range(40)]
    readings = [
        0.9 - (place["x"] - 0.5) ** 2 + luck for place, luck in zip(places, noise.tolist(), strict=True)
    ]
    verdict = budget(a_run(readings, places, metric="score"))
    assert verdict is not None
    assert verdict.text.startswith("more trials would hardly pay: ")
    assert "the noise of a reading" in verdict.text
    assert verdict.command == ""


def test_nothing_is_said_on_a_plain_that_no_trial_has_left() -> None:
    """Where the places of the trials explain what they differ by, it is known that there is nothing to gain."""
    rng = np.random.default_rng(1)
    places = [{"x": x, "y": y} for x, y in rng.random((40, 2)).tolist()]
    luck = rng.normal(0, 0.005, 40).tolist()
    assert budget(a_run(luck, places, metric="score")) is None
    hill = [0.9 - (place["x"] - 0.5) ** 2 + more for place, more in zip(places, luck, strict=True)]
    verdict = budget(a_run(hill, places, metric="score"))
    assert verdict is not None
    assert verdict.text.startswith("more trials would hardly pay")


@pytest.mark.parametrize(
    ("of_twenty", "gain", "said"),
    [
        (6, 1.1, "would pay"),  # three surfaces of ten gain more than the noise
        (20, 1.1, "would pay"),
        (5, 1.1, ""),
        (3, 1.1, ""),
        (2, 1.1, "would hardly pay"),
        (20, 0.9, "would hardly pay"),  # none gains all of it
    ],
)
def test_they_pay_where_three_surfaces_of_ten_gain_more_than_the_noise(
    monkeypatch: pytest.MonkeyPatch, of_twenty: int, gain: float, said: str
) -> None:
    places = [{"x": 0.05 * (7 * n % 20)} for n in range(20)]
    run = a_run([0.5 + 0.2 * place["x"] for place in places], places, metric="score")
    gains = np.repeat([gain, 0.0], [of_twenty, 20 - of_twenty])
    module = sys.modules[budget.__module__]  # the package has the function by this name
    monkeypatch.setattr(module, "_gains", lambda *_: (gains, np.ones(20)))
    verdict = budget(run)
    assert (verdict.text.partition(":")[0] if verdict else "") == (said and f"more trials {said}")


@pytest.mark.parametrize("readings", [[0.1 * n for n in range(8)], [0.5] * 20], ids=["few", "equal"])
def test_nothing_is_said_of_few_trials_and_of_equal_ones(readings: list[float]) -> None:
    assert budget(a_run(readings, metric="score")) is None


def test_nothing_is_said_of_trials_that_were_not_trained_in_full() -> None:
    places = [{"x": (number + 0.5) / 20} for number in range(20)]
    run = a_run([place["x"] for place in places], places, metric="score")
    run.spec = run.spec.model_copy(update={"objective": run.spec.objective.model_copy(update={"epochs": 27})})
    assert budget(run) is None


def test_a_fit_finds_the_noise_and_the_values_behind_it() -> None:
    units = np.linspace(0, 1, 60)[:, None]
    truth = np.sin(4 * units[:, 0])
    readings = truth + np.random.default_rng(0).normal(0, 0.1, 60)
    belief = Belief.of(Space([Real("x", Linear(0, 1))]), units, readings, np.ones(60))
    assert belief is not None
    noise = sum(level * weight for level, weight in belief.levels)
    assert 0.06 < noise < 0.15
    draws, _ = belief.draws(units, 200, np.random.default_rng(1))
    better = truth < np.median(truth)  # what is poor is drawn together
    error = (draws.mean(axis=0) - truth)[better]
    assert error.std() < 0.05


def test_nothing_is_to_be_gained_beyond_what_a_metric_can_be() -> None:
    """A squared error whose best is all but 0 on a slope that seems to go on."""
    places = [{"x": 0.4 * (number + 0.5) / 20, "y": (7 * number % 20) / 20} for number in range(20)]
    errors = [0.39 - place["x"] for place in places]
    of_error = budget(a_run(errors, places, metric="mse"))
    assert of_error is not None
    assert of_error.text.startswith("more trials would hardly pay")
    of_cost = budget(a_run(errors, places, metric="cost"))  # which may be below 0
    assert of_cost is not None
    assert of_cost.text.startswith("more trials would pay")
    shares = [1 - error for error in errors]
    assert (budget(a_run(shares, places, metric="acc")) or of_cost).text.startswith(
        "more trials would hardly"
    )
    percents = budget(a_run([100 * share for share in shares], places, metric="acc"))
    assert percents is not None
    assert percents.text.startswith("more trials would pay")
