"""Every name and every value of the table of the built-in network: searched, set and described."""

from __future__ import annotations

import inspect
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hpsearch.actions import run as action
from hpsearch.config import load_spec, spec_of
from hpsearch.config.schema import Choices
from hpsearch.data.augment import Augmentation
from hpsearch.nn import early_stopping
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.batch_norm import BatchNorm
from hpsearch.nn.dropout import AlphaDropout, Dropout
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.optimizers import CLIPS, OPTIMIZERS, PENALTIES
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.nn.weights import save_weights
from hpsearch.objectives.network.settings import NetworkSettings
from hpsearch.runs import RunFolder

#: The settings with which a hyperparameter counts, where that is not how the objective is anyway.
BESIDE: dict[str, dict[str, Any]] = {
    "beta1": {"optimizer": "adam"},
    "beta2": {"optimizer": "adam"},
    "epsilon": {"optimizer": "adam"},
    "lr_decay": {"lr_schedule": "step", "lr_decay_epochs": 1},
    "lr_decay_epochs": {"lr_schedule": "exponential"},
    "alpha_dropout": {"activation": "selu"},
    "init_std": {"initializer": "normal"},
    **{
        name: {"initializer": "variance_scaling"} for name in ("init_scale", "init_mode", "init_distribution")
    },
}
#: Of each number, two values that make a difference at once.
NUMBERS: dict[str, list[float]] = {
    "hidden_layers": [1, 3],
    "hidden_units": [5, 12],
    "init_std": [0.01, 0.5],
    "init_scale": [0.5, 3.0],
    "lr": [0.01, 0.1],
    "lr_decay": [0.1, 0.9],
    "lr_decay_epochs": [1, 3],
    "warmup_epochs": [0, 2],
    "momentum": [0.5, 0.9],
    "beta1": [0.5, 0.9],
    "beta2": [0.9, 0.99],
    "epsilon": [1e-8, 0.1],
    "weight_decay": [1e-4, 0.5],
    "l1": [1e-4, 0.1],
    "clip_norm": [0.01, 0.1],
    "clip_value": [1e-4, 1e-3],
    "label_smoothing": [0.0, 0.4],
    "dropout": [0.0, 0.5],
    "input_dropout": [0.0, 0.5],
    "alpha_dropout": [0.0, 0.3],
    "early_stopping": [0, 1],
    "augment_shift": [0, 2],
    "augment_rotate": [0, 45],
    "augment_scale": [0, 0.3],
    "augment_flip": [0, 0.5],
    "augment_noise": [0, 0.5],
    "batch_size": [16, 40],
}
#: Two trainings with early stopping or not may be the same for as long as they last.
ALIKE = {"early_stopping"}
NAMES = {name: NetworkSettings.names_of(name) for name in NetworkSettings.searchable()}


def test_the_numbers_are_all_there_are() -> None:
    assert set(NUMBERS) == {name for name, values in NAMES.items() if not values}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "w.npz"
    layout = Network(Architecture(64, (8, 8), 10)).layout
    save_weights(path, layout, layout.draw([1], "f8")[0])
    return path


def configuration(space: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    dataset = {"source": "digits", "limit": 150}
    objective = {"kind": "mlp", "dataset": dataset, "hidden": [8, 8], "epochs": 3, "batch_size": 16, **beside}
    search = {"sampler": "grid", "halving": "off", "confirm": "off", "trials": 16}
    return {
        "name": "table",
        "objective": objective,
        "space": space,
        "search": search,
        "dispatch": {"executor": "serial"},
    }


class Deaf:
    def round_begins(self, *_: object) -> None: ...
    def training_begins(self, *_: object) -> None: ...
    def training_waits(self, *_: object) -> None: ...
    def results_came(self, *_: object) -> None: ...


def losses(spec: Any, folder: Path) -> dict[Any, float]:
    """The last training loss of each trial of a grid over the space, by its first value."""
    outcome = action.run(spec, RunFolder(folder / "table"), "new", Deaf(), lambda _: None)
    assert [found.status for found in outcome.standings] == ["done"] * len(outcome.standings)
    return {
        next(iter(found.trial.config.values())): found.metrics["train_loss"] for found in outcome.standings
    }


def beside(name: str, weights: Path, value: object = None) -> dict[str, Any]:
    given = BESIDE.get(name, {})
    return given | ({"init_file": str(weights)} if name == "initializer" and value in (None, "file") else {})


@pytest.mark.parametrize("name", NAMES)
def test_every_value_can_be_searched(name: str, weights: Path, tmp_path: Path) -> None:
    values = list(NAMES[name]) or NUMBERS[name]
    if name == "loss":
        assert {"cross_entropy", "mse", "mae"} <= {*values}
    found = losses(spec_of(configuration({name: {"choices": values}}, beside(name, weights))), tmp_path)
    assert set(found) == set(values)
    assert name in ALIKE or len(set(found.values())) == len(values), found
    read_back = load_spec(tmp_path / "table" / "config.yaml")
    given = read_back.space[name]
    assert isinstance(given, Choices)
    assert given.choices == tuple(values)


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_can_be_searched_in_a_range(name: str, weights: Path, tmp_path: Path) -> None:
    low, high = NUMBERS[name]
    data = configuration({name: {"scale": "linear", "low": low, "high": high}}, beside(name, weights))
    spec = spec_of(data | {"search": {"trials": 2, "sampler": "random", "halving": "off", "confirm": "off"}})
    for value in losses(spec, tmp_path):
        assert low <= value <= high
        assert isinstance(value, int if NetworkSettings.whole(name) else float)


SETTINGS = [(name, value) for name, values in NAMES.items() for value in values or NUMBERS[name]]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_every_value_can_be_set(name: str, value: Any, weights: Path, tmp_path: Path) -> None:
    extra = beside(name, weights, value)
    searched = "clip_norm" if name == "lr" else "lr"
    fixed = configuration({searched: {"choices": [0.01, 0.02]}}, extra | {name: value})
    assert getattr(spec_of(fixed).objective, name) == value
    found = losses(spec_of(fixed), tmp_path)
    assert len(found) == 2


def of(piece: Any) -> str:
    """What a registered piece says of itself: its function's words, or its class's."""
    if isinstance(piece, partial):
        piece = piece.args[0]
    functions = (getattr(piece, name, None) for name in ("update", "measure", "draw", "factor"))
    return inspect.getdoc(next((function for function in functions if function), piece)) or ""


PIECES: dict[str, Any] = {
    **{
        f"{registry.kind} {name}": registry[name]
        for registry in (ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES)
        for name in registry
    },
    **PENALTIES,
    **CLIPS,
    "batch norm": BatchNorm,
    "dropout": Dropout,
    "alpha dropout": AlphaDropout,
    "augment": Augmentation,
    "early stopping": early_stopping,
}


@pytest.mark.parametrize("name", PIECES)
def test_every_piece_gives_its_formula_and_its_source(name: str) -> None:
    text = of(PIECES[name])
    assert re.search(r"\((?:[^()]*[ (])?(?:1[789]|20)\d\d\b", text), f"no source (author, year): {text!r}"
    formula = r"[=/^*+|<>]|\b(?:exp|max|sqrt|log|floor|cos|min|sigmoid)\b|N\(|U\("
    assert re.search(formula, text), f"no formula: {text!r}"
