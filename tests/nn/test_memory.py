from __future__ import annotations

import dataclasses
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.data.augment import Augmentation
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.memory import CACHE_BUDGET, MEMORY_BUDGET, Work, best_stack_size, bytes_needed
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.settings import Settings, hyperparameters
from hpsearch.nn.training import train
from hpsearch.nn.weights import save_weights

SMALL, LARGE = Architecture(64, (32, 32), 10), Architecture(784, (512, 512), 10)


def test_bytes_grow_with_what_is_kept() -> None:
    plain = Work(SMALL, "sgd", 32)
    kept, more = bytes_needed(plain), bytes_needed(replace(plain, optimizer="adam"))
    assert more - kept == 2 * 2 * 4 * 3466  # the state it goes on from, and the one in training
    assert bytes_needed(replace(plain, stops=True)) - kept == 2 * 4 * 3466
    for changed in ({"batch_size": 64}, {"val_size": 20_000}, {"train_size": 20_000}, {"augments": True}):
        assert bytes_needed(replace(plain, **changed)) > kept


def test_no_trial_works_in_less_than_its_parameters_and_gradients() -> None:
    assert bytes_needed(Work(LARGE, "sgd", 1, 1, 1)) >= 2 * 4 * (784 * 512 + 512 * 512 + 512 * 10 + 1034)


@pytest.mark.parametrize("architecture", [SMALL, LARGE])
def test_a_stack_fits_the_budget(architecture: Architecture) -> None:
    work = Work(architecture, "momentum", 32)
    size = best_stack_size(work)
    assert size == 1 or bytes_needed(work, size) <= MEMORY_BUDGET
    assert size >= 1


def test_small_networks_are_stacked_as_far_as_the_cache_goes() -> None:
    size = best_stack_size(Work(SMALL, "momentum", 32))
    parameters = 64 * 32 + 32 * 32 + 32 * 10 + 74
    assert 8 <= size <= CACHE_BUDGET / (4 * 4 * parameters)
    assert best_stack_size(Work(LARGE, "momentum", 32)) == 1


def test_a_network_too_large_for_any_machine_is_measured_without_memory() -> None:
    for activation in ACTIVATIONS:
        huge = Architecture(
            784, (16384,) * 64, 10, batch_norm="before", dropout="inverted", activation=activation
        )
        assert bytes_needed(Work(huge, "adam", 16384, 10_000, 10_000)) > 4 * 5 * 63 * 16384**2


@pytest.mark.parametrize("activation", ["relu", "gelu", "rrelu", "prelu"])
def test_what_is_counted_is_what_is_taken(activation: str) -> None:
    network = Network(Architecture(20, (30, 10), 3, activation, batch_norm="after", dropout="inverted"))
    arrays = [np.zeros((1, size), np.float32) for size in (network.layout.size, network.layout.learned)]
    dry, wet = (
        Pass(network, arrays[0], arrays[1], 8, training=True, dry=dry).nbytes for dry in (True, False)
    )
    assert dry == wet


def test_an_evaluation_that_takes_more_than_the_training_makes_stacks_smaller() -> None:
    work = Work(SMALL, "sgd", 1, 1000, 1000)
    free = best_stack_size(work)
    assert free > best_stack_size(work, bytes_needed(work, 5)) == 5
    assert best_stack_size(work, 1) == 1


# -- what is really taken ----------------------------------------------------------------------------------


@dataclass
class Examples:
    X_train: Any
    y_train: Any
    X_val: Any
    y_val: Any


def examples(inputs: int, outputs: int, train_size: int, val_size: int) -> Examples:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(train_size + val_size, inputs)).astype(np.float32)
    y = rng.integers(0, outputs, len(X)) if outputs > 1 else X[:, 0].copy()
    return Examples(X[:train_size], y[:train_size], X[train_size:], y[train_size:])


#: Of each hyperparameter, values that make its piece work: the columns differ from row to row.
HYPER = dict.fromkeys(hyperparameters(), 0.0) | {
    "momentum": 0.9,
    "beta1": 0.9,
    "beta2": 0.99,
    "epsilon": 1e-8,
    "lr_decay": 0.5,
    "lr_decay_epochs": 3.0,
    "init_std": 0.01,
    "init_scale": 1.0,
}


def peak(work: Work, trials: int, augment: Any, **hyper: Any) -> int:
    """The most bytes that training, and going on from its state, had allocated at any time."""
    shape, rows = work.architecture, trials * work.folds
    data = examples(shape.inputs, shape.outputs, work.train_size, work.val_size)
    settings = Settings(
        work.optimizer, work.batch_size, {**HYPER, "lr": [0.01] * rows, **hyper}, "cosine", full_epochs=3
    )
    how: dict[str, Any] = {
        "seeds": list(range(rows)),
        "order": (0, 0),
        "augment": augment,
        "figures": work.figures,
    }
    given: Any = [data] * work.folds if work.folds > 1 else data
    small = dataclasses.replace(shape, hidden=(2,), initializer="he", init_file=None)
    few = Examples(data.X_train[:9], data.y_train[:9], data.X_val[:9], data.y_val[:9])
    train(small, settings, few, **how, epochs=1)  # what is imported and cached once is nobody's
    tracemalloc.start()
    try:
        first = train(shape, settings, given, **how, epochs=1)
        train(shape, settings, given, **how, epochs=3, state=first.state)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


WIDE = Architecture(100, (160, 160), 10)
CASES: dict[str, tuple[Work, int, dict[str, Any]]] = {
    "wide": (Work(WIDE, "sgd", 32, 500, 100), 1, {}),
    "wide, adam, many": (Work(WIDE, "adam", 32, 500, 100), 5, {}),
    "tiny, a full stack": (Work(Architecture(8, (4,), 2), "momentum", 16, 900, 300), 64, {}),
    "many rows": (Work(Architecture(8, (16,), 3), "sgd", 1000, 60_000, 30_100), 3, {}),
    "many steps": (Work(Architecture(4, (4,), 2), "adamw", 1, 1500, 10), 2, {"weight_decay": 0.1}),
    "a huge batch": (Work(Architecture(50, (40,), 3), "sgd", 8000, 8000, 10), 2, {}),
    "early stopping": (Work(WIDE, "momentum", 64, 500, 300, stops=True), 4, {"early_stopping": [9, 9, 9, 1]}),
    "one diverges": (Work(WIDE, "momentum", 64, 500, 300), 4, {"lr": [0.01, 0.01, 0.01, 1e9]}),
    "batch norm, dropout": (
        Work(
            dataclasses.replace(WIDE, batch_norm="before", dropout="inverted", input_dropout=True),
            "adam",
            64,
            500,
            400,
        ),
        3,
        {"dropout": 0.3, "input_dropout": 0.1, "label_smoothing": 0.1, "clip_norm": 1.0, "l1": 1e-5},
    ),
    "alpha dropout": (
        Work(dataclasses.replace(WIDE, activation="selu", dropout="alpha"), "nesterov", 100, 500, 400),
        3,
        {"alpha_dropout": 0.1},
    ),
    "orthogonal": (
        Work(dataclasses.replace(WIDE, hidden=(700,), initializer="orthogonal", inputs=600), "sgd", 8, 50, 9),
        1,
        {},
    ),
    "regression": (
        Work(dataclasses.replace(WIDE, outputs=1, loss="mse", task="regression"), "rmsprop", 64, 1500, 800),
        3,
        {},
    ),
    "ranked": (Work(Architecture(8, (16,), 12), "sgd", 100, 500, 9_100, figures=("auc",)), 3, {}),
    "ranked, two classes": (Work(Architecture(8, (4,), 2), "sgd", 10, 50, 40_100, figures=("auc",)), 1, {}),
    "by class": (Work(Architecture(8, (4,), 40), "sgd", 10, 50, 20_100, figures=("f1",)), 2, {}),
    "folds": (Work(WIDE, "momentum", 64, 500, 300, folds=3), 2, {}),
    "folds, one diverges": (Work(WIDE, "adam", 64, 500, 300, folds=3), 1, {"lr": [0.01, 1e9, 0.01]}),
    "augmented": (Work(dataclasses.replace(WIDE, inputs=784), "adagrad", 64, 700, 100, augments=True), 2, {}),
    **{
        activation: (
            Work(dataclasses.replace(WIDE, activation=activation, batch_norm="after"), "adam", 250, 990, 300),
            3,
            {},
        )
        for activation in ("prelu", "rrelu", "gelu", "silu", "elu")
    },
}


@pytest.mark.parametrize("case", CASES)
def test_training_never_takes_more_than_was_counted(case: str) -> None:
    work, trials, hyper = CASES[case]
    augment = Augmentation((28, 28), 1.0, 10.0, 0.1, 0.5, 0.1) if work.augments else None
    taken, counted = peak(work, trials, augment, **hyper), bytes_needed(work, trials)
    assert taken <= counted
    assert counted <= 2.2 * taken + (1 << 20)  # and what was counted is not idle


def test_weights_from_a_file_are_counted(tmp_path: Path) -> None:
    layout = Network(WIDE).layout
    save_weights(tmp_path / "w.npz", layout, layout.draw([1], "f8")[0])
    shape = dataclasses.replace(WIDE, initializer="file", init_file=tmp_path / "w.npz")
    work = Work(shape, "sgd", 32, 300, 100)
    assert peak(work, 1, None) <= bytes_needed(work, 1)
