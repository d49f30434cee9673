"""What the space may hold, given the objective."""

from __future__ import annotations

from typing import Any

import pytest

from hpsearch.space.scales import SCALES

LR = {"scale": "log", "low": 0.001, "high": 0.1}
RANGES = [
    ("lr", {"scale": "log", "low": 0, "high": 1}, "low: must be above 0 on a log scale (got 0)"),
    ("lr", {"scale": "log", "low": -1, "high": 1}, "low: must be above 0 on a log scale (got -1)"),
    ("lr", {"scale": "linear", "low": 0, "high": 1}, "low: must be above 0 (got 0)"),
    ("lr", {"scale": "log", "low": 1, "high": 0.1}, "high: must be above low, 1 (got 0.1)"),
    (
        "lr",
        {"scale": "log", "low": 0.1, "high": 0.1},
        "high: must be above low; write lr: 0.1 to fix it (got 0.1)",
    ),
    ("lr", {"scale": "linear", "low": 1e308, "high": 1.0000000000000002e308}, None),
    (
        "momentum",
        {"scale": "one_minus_log", "low": 0.9, "high": 1},
        "high: must be below 1 on a one_minus_log scale (got 1)",
    ),
    ("momentum", {"scale": "linear", "low": 0, "high": 1}, "high: must be below 1 (got 1)"),
    ("momentum", {"scale": "linear", "low": -0.1, "high": 0.5}, "low: must be at least 0 (got -0.1)"),
    (
        "momentum",
        {"scale": "linear", "low": -1.7e308, "high": 1.7e308},
        "high: must lie a finite distance above low (got 1.7e+308)",
    ),
    ("batch_size", {"scale": "log", "low": 8.5, "high": 64}, "low: must be a whole number (got 8.5)"),
    (
        "batch_size",
        {"scale": "log", "low": 8, "high": 64, "type": "float"},
        "type: must be int: batch_size is a whole number (got 'float')",
    ),
    ("hidden_layers", {"scale": "linear", "low": 0, "high": 3}, "low: must be at least 1 (got 0)"),
    (
        "hidden_units",
        {"scale": "linear", "low": 16, "high": 64, "step": 1.5},
        "step: must be a whole number (got 1.5)",
    ),
    ("lr", {**LR, "type": "int"}, "low: must be a whole number (got 0.001)"),
    ("lr", {**LR, "step": 0.01}, "step: is for a linear scale; remove it, or use scale: linear (got 'log')"),
    (
        "lr",
        {"scale": "linear", "low": 1, "high": 2, "step": 3},
        "step: must be at most high - low, 1 (got 3)",
    ),
    (
        "batch_size",
        {"scale": "linear", "low": 1, "high": 100000, "step": 1},
        "step: gives more than 10000 values; use a larger step (got 1)",
    ),
    (
        "batch_size",
        {"scale": "log", "low": 1, "high": 1e17},
        "high: must be less than 1000000000000000 above low",
    ),
    (
        "lr",
        {"scale": "linear", "low": 1, "high": 2, "step": 1e-16},
        "step: gives more than 500000000000000 values",
    ),
    (
        "activation",
        {"scale": "linear", "low": 1, "high": 2},
        ": has no range of numbers; give choices, some of sigmoid, tanh, relu, leaky_relu",
    ),
]


@pytest.mark.parametrize(("name", "given", "problem"), RANGES)
def test_ranges(load: Any, problems: Any, name: str, given: dict[str, Any], problem: str | None) -> None:
    if problem is None:
        load(space={name: given})
    else:
        dot = "" if problem.startswith(":") else "."
        assert any(f"space.{name}{dot}{problem}" in found for found in problems(space={name: given}))


@pytest.mark.parametrize(
    ("low", "high"), [(1, 1.0000000000000002), (0.5, 0.50000000001), (1e-300, 1e300), (0, 0.9)]
)
@pytest.mark.parametrize("scale", ["linear", "log", "one_minus_log"])
def test_ranges_follow_the_scale(load: Any, problems: Any, scale: str, low: float, high: float) -> None:
    """The short cut around the import of the scales never decides otherwise than they do."""
    given = {"scale": scale, "low": low, "high": high}
    problem = SCALES[scale].problem(low, high)
    if problem is None:
        load(space={"weight_decay": given})
    else:
        assert f"space.weight_decay.{problem}" in problems(space={"weight_decay": given})[0]


@pytest.mark.parametrize(
    ("name", "given", "problem"),
    [
        (
            "activation",
            ["relu", "tahn"],
            "choices[1]: must be one of sigmoid, tanh, relu, leaky_relu, rrelu, prelu, elu, selu, gelu, silu "
            "(got 'tahn'); did you mean 'tanh'?",
        ),
        ("activation", ["relu", "relu"], "choices[1]: is given twice (got 'relu')"),
        ("batch_size", [8, 8.0], "choices[1]: is given twice (got 8.0)"),
        ("batch_size", [8, 0], "choices[1]: must be at least 1 (got 0)"),
        ("batch_size", [8, 16.5], "choices[1]: must be a whole number (got 16.5)"),
        ("lr", [0.1, "big"], "choices: must be all texts, all numbers or all true/false (got [0.1, big])"),
        ("lr", [True, 1], "choices: must be all texts, all numbers or all true/false (got [true, 1])"),
        ("lr", [True], "choices[0]: must be a number (got true)"),
    ],
)
def test_choices(problems: Any, name: str, given: list[Any], problem: str) -> None:
    assert problems(space={name: {"choices": given}})[0].endswith(f"space.{name}.{problem}")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("momentun", "is no hyperparameter of mlp; did you mean 'momentum'?"),
        ("qqq", "is no hyperparameter of mlp; known: hidden_layers, hidden_units, activation"),
        ("epochs", "cannot be searched: halving decides how long a trial trains; set objective.epochs"),
        ("hidden", "cannot be searched: lists cannot be searched; search hidden_layers and hidden_units"),
        ("dataset", "cannot be searched"),
        ("kind", "cannot be searched"),
    ],
)
def test_names(problems: Any, name: str, problem: str) -> None:
    found = problems(space={name: LR})
    assert len(found) == 1
    assert f"space.{name}: {problem}" in found[0]


# -- when --------------------------------------------------------------------------------------------------

CONDITIONS = [
    (
        {"optimizr": "adam"},
        "when.optimizr: is neither a parameter of the space nor a field of the objective; did you mean",
    ),
    (
        {"optimizer": "adm"},
        "when.optimizer: must be one of sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw "
        "(got 'adm'); did you mean 'adam'?",
    ),
    (
        {"activation": "sigmoid"},
        "when.activation: must be among the choices of activation, [relu, tanh] (got 'sigmoid')",
    ),
    ({"batch_size": 4}, "when.batch_size: must be in the range of batch_size, [8, 64] (got 4)"),
    ({"batch_size": 8.5}, "when.batch_size: must be a whole number, like every batch_size (got 8.5)"),
    ({"batch_size": True}, "when.batch_size: must be in the range of batch_size, [8, 64] (got true)"),
    ({"beta2": 0.95}, "when.beta2: the conditions go round in a circle (beta2 -> beta2); remove one"),
]


def space_with(when: dict[str, Any]) -> dict[str, Any]:
    return {
        "activation": {"choices": ["relu", "tanh"]},
        "batch_size": {"scale": "log", "low": 8, "high": 64},
        "beta2": {"scale": "one_minus_log", "low": 0.9, "high": 0.999, "when": when},
    }


@pytest.mark.parametrize(("when", "problem"), CONDITIONS)
def test_conditions(problems: Any, when: dict[str, Any], problem: str) -> None:
    assert f"space.beta2.{problem}" in problems(space=space_with(when))[0]


def test_good_conditions(load: Any) -> None:
    when = {"optimizer": "adam", "activation": ["relu"], "batch_size": [8, 16], "epochs": 27}
    assert load(space=space_with(when)).space["beta2"].when == {
        "optimizer": ("adam",),
        "activation": ("relu",),
        "batch_size": (8, 16),
        "epochs": (27,),
    }


def test_circles_are_named_once(problems: Any) -> None:
    half = {"scale": "linear", "low": 0.1, "high": 0.5}
    space = {
        "lr": {**half, "when": {"beta1": 0.2}},
        "beta1": {**half, "when": {"beta2": 0.2, "momentum": 0.2}},
        "beta2": {**half, "when": {"beta1": 0.2}},
        "momentum": half,
    }
    assert [problem.split(": ", 1)[1] for problem in problems(space=space)] == [
        "space.beta1.when.beta2: the conditions go round in a circle (beta1 -> beta2 -> beta1); remove one"
    ]


def test_a_broken_parent_is_not_reported_again(problems: Any) -> None:
    space = {"activation": {"choices": 3}, "lr": {**LR, "when": {"activation": "relu"}}}
    assert len(problems(space=space)) == 1


# -- hidden layers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["objective", "space"])
def test_different_widths_cannot_be_repeated(load: Any, problems: Any, place: str) -> None:
    objective: dict[str, Any] = {"kind": "mlp", "dataset": "digits", "hidden": [64, 32]}
    space: dict[str, Any] = {"lr": LR}
    if place == "objective":
        objective["hidden_layers"] = 3
    else:
        space["hidden_layers"] = {"scale": "linear", "low": 1, "high": 3}
    message = problems(objective=objective, space=space)[0]
    assert "objective.hidden: has layers of different widths" in message
    assert "give hidden_units too (got [64, 32])" in message
    load(objective={**objective, "hidden_units": 16}, space=space)
