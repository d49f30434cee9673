"""Where an optimum lies beyond an end, and where it only seems to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hpsearch.actions.refine import refinement
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.analysis.verdicts.edges import edges, pressed_ends
from hpsearch.core.trial import Result, as_number
from hpsearch.engine.run import Run
from hpsearch.space import Choice, Integer, Linear, Log, OneMinusLog, Parameter, Real
from hpsearch.space.edges import edge_of
from tests.analysis.constructed import LR, done, run_of

SPACE = {"lr": LR, "other": {"scale": "linear", "low": -1, "high": 1}}


def searched(score: Callable[[float, float], float], noise: float = 0.0, lr: float = 9.9e-3) -> Run:
    """30 trials all over the space, and one that is the best, at `lr` and the high end of the other."""
    rng = np.random.default_rng(0)
    units = rng.random((30, 2))
    configs = [{"lr": float(10 ** (4 * u - 6)), "other": float(2 * v - 1)} for u, v in units]
    scores = [score(u, v) + noise * rng.standard_normal() for u, v in units]
    best = {"lr": lr, "other": 0.99}
    return run_of(SPACE, [*configs, best], [done(n, s) for n, s in enumerate([*scores, max(scores) + 0.01])])


def told(run: Run) -> list[str]:
    return [end.edge.parameter for end in pressed_ends(run)]


def test_an_optimum_beyond_an_end_is_told_with_the_new_end_and_the_gain() -> None:
    (verdict,) = edges(searched(lambda u, _: -((u - 1.2) ** 2), noise=0.01))
    assert verdict.text.startswith(
        "lr 0.0099 is at 100 % of its log range [1e-06, 0.01]: widen high to 0.1; "
        "over the last fifth score still gains "
    )
    gain, around = map(float, re.findall(r"gains (\S+) \+- (\S+)", verdict.text)[0])
    assert abs(gain - 0.12) < around < 0.1
    assert verdict.command == "hpsearch refine book"


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1])
def test_a_best_value_at_an_end_says_nothing_by_itself(noise: float) -> None:
    assert told(searched(lambda u, _: -((u - 0.95) ** 2), noise)) in ([], ["lr"])
    assert told(searched(lambda _u, _v: 0.0, noise)) == []


def test_an_optimum_well_inside_is_no_edge_where_a_lucky_reading_lies_at_the_end() -> None:
    assert told(searched(lambda u, v: -((u - 0.6) ** 2) - (v - 0.5) ** 2, noise=0.05)) == []


def test_near_the_end_counts_where_the_fit_is_better_at_the_end_itself() -> None:
    assert told(searched(lambda u, _: -((u - 1.5) ** 2), noise=0.01, lr=4e-3)) == ["lr"]
    assert told(searched(lambda u, _: -((u - 1.5) ** 2), noise=0.01, lr=1e-3)) == []


def test_an_end_beyond_which_trials_were_lost_is_not_moved() -> None:
    run = searched(lambda u, _: -((u - 1.2) ** 2), noise=0.01)
    configs = [trial.config for trial in run.trials.values()] + [{"lr": 1e-2, "other": v} for v in (0.1, 0.2)]
    lost = [Result(number, 1, "diverged") for number in (31, 32)]
    assert told(run_of(SPACE, configs, [*run.results, *lost])) == []


def test_readings_of_every_rung_and_seed_count() -> None:
    run = searched(lambda u, _: -((u - 1.2) ** 2), noise=0.01)
    short = [done(r.trial, r.metrics["score"] - 0.3) for r in run.results]
    long = [done(r.trial, r.metrics["score"], epochs=9) for r in run.results[::2]]
    again = [done(30, run.results[30].metrics["score"] - 0.01, epochs=9, replicate=seed) for seed in (1, 2)]
    configs = [trial.config for trial in run.trials.values()]
    assert told(run_of(SPACE, configs, [*short, *long, *again], epochs=9)) == ["lr"]


def test_too_few_trials_say_nothing() -> None:
    run = searched(lambda u, _: -((u - 1.2) ** 2))
    for few in (1, 2, 5):
        assert told(run_of(SPACE, [t.config for t in run.trials.values()], run.results[-few:])) == []


def test_all_alike_say_nothing() -> None:
    run = searched(lambda _u, _v: 0.0)
    results = [done(result.trial, 0.5) for result in run.results]
    assert (
        told(run_of(SPACE, [{"lr": 1e-2, "other": 1.0}, *({"lr": 1e-4, "other": 0.0},) * 30], results)) == []
    )


def test_a_conditional_parameter_is_judged_where_it_is_active() -> None:
    rng = np.random.default_rng(0)
    space = {"kind": {"choices": ["a", "b"]}, "lr": {**LR, "when": {"kind": ["a"]}}}
    places = [float(u) for u in rng.random(40)]
    configs: list[dict[str, Any]] = [
        {"kind": "b"} if n % 4 == 3 else {"kind": "a", "lr": 10 ** (4 * u - 6)} for n, u in enumerate(places)
    ]
    scores = [0.2 if n % 4 == 3 else 1 - (u - 1.2) ** 2 for n, u in enumerate(places)]
    configs.append({"kind": "a", "lr": 1e-2})
    results = [done(n, score) for n, score in enumerate([*scores, 0.97])]
    assert told(run_of(space, configs, results)) == ["lr"]
    assert told(run_of(space, [*configs, {"kind": "b"}], [*results, done(41, 2.0)])) == []


def test_refine_widens_what_is_told_and_nothing_else() -> None:
    run = searched(lambda u, _: -((u - 1.2) ** 2), noise=0.01)
    assert told(run) == [verdict.text.split()[0] for verdict in verdicts_of(run) if verdict.about == "edge"]
    widened = [change.name for change in refinement(run, top=5, widen=True).changes if change.edge]
    assert widened == ["lr"]
    assert not any(change.edge for change in refinement(run, top=5, widen=False).changes)


# -- ends that may move, and how far -----------------------------------------------------------------------


def always(_name: str, _value: object) -> bool:
    return True


@pytest.mark.parametrize(
    ("parameter", "value", "beyond"),
    [
        (Real("lr", Log(1e-6, 1e-2)), 1e-6, 1e-7),
        (Real("lr", Log(1e-6, 1.0)), 1.0, 30.0),
        (Real("momentum", OneMinusLog(0.9, 0.999)), 0.999, 0.9997),
        (Real("momentum", Linear(0.5, 0.99)), 0.99, 0.995),
        (Real("momentum", Log(0.5, 0.99)), 0.99, 0.995),
        (Real("colsample.bytree", Log(0.1, 1)), 1, None),
        (Real("share", Linear(0, 1)), 1, None),
        (Real("share", Linear(0, 1)), 0, None),
        (Real("dropout", Linear(0.1, 0.8)), 0.1, 0.05),
        (Real("dropout", Linear(0, 0.8)), 0.8, 0.9),
        (Real("gain", Linear(-2, 2)), -2, -3.0),
        (Integer("hidden_layers", Linear(2, 4)), 4, 5),
        (Integer("hidden_layers", Linear(2, 4)), 2, 1),
        (Integer("hidden_layers", Linear(2, 9)), 2, 1),
        (Integer("hidden_layers", Linear(1, 9)), 1, None),
        (Integer("hidden_layers", Linear(0, 9)), 0, None),
        (Integer("layers", Log(1, 64)), 1, None),
        (Integer("shift", Linear(-4, 4)), -4, -6),
        (Choice("activation", ("relu", "tanh")), "tanh", None),
    ],
)
def test_an_end_moves_along_its_scale_and_not_past_its_nature(
    parameter: Parameter, value: Any, beyond: float | None
) -> None:
    edge = edge_of(parameter, value, always)
    assert (edge.beyond if edge else None) == beyond


@pytest.mark.parametrize("value", [2e-6, 1e-4, 6e-3])
def test_within_the_outer_20th_and_not_further(value: float) -> None:
    parameter = Real("lr", Log(1e-6, 1e-2))
    assert bool(edge_of(parameter, value, always)) == (not 0.05 < parameter.scale.to_unit(value) < 0.95)


def test_an_end_that_the_objective_forbids_does_not_move() -> None:
    decay = Real("weight_decay", Linear(-1.0, 1.0))
    assert edge_of(decay, -1.0, lambda _, value: as_number(value) >= -1) is None
    assert edge_of(decay, 1.0, lambda _, value: as_number(value) >= -1) is not None
