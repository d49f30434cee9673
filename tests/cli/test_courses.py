"""The experiments of the courses: each finds what the course says, within loose bounds."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hpsearch.config import load_spec
from hpsearch.nn.diagnostics import Activity, activity
from hpsearch.nn.network import Pass
from hpsearch.nn.parameters import Array
from hpsearch.nn.training import initial
from hpsearch.objectives.network.single import Single
from hpsearch.objectives.network.workload import prepare_data
from tests.cli.conftest import Hpsearch

Table = Callable[..., list[dict[str, str]]]
COURSES = Path(__file__).parents[2] / "configs" / "courses"


def test_every_experiment_is_tested_and_passes_the_check(hpsearch: Hpsearch) -> None:
    names = {path.stem for path in COURSES.glob("*.yaml")}
    assert names == {
        "optimizers",
        "activations",
        "initializers",
        "batch_norm",
        "overfitting",
        "hyperparameters",
        "deep_net",
    }
    for name in names:
        done = hpsearch("check", str(COURSES / f"{name}.yaml"))
        assert done.returncode == 0, done.stderr
        assert "warning" not in done.stderr


@pytest.fixture
def table(hpsearch: Hpsearch, folder: Path) -> Table:
    """Run an experiment; gives the rows of its results.csv."""

    def run(name: str, *more: str) -> list[dict[str, str]]:
        done = hpsearch("run", str(COURSES / f"{name}.yaml"), "--quiet", *more)
        assert done.returncode == 0, done.stderr
        with (folder / "runs" / name / "results.csv").open() as file:
            return list(csv.DictReader(file))

    return run


def test_plain_sgd_stays_behind(table: Table) -> None:
    best: dict[str, float] = {}
    for row in table("optimizers"):
        if row["status"] == "done":
            best[row["optimizer"]] = min(best.get(row["optimizer"], 99.0), float(row["val_loss"]))
    assert len(best) == 7
    assert best["sgd"] == max(best.values())
    assert min(best.values()) < 0.7 * best["sgd"]


def drawn(activation: str, initializer: str, std: float) -> tuple[Single, Array]:
    """The first network of activations.yaml, and its first weights (1, P)."""
    sets = {"activation": activation, "initializer": initializer, "init_std": std}
    overrides = [(f"--set {name}={value}", f"objective.{name}={value}") for name, value in sets.items()]
    spec = load_spec(COURSES / "activations.yaml", overrides)
    single = Single(spec.objective.model_dump(), prepare_data(spec), 0, 1)
    return single, initial(single.network, single.settings, [0]).parameters


def spreads(activation: str, initializer: str, std: float = 0.01) -> list[Activity]:
    """What it makes of the digits, layer by layer."""
    single, parameters = drawn(activation, initializer, std)
    return activity(single.network, parameters, single.data.X_train[:200])


def pulls(activation: str, initializer: str, std: float = 0.01) -> list[float]:
    """How much the weights of each layer are pulled at first: the size of their gradient."""
    single, parameters = drawn(activation, initializer, std)
    gradients = np.zeros_like(parameters)
    X, y = single.data.X_train[:100], single.data.y_train[:100]
    losses = np.empty((1, 100), parameters.dtype)
    Pass(single.network, parameters, gradients, 100, training=True).learn(X, y, losses)
    views = [view for view in single.network.layout.views(gradients) if view]
    return [float(np.sqrt((next(iter(view.values())) ** 2).mean())) for view in views]


def test_what_initializers_do_to_the_signal() -> None:
    assert spreads("sigmoid", "normal", 1.0)[-1].saturated > 0.5
    assert spreads("sigmoid", "normal", 0.01)[-1].spread < 0.05
    glorot = spreads("sigmoid", "glorot")
    assert glorot[-1].saturated < 0.01
    assert glorot[-1].spread > 2 * spreads("sigmoid", "normal", 0.01)[-1].spread
    assert spreads("relu", "normal", 0.01)[-1].spread < 1e-3
    assert spreads("relu", "normal", 1.0)[-1].spread > 100
    he, weaker = spreads("relu", "he"), spreads("relu", "glorot")
    assert 0.3 < he[-1].spread / he[0].spread < 3
    assert weaker[-1].spread < he[-1].spread


def test_what_keeps_the_signal_of_sigmoid_does_not_keep_the_gradient() -> None:
    glorot, wide, relu = pulls("sigmoid", "glorot"), pulls("sigmoid", "normal", 1.0), pulls("relu", "he")
    assert all(0.1 < before / after < 0.35 for before, after in pairwise(glorot[:-1]))
    assert glorot[0] < glorot[-1] / 1000
    assert wide[0] > wide[-1] / 30
    assert wide[0] > 100 * glorot[0]
    assert max(relu) < 10 * min(relu)


def test_of_sigmoid_the_saturated_network_learns_and_of_relu_that_with_he(table: Table) -> None:
    found = {
        (row["activation"], row["initializer"], row["init_std"]): row["val_acc"]
        for row in table("activations")
    }
    assert float(found["relu", "he", ""]) > 0.9
    assert float(found["relu", "normal", "0.01"]) < 0.3
    assert float(found["sigmoid", "normal", "1.0"]) > 0.7
    assert all(float(found["sigmoid", name, ""]) < 0.3 for name in ("glorot", "he"))


def test_he_is_the_fastest_with_relu(table: Table) -> None:
    loss = {row["initializer"]: float(row["val_loss"]) for row in table("initializers")}
    assert loss["normal"] > 2.2
    assert loss["zeros"] > 2.2
    assert loss["he"] < 0.3
    assert loss["he"] < loss["lecun"]
    assert max(loss["glorot"], loss["lecun"], loss["orthogonal"]) < 0.6


@pytest.mark.long
def test_with_batch_norm_nearly_every_scale_learns(table: Table) -> None:
    learned = {"off": 0, "before": 0}
    for row in table("batch_norm"):
        learned[row["batch_norm"]] += row["status"] == "done" and float(row["val_acc"]) > 0.8
    assert learned["before"] >= 12
    assert learned["off"] <= 5


def test_a_large_network_learns_few_rows_by_heart_and_decay_or_dropout_hold_it_back(table: Table) -> None:
    # the part of its grid that is looked at
    part = ("--set", "space.weight_decay.choices=[0, 0.1]", "--set", "space.dropout.choices=[0, 0.2]")
    rows = table("overfitting", *part, "--trials", "4")
    gap = {
        (float(row["weight_decay"]), float(row["dropout"])): (
            float(row["train_loss"]),
            float(row["val_loss"]) - float(row["train_loss"]),
        )
        for row in rows
    }
    assert gap[0, 0][0] < 0.05
    for cure in ((0.1, 0), (0, 0.2)):
        assert gap[cure][0] > gap[0, 0][0]
        assert gap[cure][1] < gap[0, 0][1]


def test_good_learning_rates_lie_close_together(table: Table) -> None:
    rows = table("hyperparameters")
    assert len(rows) == 60
    assert float(rows[0]["val_acc"]) > 0.85
    assert all(1e-3 < float(row["lr"]) < 0.7 for row in rows[:3])


def test_a_deep_net_that_small_weights_cannot_train_and_he_can(table: Table) -> None:
    found = {(row["initializer"], row["batch_norm"]): float(row["val_acc"]) for row in table("deep_net")}
    assert found["normal", "off"] < 0.3
    assert found["he", "off"] > 0.85
    assert found["normal", "before"] > 0.85
