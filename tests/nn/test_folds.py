"""A stack whose rows learn from different parts of the data equals each of them trained alone, to the bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from msgspec import Struct
from msgspec.structs import replace

from hpsearch.nn.memory import Work, best_stack_size, bytes_needed
from hpsearch.nn.network import Architecture
from hpsearch.nn.settings import Settings
from hpsearch.nn.state import State
from hpsearch.nn.training import Training, train

F, T, EPOCHS = 3, 4, 4


class Part(Struct, frozen=True):
    X_train: Any
    y_train: npt.NDArray[Any]
    X_val: Any
    y_val: npt.NDArray[Any]


class Lazy:
    """Inputs that exist only while someone looks at them."""

    def __init__(self, inputs: npt.NDArray[Any]) -> None:
        self._inputs: npt.NDArray[np.float32] = inputs
        self.shape, self.dtype = inputs.shape, inputs.dtype

    def __len__(self) -> int:
        return len(self._inputs)

    def __getitem__(self, place: slice) -> npt.NDArray[np.float32]:
        return self._inputs[place].copy()

    def take(self, indices: npt.NDArray[Any], axis: int) -> npt.NDArray[np.float32]:
        return self._inputs.take(indices, axis=axis)


def parts(regression: bool = False) -> list[Part]:
    """Three parts of 83 rows to train on, and 300, 299 and 40 rows to validate with."""
    rng = np.random.default_rng(1)

    def some(rows: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        X = rng.normal(size=(rows, 12)).astype(np.float32)
        y = (X[:, 0] + X[:, 1] * X[:, 2]).astype(np.float32)
        return X, y if regression else (y > 0).astype(np.int64) + (X[:, 3] > 1)

    return [Part(*some(83), *some(rows)) for rows in (300, 299, 40)]


CASES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "plain": ({}, {}),
    "no hidden layer": ({"hidden": ()}, {}),
    "batch norm": ({"batch_norm": "before", "hidden": (8, 8)}, {}),
    "dropout": ({"dropout": "inverted", "input_dropout": True}, {"dropout": 0.3, "input_dropout": 0.2}),
    "drawn and learned slopes": ({"activation": "rrelu"}, {}),
    "prelu": ({"activation": "prelu"}, {}),
    "smoothing": ({}, {"label_smoothing": 0.1, "l1": 1e-4, "clip_norm": 1.0}),
    "squares": ({"loss": "mse"}, {"label_smoothing": 0.1}),
    "stops early": ({}, {"early_stopping": [1.0, 2.0, 9.0, 3.0]}),
    "regression": ({"loss": "mae", "task": "regression", "outputs": 1}, {}),
    "balanced": ({}, {}),
}


def trained(
    data: Sequence[Part] | Part,
    rows: Sequence[tuple[int, int]],
    case: str,
    epochs: float = EPOCHS,
    state: State | None = None,
    **more: Any,
) -> Training:
    """The networks of `rows` (trial, fold), which differ in their seed, learning rate and patience."""
    shape, hyper = CASES[case]
    architecture = Architecture(**{"inputs": 12, "hidden": (9,), "outputs": 3, **shape})
    patience = hyper.get("early_stopping", [0.0] * T)
    columns = {
        **hyper,
        "lr": [0.02 * 2**trial for trial, _ in rows],
        "early_stopping": [patience[trial] for trial, _ in rows],
    }
    settings = Settings("momentum", 16, {"momentum": 0.9, **columns}, balanced=case == "balanced")
    seeds = [10 * trial + fold for trial, fold in rows]
    figures = ["mae"] if case == "regression" else ["auc"]
    more = {"order": (5, 0), "epochs": epochs, "state": state, "figures": figures, **more}
    return train(architecture, settings, data, seeds=seeds, **more)


GRID = [(trial, fold) for trial in range(T) for fold in range(F)]


def same(first: Training, row: int, second: Training, other: int = 0) -> None:
    for name, curve in first.curves.items():
        assert curve[row].tobytes() == second.curves[name][other].tobytes(), name
    assert first.state.parameters[row].tobytes() == second.state.parameters[other].tobytes()
    for name, slot in first.state.slots.items():
        assert slot[row].tobytes() == second.state.slots[name][other].tobytes(), name


@pytest.mark.parametrize("case", CASES)
def test_a_stack_of_trials_and_folds_equals_each_fold_trained_alone(case: str) -> None:
    data = parts(case == "regression")
    stack = trained(data, GRID, case)
    for row, (trial, fold) in enumerate(GRID):
        same(stack, row, trained(data[fold], [(trial, fold)], case))


@pytest.mark.parametrize("case", CASES)
def test_a_trial_whose_batches_are_gathered_some_at_a_time_equals_each_fold_trained_alone(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = parts(case == "regression")
    alone = [trained(data[fold], [(2, fold)], case) for fold in range(F)]
    monkeypatch.setattr("hpsearch.nn.folds._GATHER_BYTES", 3 * F * 16 * 12 * 4)  # three batches of six
    stack = trained(data, [(2, fold) for fold in range(F)], case)
    for fold in range(F):
        same(stack, fold, alone[fold])


@pytest.mark.parametrize("case", ["plain", "dropout", "stops early"])
def test_going_on_equals_training_in_one_go(case: str) -> None:
    data = parts()
    whole, begun = trained(data, GRID, case), trained(data, GRID, case, epochs=2)
    later = trained(data, GRID, case, state=begun.state)
    assert whole.state.parameters.tobytes() == later.state.parameters.tobytes()
    for name, curve in whole.curves.items():
        assert curve[:, 2:].tobytes() == later.curves[name].tobytes()


@pytest.mark.parametrize("case", ["plain", "dropout", "batch norm", "stops early"])
def test_going_on_within_the_first_epoch_equals_training_in_one_go(case: str) -> None:
    def noisy(X: npt.NDArray[Any], rng: np.random.Generator) -> npt.NDArray[Any]:
        changed: npt.NDArray[Any] = X + rng.normal(size=X.shape).astype(X.dtype)
        return changed

    data = parts()
    whole, state = trained(data, GRID, case, augment=noisy), None
    for share in (0.1, 0.5, 0.9):
        state = trained(data, GRID, case, epochs=share, state=state, augment=noisy).state
    later = trained(data, GRID, case, state=state, augment=noisy)
    for row in range(len(GRID)):
        same(whole, row, later, row)


def test_inputs_made_when_they_are_asked_for_give_the_same_bits() -> None:
    data = parts()
    lazy = [replace(part, X_train=Lazy(part.X_train), X_val=Lazy(part.X_val)) for part in data]
    first, second = trained(data, GRID, "plain"), trained(lazy, GRID, "plain")
    for row in range(len(GRID)):
        same(first, row, second, row)


def test_what_augments_draws_the_same_for_each_fold_as_alone() -> None:
    def noisy(X: npt.NDArray[Any], rng: np.random.Generator) -> npt.NDArray[Any]:
        changed: npt.NDArray[Any] = X + rng.normal(size=X.shape).astype(X.dtype)
        return changed

    data = parts()
    stack = trained(data, GRID, "plain", augment=noisy)
    for row, (trial, fold) in enumerate(GRID):
        same(stack, row, trained(data[fold], [(trial, fold)], "plain", augment=noisy))


def test_what_augments_draws_the_same_when_other_trials_keep_a_fold_in_the_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def moved(X: npt.NDArray[Any], rng: np.random.Generator) -> npt.NDArray[Any]:
        factors = rng.uniform(0.5, 1.5, (len(X), 1)).astype(X.dtype)
        changed: npt.NDArray[Any] = X * factors + rng.normal(size=X.shape).astype(X.dtype)
        return changed

    monkeypatch.setattr("hpsearch.nn.folds._GATHER_BYTES", 2 * F * 16 * 12 * 4)  # two batches of each fold
    data = parts()
    stack = trained(data, GRID, "stops early", epochs=9, augment=moved)
    for trial in range(T):
        alone = trained(data, [(trial, fold) for fold in range(F)], "stops early", epochs=9, augment=moved)
        for fold in range(F):
            same(stack, trial * F + fold, alone, fold)


def test_a_fold_that_diverges_leaves_the_others_alone() -> None:
    data = parts()
    bad = replace(data[1], X_train=data[1].X_train * np.float32(1e15))
    stack, sound = trained([data[0], bad, data[2]], GRID, "plain"), trained(data, GRID, "plain")
    for row, (_, fold) in enumerate(GRID):
        assert (stack.diverged[row] > 0) == (fold == 1)
        if fold != 1:
            same(stack, row, sound, row)


def test_training_parts_of_different_lengths_are_refused() -> None:
    first, second, _ = parts()
    shorter = replace(second, X_train=second.X_train[1:], y_train=second.y_train[1:])
    with pytest.raises(ValueError, match="training parts of \\[82, 83\\] rows"):
        trained([first, shorter], GRID[:2], "plain")


def test_sizes_count_the_folds_of_a_trial() -> None:
    shape = Architecture(64, (32, 32), 10)
    work = Work(shape, "momentum", 32, 1000, 300)
    batches = (32 + 8) * (64 + 10) * 4
    assert bytes_needed(replace(work, folds=5)) > bytes_needed(work, 5) + 5 * batches
    alone, folded = (best_stack_size(replace(work, folds=folds)) for folds in (1, 5))
    assert 1 < folded <= alone // 5
    assert best_stack_size(replace(work, folds=1000)) == 1
