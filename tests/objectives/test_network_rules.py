from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpsearch.config import dump_yaml
from hpsearch.core.errors import SpecError
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.optimizers import OPTIMIZERS
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.nn.settings import hyperparameters
from hpsearch.objectives.network.settings import NetworkSettings
from hpsearch.objectives.network.workload import prepare_data

RATE = {"scale": "linear", "low": 0.05, "high": 0.2}
NORMS = {"choices": ["off", "after"]}
ACTIVATIONS_TRIED = {"choices": ["relu", "selu"]}
REGRESSION = {"source": "houses.npz", "task": "regression"}
UNITS = {"scale": "linear", "low": 4, "high": 8}


def test_the_names_are_those_of_the_registries() -> None:
    fields = {
        "activation": set(ACTIVATIONS),
        "initializer": {*INITIALIZERS, "file"},
        "optimizer": set(OPTIMIZERS),
        "lr_schedule": set(SCHEDULES),
        "loss": set(LOSSES),
    }
    assert {name: set(NetworkSettings.names_of(name)) for name in fields} == fields


def test_every_number_of_the_network_is_a_hyperparameter() -> None:
    assert set(hyperparameters()) <= set(NetworkSettings.searchable())


OBJECTIVES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"initializer": "file"}, {}, "objective.initializer: file needs the weights to start from"),
    ({"init_file": "w.npz"}, {}, "objective.init_file: is not read, unless the initializer is file"),
    (
        {"initializer": "file", "init_file": "w.npz"},
        {"hidden_units": UNITS},
        "space.hidden_units: cannot be searched with the initializer file",
    ),
    (
        {"alpha_dropout": 0.1},
        {},
        "objective.alpha_dropout: goes with the activation selu only, which may be relu here; set it to selu",
    ),
    (
        {},
        {"activation": {"choices": ["relu", "selu", "elu"]}, "alpha_dropout": RATE},
        "space.alpha_dropout: goes with the activation selu only, which may be elu, relu here",
    ),
    (
        {"activation": "selu", "alpha_dropout": 0.1, "dropout": 0.1},
        {},
        "objective.alpha_dropout: cannot be used together with dropout",
    ),
    (
        {"dataset": {"source": "houses.npz", "task": "regression"}, "loss": "cross_entropy"},
        {},
        "objective.loss: must be mse or mae for regression; cross_entropy is for classes",
    ),
    (
        {
            "dataset": {"source": "houses.npz", "task": "regression"},
            "loss": "mse",
            "label_smoothing": 0.1,
        },
        {},
        "objective.label_smoothing: is for classes",
    ),
    (
        {"dataset": {"source": "houses.npz", "task": "regression"}, "class_weights": "balanced"},
        {},
        "objective.class_weights: is for classes",
    ),
    (
        {"batch_norm": "before", "batch_size": 1},
        {},
        "objective.batch_size: must be at least 2 with batch_norm: one row has no variance (got 1)",
    ),
    (
        {},
        {"batch_norm": {"choices": ["off", "after"]}, "batch_size": {"scale": "log", "low": 1, "high": 64}},
        "space.batch_size: must be at least 2 with batch_norm",
    ),
    (
        {"batch_size": 1},
        {"batch_size": {"choices": [16, 32], "when": {"batch_norm": "off"}}, "batch_norm": NORMS},
        "objective.batch_size: must be at least 2 with batch_norm",
    ),
    (
        {"batch_size": 1, "batch_norm": "after"},
        {"batch_norm": {"choices": ["off"], "when": {"activation": "tanh"}}},
        "objective.batch_size: must be at least 2 with batch_norm",
    ),
    (
        {"activation": "relu"},
        {"alpha_dropout": {"choices": [0, 0.1]}},
        "space.alpha_dropout: goes with the activation selu only, which may be relu here",
    ),
    (
        {"alpha_dropout": 0.1},
        {"activation": ACTIVATIONS_TRIED, "alpha_dropout": {**RATE, "when": {"activation": "selu"}}},
        "objective.alpha_dropout: goes with the activation selu only, which may be relu here",
    ),
    (
        {"activation": "selu", "dropout": 0.1},
        {"alpha_dropout": RATE},
        "space.alpha_dropout: cannot be used together with dropout",
    ),
    (
        {"activation": "selu"},
        {"alpha_dropout": RATE, "dropout": {"choices": [0, 0.5]}},
        "space.alpha_dropout: cannot be used together with dropout",
    ),
    (
        {},
        {"initializer": {"choices": ["he", "file"]}},
        "space.initializer: file needs the weights to start from: give objective.init_file",
    ),
    (
        {"dataset": REGRESSION, "loss": "mse"},
        {"loss": {"choices": ["mse", "cross_entropy"]}},
        "space.loss: must be mse or mae for regression; cross_entropy is for classes",
    ),
    (
        {"dataset": REGRESSION, "loss": "mse"},
        {"label_smoothing": RATE},
        "space.label_smoothing: is for classes",
    ),
]


#: Rates and decays that are no shares, wherever they come from.
@pytest.mark.parametrize("name", ["dropout", "input_dropout", "alpha_dropout", "momentum", "label_smoothing"])
def test_a_share_of_all_is_refused(problems: Any, name: str) -> None:
    given = {"scale": "linear", "low": 0.0, "high": 1.0}
    base = {"kind": "mlp", "dataset": "digits", "activation": "selu"}
    for sections, path in (
        ({"objective": {**base, name: 1.0}}, f"objective.{name}"),
        ({"objective": base, "space": {name: given}}, f"space.{name}.high"),
        ({"objective": base, "space": {name: {"choices": [0.1, 1.0]}}}, f"space.{name}.choices[1]"),
    ):
        (found,) = problems(**sections)
        assert re.match(rf"config.yaml:\d+: {re.escape(path)}: must be below 1 \(got 1", found), found


#: What is fine because of a condition, or of what the search never reaches.
FINE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"activation": "selu", "alpha_dropout": 0.1}, {}),
    (
        {},
        {
            "activation": {"choices": ["relu", "selu"]},
            "alpha_dropout": {**RATE, "when": {"activation": "selu"}},
        },
    ),
    (
        {},
        {
            "activation": ACTIVATIONS_TRIED,
            "alpha_dropout": {**RATE, "when": {"activation": "selu"}},
            "dropout": {**RATE, "when": {"activation": "relu"}},
        },
    ),
    ({}, {"batch_norm": NORMS, "batch_size": {"choices": [1, 2], "when": {"batch_norm": "off"}}}),
    (
        {"init_file": "w.npz"},
        {
            "initializer": {"choices": ["he", "file"]},
            "hidden_units": {**UNITS, "when": {"initializer": "he"}},
        },
    ),
    ({"batch_norm": "before", "batch_size": 2}, {}),
    ({"batch_size": 1}, {}),
]


@pytest.mark.parametrize(("objective", "space"), FINE)
def test_combinations_that_can_be(load: Any, objective: dict[str, Any], space: dict[str, Any]) -> None:
    space = {"lr": {"scale": "log", "low": 0.001, "high": 1}, **space}
    load(objective={"kind": "mlp", "dataset": "digits", **objective}, space=space)


def test_a_metric_of_the_other_task(load: Any, problems: Any) -> None:
    regression = {"kind": "mlp", "loss": "mse", "dataset": {"source": "houses.npz", "task": "regression"}}
    assert load(objective=regression).search.metric == "val_r2"
    assert load(objective=regression).search.goal == "maximize"
    digits = {"kind": "mlp", "dataset": "digits"}
    for objective, metric, other in (
        (regression, "val_acc", "val_r2, val_mae, val_rmse"),
        (regression, "val_auc", "val_r2, val_mae, val_rmse"),
        (digits, "val_r2", "val_acc, val_auc, val_f1, val_balanced_acc, val_log_loss"),
        (digits, "val_mae", "val_acc, val_auc, val_f1, val_balanced_acc, val_log_loss"),
    ):
        (found,) = problems(objective=objective, search={"metric": metric})
        assert "search.metric: is not reported for" in found
        assert f"take {other} or val_loss" in found


def test_early_stopping_may_be_off(load: Any) -> None:
    text = "objective: {kind: mlp, dataset: digits, early_stopping: off, batch_norm: off}\n"
    spec = load(text + "space: {lr: {scale: log, low: 0.001, high: 1}}\n")
    assert (spec.objective.early_stopping, spec.objective.batch_norm) == (0, "off")


@pytest.mark.parametrize(("objective", "space", "problem"), OBJECTIVES)
def test_combinations_that_cannot_be(
    problems: Any, objective: dict[str, Any], space: dict[str, Any], problem: str
) -> None:
    sections = {
        "objective": {"kind": "mlp", "dataset": "digits", **objective},
        "space": {"lr": {"scale": "log", "low": 0.001, "high": 1}, **space},
    }
    found = problems(**sections)
    assert len(found) == 1
    assert found[0].startswith("config.yaml:")
    assert problem in found[0]


@pytest.mark.parametrize("arrays", [None, {"0.weight": np.zeros((3, 3))}])
def test_weights_that_do_not_fit_are_reported_with_their_line(
    load: Any, tmp_path: Path, arrays: dict[str, Any] | None
) -> None:
    if arrays is not None:
        np.savez(tmp_path / "w.npz", **arrays)
    objective = {"kind": "mlp", "dataset": "digits", "initializer": "file", "init_file": "w.npz"}
    with pytest.raises(SpecError) as error:
        prepare_data(load(objective=objective))
    wanted = (
        "no such file" if arrays is None else "0.weight has shape (3, 3), and this network needs (64, 64)"
    )
    assert str(error.value).startswith(f"{tmp_path}/config.yaml:5: objective.init_file: {tmp_path}/w.npz: ")
    assert wanted in str(error.value)


def test_an_area_of_one_class_is_refused_before_the_first_trial(load: Any, tmp_path: Path) -> None:
    inputs = np.arange(16.0).reshape(8, 2)
    np.savez(tmp_path / "d.npz", X=inputs, y=np.arange(8) % 2)
    np.savez(tmp_path / "val.npz", X=inputs, y=np.zeros(8, int))
    dataset = {"source": "d.npz", "validation": "val.npz", "split": [1]}
    spec = load(objective={"kind": "mlp", "dataset": dataset}, search={"metric": "val_auc"})
    with pytest.raises(SpecError) as error:
        prepare_data(spec)
    wanted = "search.metric: val_auc needs rows of two classes or more, and the validation part has those of 0 only"
    assert wanted in str(error.value)


def test_a_metric_that_takes_too_much_memory_is_refused_as_that(load: Any, tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", X=np.arange(40_000.0)[:, None], y=np.arange(40_000) % 2)
    dataset = {"source": "d.npz", "split": [0.1, 0.9]}
    objective, dispatch = {"kind": "mlp", "dataset": dataset, "hidden": [2]}, {"memory": 3}
    with pytest.raises(SpecError) as error:
        prepare_data(load(objective=objective, search={"metric": "val_auc"}, dispatch=dispatch))
    assert "search.metric: val_auc of " in str(error.value)
    assert "MB; rank by another, or raise dispatch.memory" in str(error.value)


@pytest.mark.parametrize(
    ("objective", "space", "where"),
    [
        (
            {"hidden": [9000, 9000]},
            {},
            "config.yaml:4: objective.hidden: the network 64 x 9000 x 9000 x 10 needs 1,935 MB",
        ),
        (
            {"hidden": [64]},
            {"hidden_units": {"scale": "log", "low": 8, "high": 16384}, "hidden_layers": {"choices": [1, 9]}},
            "space.hidden_units: the network 64 x 16384 x 16384",
        ),
    ],
)
def test_a_network_too_large_for_a_worker_is_refused_with_its_size(
    load: Any, objective: dict[str, Any], space: dict[str, Any], where: str
) -> None:
    given = {"kind": "mlp", "dataset": "digits", **objective}
    space = {"lr": {"scale": "log", "low": 0.001, "high": 1}, **space}
    with pytest.raises(SpecError) as error:
        prepare_data(load(objective=given, space=space))
    assert where in str(error.value)
    assert "MB to train, and a worker may take 256 MB" in str(error.value)
    if not space.get("hidden_units"):
        prepare_data(load(objective=given, space=space, dispatch={"memory": 2000}))


def test_augmentation_of_what_is_no_image_is_refused(load: Any) -> None:
    augment = {"rotate": 10, "flip": "on"}
    prepare_data(load(objective={"kind": "mlp", "dataset": "digits", "augment": augment}))
    with pytest.raises(
        SpecError, match=r"config.yaml:5: objective.augment.rotate: needs images, .* have shape \(2\)"
    ):
        prepare_data(load(objective={"kind": "mlp", "dataset": "moons", "augment": augment}))


def test_augmentation_is_written_and_read_back(load: Any) -> None:
    augment = {"shift": 1, "flip": "on"}
    spec = load(objective={"kind": "mlp", "dataset": "digits", "augment": augment})
    assert load(dump_yaml(spec)) == spec
    assert (spec.objective.augment.shift, spec.objective.augment.flip) == (1, 0.5)


PIECES = ("shift", "rotate", "scale", "flip", "noise")


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("where", ["space", "objective", "conditional"])
def test_a_piece_of_augmentation_of_what_is_no_image_is_refused(load: Any, piece: str, where: str) -> None:
    name = f"augment_{piece}"
    objective: dict[str, Any] = {"kind": "mlp", "dataset": "moons"}
    space: dict[str, Any] = {}
    if where == "space":
        space = {name: {"choices": [0, 0.5]}}
    elif where == "objective":
        objective |= {name: 0.5, "augment": {piece: 0}}
    else:
        objective |= {"augment": {piece: 0.5}}
        space = {name: {"choices": [0], "when": {"activation": "tanh"}}}
    spec = load(objective=objective, space={**space, "lr": {"choices": [0.1, 0.2]}})
    with pytest.raises(SpecError) as error:
        prepare_data(spec)
    (problem,) = error.value.problems
    path = f"objective.augment.{piece}" if where == "conditional" else f"{where}.{name}"
    assert (problem.path, problem.line) == (path, {"space": 5, "objective": 4, "conditional": 5}[where])
    assert "needs images, rows of shape (height, width)" in problem.message


def test_a_piece_that_is_switched_off_by_itself_counts_as_off(load: Any) -> None:
    objective = {"kind": "mlp", "dataset": "moons", "augment": {"shift": 1}, "augment_shift": 0}
    prepare_data(load(objective=objective))


def test_augmentation_without_its_library_names_the_extra(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpsearch.objectives.network.feasibility.find_spec", lambda name: None)
    objective = {"kind": "mlp", "dataset": "digits", "augment": {"flip": "on", "noise": 0.1}}
    prepare_data(load(objective=objective))  # these need no library
    with pytest.raises(
        SpecError, match=r"space.augment_rotate: needs SciPy: .*pip install 'hpsearch\[images\]'"
    ):
        prepare_data(load(objective=objective, space={"augment_rotate": {"choices": [0, 5]}}))


def test_images_are_not_moved_by_more_than_their_size(load: Any) -> None:
    space = {"augment_shift": {"scale": "linear", "low": 0, "high": 8}}
    with pytest.raises(SpecError, match=r"must be smaller than the images, 8 x 8 pixels \(got 8"):
        prepare_data(load(space=space))


def test_what_a_space_may_be_named_to_search_of_augmentation(problems: Any) -> None:
    (found,) = problems(space={"augment": {"choices": ["on", "off"]}})
    assert "space.augment: cannot be searched: it holds several; search augment_shift, " in found
    first, second = problems(space={"augment_flip": {"choices": ["on", "off"]}})
    assert "space.augment_flip.choices[0]: must be a number (got 'on')" in first
    assert "space.augment_flip.choices[1]: must be a number (got 'off')" in second
