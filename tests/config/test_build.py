from __future__ import annotations

from typing import Any

import numpy as np

from hpsearch.config import build_space
from hpsearch.space import Choice, Integer, Real


def test_kinds_of_parameters(load: Any) -> None:
    space = build_space(
        load(
            space={
                "lr": {"scale": "log", "low": 1e-4, "high": 1},
                "momentum": {"scale": "linear", "low": 0.5, "high": 0.9, "step": 0.1},
                "hidden_layers": {"scale": "linear", "low": 1, "high": 3},
                "batch_size": {"scale": "linear", "low": 16, "high": 64, "step": 16},
                "activation": {"choices": ["relu", "tanh"]},
            }
        )
    )
    assert space.names == ("lr", "momentum", "hidden_layers", "batch_size", "activation")
    rate, momentum, layers, batch, activation = space.parameters
    assert isinstance(rate, Real)
    assert (rate.scale.name, rate.scale.low, rate.scale.high) == ("log", 1e-4, 1)
    assert isinstance(momentum, Real)
    assert momentum.step == 0.1
    assert isinstance(layers, Integer)
    assert layers.levels(9) == [1, 2, 3]
    assert isinstance(batch, Choice)
    assert batch.choices == (16, 32, 48, 64)
    assert isinstance(activation, Choice)
    assert activation.kind == "categorical"


def test_values_have_the_type_of_their_hyperparameter(load: Any) -> None:
    space = {"lr": {"choices": [1, 0.1]}, "batch_size": {"choices": [32.0, 64]}}
    configs = build_space(load(space=space)).decode(np.array([[0.9, 0.1], [0.1, 0.9]]))
    assert [[type(value) for value in config.values()] for config in configs] == [[float, int], [float, int]]


def test_a_whole_range_of_a_real_hyperparameter(load: Any) -> None:
    space = {"weight_decay": {"scale": "linear", "type": "int", "low": 0, "high": 3}}
    assert isinstance(build_space(load(space=space)).parameters[0], Integer)


def test_the_other_values_of_the_objective_are_fixed(load: Any) -> None:
    fixed = build_space(load(None, "hidden_units=8", "lr=0.5")).fixed
    assert "lr" not in fixed
    assert "hidden_layers" not in fixed
    assert (fixed["optimizer"], fixed["epochs"], fixed["hidden_units"]) == ("momentum", 27, 8)


def test_conditions(load: Any) -> None:
    space = build_space(
        load(
            space={
                "optimizer": {"choices": ["sgd", "adam"]},
                "beta2": {"choices": [0.9, 0.99], "when": {"optimizer": "adam", "epochs": [27]}},
            }
        )
    )
    assert [len(config) for config in space.decode(np.array([[0.1, 0.5], [0.9, 0.5]]))] == [1, 2]


def test_a_condition_on_a_field_without_a_value_is_refused(load: Any, problems: Any) -> None:
    space = {"lr": {"scale": "log", "low": 0.1, "high": 1, "when": {"hidden_layers": 2}}}
    assert problems(space=space)[0].endswith(
        "space.lr.when.hidden_layers: asks for hidden_layers, which has no value; give objective.hidden_layers "
        "a value, or search hidden_layers too"
    )
    build_space(load(None, "hidden_layers=2", space=space))
