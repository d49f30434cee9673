"""The experiments of the courses: each finds what the course says, within loose bounds."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hpsearch.config import load_spec
from hpsearch.nn.diagnostics import Activity, activity
from hpsearch.nn.training import initial
from hpsearch.objectives.network.single import Single
from hpsearch.objectives.network.workload import prepare_data
from tests.cli.conftest import Hpsearch

Table = Callable[..., list[dict[str, str]]]
COURSES = Path(__file__).parents[2] / "configs" / "courses"
#: Configurations of MNIST run on the built-in digits here, or on a file that the test makes.
DIGITS = ("--set", "objective.dataset=digits")


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
        path = COURSES / f"{name}.yaml"
        in_place = DIGITS if "mnist" in path.read_text() else ()  # its files are not ours to bring
        done = hpsearch("check", str(path), *in_place)
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
    for row in table("optimizers", *DIGITS):
        if row["status"] == "done":
            best[row["optimizer"]] = min(best.get(row["optimizer"], 99.0), float(row["val_loss"]))
    assert len(best) == 7
    assert best["sgd"] == max(best.values())
    assert min(best.values()) < 0.7 * best["sgd"]


def spreads(activation: str, initializer: str, std: float = 0.01) -> list[Activity]:
    """What the first network of activations.yaml makes of the digits, layer by layer."""
    sets = {"activation": activation, "initializer": initializer, "init_std": std}
    overrides = [(f"--set {name}={value}", f"objective.{name}={value}") for name, value in sets.items()]
    spec = load_spec(COURSES / "activations.yaml", overrides)
    single = Single(spec.objective.model_dump(), prepare_data(spec), 0, 1)
    parameters = initial(single.network, single.settings, [0]).parameters
    return activity(single.network, parameters, single.data.X_train[:200])


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


def test_relu_with_he_learns_where_a_small_constant_does_not(table: Table) -> None:
    found = {
        (row["activation"], row["initializer"], row["init_std"]): row["val_acc"]
        for row in table("activations")
    }
    assert float(found["relu", "he", ""]) > 0.9
    assert float(found["relu", "normal", "0.01"]) < 0.3


def test_he_is_the_fastest_with_relu(table: Table) -> None:
    loss = {row["initializer"]: float(row["val_loss"]) for row in table("initializers")}
    assert loss["normal"] > 2.2
    assert loss["zeros"] > 2.2
    assert loss["he"] < 0.3
    assert loss["he"] < loss["lecun"]
    assert max(loss["glorot"], loss["lecun"], loss["orthogonal"]) < 0.6


def test_with_batch_norm_nearly_every_scale_learns(table: Table) -> None:
    learned = {"off": 0, "before": 0}
    for row in table("batch_norm"):
        learned[row["batch_norm"]] += row["status"] == "done" and float(row["val_acc"]) > 0.8
    assert learned["before"] >= 12
    assert learned["off"] <= 5


def test_a_large_network_learns_few_rows_by_heart_and_decay_or_dropout_hold_it_back(
    table: Table, folder: Path
) -> None:
    rng = np.random.default_rng(0)
    centres, y = rng.normal(size=(10, 64)), np.arange(600) % 10
    np.savez(folder / "noisy.npz", X=centres[y] + rng.normal(0, 2.5, (600, 64)), y=y)
    rows = table(
        "overfitting",
        "--set",
        "objective.dataset.source=noisy.npz",
        "--set",
        "objective.dataset.scaling=standard",
        # as many rows to learn from as of MNIST, and no more for validation
        "--set",
        "objective.dataset.split=[0.5, 0.5]",
        # the part of its grid that is looked at
        "--set",
        "space.weight_decay.choices=[0, 0.1]",
        "--set",
        "space.dropout.choices=[0, 0.2]",
        "--trials",
        "4",
    )
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
