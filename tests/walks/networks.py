"""Strategies of searches with the built-in network: its hyperparameters, and small data."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from hypothesis import strategies as st

from hpsearch.core.goals import goal_of
from tests.walks.searches import sections
from tests.walks.walk import Tree, Walk

_FRACTIONS: tuple[Any, ...] = (
    "auto",
    [0.6, 0.2, 0.2],
    [0.5, 0.25, 0.25],
    [0.7, 0.3],
    {"folds": 3},
    {"folds": 2, "test": 0.1},
)
_SCALINGS = ("none", "minmax", "standard", "whiten", "tanh")
#: What a hyperparameter may be searched over.
_SEARCHED: dict[str, tuple[Tree, ...]] = {
    "lr": (
        {"scale": "log", "low": 1e-4, "high": 1},
        {"scale": "log", "low": 0.1, "high": 1e6},
        {"scale": "linear", "low": 0.1, "high": 0.5, "step": 0.1},
        {"choices": [0.01, 0.1, 1]},
    ),
    "momentum": (
        {"scale": "one_minus_log", "low": 0.5, "high": 0.99},
        {"scale": "linear", "low": 0, "high": 0.9},
    ),
    "weight_decay": ({"scale": "log", "low": 1e-8, "high": 1e-2}, {"choices": [0, 0.001]}),
    "l1": ({"scale": "log", "low": 1e-8, "high": 1e-2},),
    "hidden_layers": ({"scale": "linear", "low": 1, "high": 3}, {"choices": [1, 2]}),
    "hidden_units": (
        {"scale": "log", "low": 2, "high": 16},
        {"scale": "linear", "low": 4, "high": 12, "step": 4},
    ),
    "activation": (
        {"choices": ["relu", "tanh", "selu"]},
        {"choices": ["prelu", "rrelu", "gelu", "silu", "elu", "sigmoid"]},
    ),
    "optimizer": (
        {"choices": ["sgd", "momentum", "adam"]},
        {"choices": ["adagrad", "rmsprop", "adamw", "nesterov"]},
    ),
    "batch_norm": ({"choices": ["off", "before", "after"]},),
    "dropout": (
        {"scale": "linear", "low": 0, "high": 0.8},
        {"scale": "linear", "low": 0, "high": 0.5, "step": 0.1},
    ),
    "input_dropout": ({"scale": "linear", "low": 0, "high": 0.2},),
    "clip_norm": ({"scale": "log", "low": 0.01, "high": 10},),
    "clip_value": ({"choices": [0, 0.1, 1]},),
    "initializer": (
        {"choices": ["he", "glorot", "lecun_uniform", "orthogonal", "zeros", "variance_scaling", "normal"]},
    ),
    "init_std": ({"scale": "log", "low": 1e-4, "high": 1},),
    "lr_schedule": ({"choices": ["constant", "step", "exponential", "inverse_time", "cosine"]},),
    "lr_decay": ({"scale": "log", "low": 0.1, "high": 1},),
    "warmup_epochs": ({"scale": "linear", "low": 0, "high": 2},),
    "early_stopping": ({"choices": [0, 1, 2]},),
    "batch_size": ({"scale": "log", "low": 8, "high": 64}, {"choices": [16, 128]}),
    "epsilon": ({"scale": "log", "low": 1e-9, "high": 1e-3},),
}
#: Drawn only with what reads them, if that is searched too.
_CONDITIONAL: dict[str, tuple[Tree, Tree]] = {
    "beta2": ({"scale": "one_minus_log", "low": 0.9, "high": 0.9999}, {"optimizer": ["adam", "adamw"]}),
    "lr_decay_epochs": ({"scale": "linear", "low": 1, "high": 5}, {"lr_schedule": ["step", "exponential"]}),
    "init_scale": ({"scale": "log", "low": 0.1, "high": 10}, {"initializer": "variance_scaling"}),
}


@st.composite
def networks(draw: st.DrawFn) -> Walk:
    """The network on digits, generated data, or an .npz file."""
    dataset, files, task = draw(st.one_of(_built_in(), _arrays()))
    dataset["split"] = draw(st.sampled_from(_FRACTIONS))
    dataset["scaling"] = draw(st.sampled_from(_SCALINGS))
    return Walk(draw(configs(dataset, task, most=8)), files)


@st.composite
def configs(draw: st.DrawFn, dataset: Tree, task: str, most: int) -> Tree:
    """A file for the data set."""
    space = draw(_spaces(most))
    epochs = draw(st.integers(1, 4))
    objective: Tree = {
        "kind": "mlp",
        "dataset": dataset,
        "hidden": draw(st.sampled_from([[4], [8], [5, 5]])),
        "epochs": epochs,
    }
    if draw(st.booleans()):
        objective["batch_size"] = draw(st.sampled_from([2, 8, 32]))
    if task == "regression" and draw(st.booleans()):
        objective["loss"] = draw(st.sampled_from(["mse", "mae"]))
    metric: str | list[str]
    metric = draw(st.sampled_from(["val_acc" if task == "classification" else "val_r2", "val_loss"]))
    goals: Tree = {}
    if draw(st.integers(0, 3)) == 0:
        metric = [metric, draw(st.sampled_from(["parameters", "multiplications"]))]
        goals = draw(st.sampled_from([{}, {"goal": [goal_of(metric[0]), "minimize"]}]))
    search = draw(sections(metric, epochs, (0.001, 0.05, 0.3))) | goals
    return {"objective": objective, "space": space, "search": search | {"trials": min(6, search["trials"])}}


@st.composite
def _spaces(draw: st.DrawFn, most: int) -> Tree:
    names = draw(st.lists(st.sampled_from(sorted(_SEARCHED)), min_size=1, max_size=most, unique=True))
    space = {name: draw(st.sampled_from(_SEARCHED[name])) for name in names}
    for name, (given, when) in _CONDITIONAL.items():
        choices = space.get(next(iter(when)), {}).get("choices", [])
        held = next(iter(when.values()))
        active: list[Any] = [
            value for value in (held if isinstance(held, list) else [held]) if value in choices
        ]
        if draw(st.booleans()) and active:
            space[name] = given | {"when": {next(iter(when)): active}}
    return space


@st.composite
def _built_in(draw: st.DrawFn) -> tuple[Tree, dict[str, bytes], str]:
    source = draw(st.sampled_from(["digits", "spirals", "moons"]))
    return {"source": source, "limit": draw(st.sampled_from([150, 200, 400]))}, {}, "classification"


@st.composite
def _arrays(draw: st.DrawFn) -> tuple[Tree, dict[str, bytes], str]:
    """An .npz file: numbers of any size, constants, far values."""
    rows, columns = draw(st.sampled_from([60, 100])), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    X = rng.normal(size=(rows, columns)) * draw(st.sampled_from([1, 1e-6, 1e6])) + draw(
        st.sampled_from([0, 0, 1e9])
    )
    task: str = draw(st.sampled_from(["classification", "regression"]))
    y: np.ndarray[Any, Any] = rng.integers(0, 3, rows)
    if task == "regression":
        y = (X[:, 0] - X[:, 0].mean()) * draw(st.sampled_from([1, 1e-3, 1e8])) + rng.normal(size=rows)
    constant: bool = draw(st.booleans())
    if constant:
        X[:, -1] = X[0, -1]
    file = io.BytesIO()
    precision: str = draw(st.sampled_from(["float32", "float64"]))
    np.savez(file, X=X.astype(precision), y=y)
    dataset = {"source": "data.npz", **({"task": task} if task == "regression" else {})}
    return dataset, {"data.npz": file.getvalue()}, task
