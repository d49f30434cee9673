from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.nn import diagnostics
from hpsearch.nn.diagnostics import bias_and_variance, by_heart, check_data, check_network
from hpsearch.nn.diagnostics.by_heart import check_by_heart, small_batch
from hpsearch.nn.network import Architecture
from hpsearch.nn.settings import Settings


class Arrays(Struct, frozen=True):
    X_train: npt.NDArray[Any]
    y_train: npt.NDArray[Any]
    X_val: npt.NDArray[Any]
    y_val: npt.NDArray[Any]


def good() -> Arrays:
    rng = np.random.default_rng(0)
    y = np.arange(200) % 3
    X = (rng.normal(size=(200, 6)) + y[:, None]).astype(np.float32)
    return Arrays(X[:150], y[:150], X[150:], y[150:])


def spoiled(what: str) -> Arrays:
    data = good()
    X = data.X_train.copy()
    if what == "missing values":
        X[3, 2] = np.nan
    elif what == "constant columns":
        X[:] = 1
    elif what == "scale":
        X[:, 1] *= 1000
    elif what == "classes":
        return replace(data, y_train=data.y_train % 2)
    return replace(data, X_train=X)


CLASSES = ("a", "b", "c")
NET, HOW = Architecture(6, (16, 16), 3), Settings("momentum", 32, {"lr": 0.1, "momentum": 0.9})


def test_good_data_passes() -> None:
    assert {check.verdict for check in check_data(good(), CLASSES)} == {"pass"}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("missing values", "fail"),
        ("constant columns", "fail"),
        ("classes", "fail"),
        ("scale", "warn"),
        ("train and validation", "warn"),
    ],
)
def test_what_is_wrong_with_data_is_named_with_its_remedy(name: str, verdict: str) -> None:
    with np.errstate(invalid="ignore"):
        apart = ["1 of 6 inputs"] if name == "train and validation" else []
        found = {check.name: check for check in check_data(spoiled(name), CLASSES, apart)}
    assert (found[name].verdict, bool(found[name].remedy)) == (verdict, True)


def test_columns_that_teach_nothing_or_hardly_count_are_named() -> None:
    data = good()
    X = data.X_train.copy()
    X[:, 2], X[:, 4] = 7, X[:, 4] / 5000
    for images, wanted in ((False, "warn"), (True, "pass")):
        checks = check_data(
            replace(data, X_train=X, X_val=X[:50]), CLASSES, images=images, filled=("age", "income")
        )
        found = {check.name: check for check in checks}
        assert (found["constant columns"].verdict, found["scale"].verdict) == (wanted, wanted)
        assert found["constant columns"].found == "1 of 6; column 2 (counted from 0)"
        assert found["missing values"].found == "0 rows with NaN or infinity; gaps were filled in age, income"
    assert "column 4 (counted from 0)" in next(
        check.found for check in check_data(replace(data, X_train=X), CLASSES) if check.name == "scale"
    )
    named = list(check_data(replace(data, X_train=X), CLASSES, names=["a", "b", "job=chef", "d", "e", "f"]))
    assert "1 of 6; column 'job=chef'" in [check.found for check in named]


@pytest.fixture
def by_heart_in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that ask what the other checks say."""
    monkeypatch.setattr(by_heart, "score_by_heart", lambda *_: 1.0)


def verdicts(architecture: Architecture, settings: Settings, data: Arrays) -> dict[str, str]:
    return {check.name: check.verdict for check in check_network(architecture, settings, data, seed=0)}


@pytest.mark.parametrize("batch_norm", ["off", "before", "after"])
def test_a_good_network_passes(batch_norm: Any) -> None:
    found = verdicts(dataclasses.replace(NET, batch_norm=batch_norm), HOW, good())
    assert list(found) == ["first loss", "gradient", "small batch", "layer 1", "layer 2"]
    assert set(found.values()) == {"pass"}


def test_regularisers_do_not_keep_it_from_learning_a_small_batch() -> None:
    hyper = {**HOW.hyper, "dropout": 0.9, "l1": 1.0, "weight_decay": 1.0}
    found = verdicts(
        dataclasses.replace(NET, dropout="inverted"), dataclasses.replace(HOW, hyper=hyper), good()
    )
    assert (found["small batch"], found["gradient"]) == ("pass", "pass")


@pytest.mark.parametrize(
    ("architecture", "lr", "said"),
    [
        (dataclasses.replace(NET, initializer="zeros"), 0.1, {"layer 1": "fail", "small batch": "fail"}),
        (dataclasses.replace(NET, hidden=(64, 64)), 1e-9, {"small batch": "warn"}),
    ],
)
def test_a_network_that_does_not_learn_is_named(
    architecture: Architecture, lr: float, said: dict[str, str]
) -> None:
    how = dataclasses.replace(HOW, hyper={**HOW.hyper, "lr": lr})
    assert verdicts(architecture, how, good()).items() >= said.items()


@pytest.mark.usefixtures("by_heart_in_no_time")
@pytest.mark.parametrize(("initializer", "activation"), [("normal", "sigmoid"), ("variance_scaling", "tanh")])
def test_a_layer_that_passes_little_on_is_named(initializer: str, activation: str) -> None:
    shape = dataclasses.replace(NET, initializer=initializer, activation=activation)
    scale = 1000.0 if initializer == "variance_scaling" else 1.0
    how = dataclasses.replace(HOW, hyper={**HOW.hyper, "init_scale": scale, "init_std": 0.01})
    assert verdicts(shape, how, good())["layer 2"] == "warn"


@pytest.mark.parametrize(
    ("reached", "verdict"), [(1.0, "pass"), (0.97, "warn"), (0.8, "warn"), (0.5, "fail"), (0.1, "fail")]
)
def test_much_of_a_small_batch_is_no_failure(
    reached: float, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_heart, "score_by_heart", lambda *_: reached)
    assert verdicts(NET, HOW, good())["small batch"] == verdict


def test_a_loss_that_classes_are_hardly_learned_from_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_heart, "score_by_heart", lambda *_: 0.1)
    checks = {
        check.name: check
        for check in check_network(dataclasses.replace(NET, loss="mae"), HOW, good(), seed=0)
    }
    assert "loss: cross_entropy" in checks["small batch"].remedy


@pytest.mark.usefixtures("by_heart_in_no_time")
def test_first_weights_that_are_too_large() -> None:
    how = dataclasses.replace(HOW, hyper={**HOW.hyper, "init_std": 5.0})
    assert verdicts(dataclasses.replace(NET, initializer="normal"), how, good())["first loss"] == "fail"


@pytest.mark.usefixtures("by_heart_in_no_time")
def test_large_inputs_are_blamed_and_not_the_backward_pass() -> None:
    data = good()
    large = replace(data, X_train=data.X_train * 1e5, X_val=data.X_val * 1e5)
    found = {check.name: check for check in check_network(NET, HOW, large, seed=0)}
    assert found["gradient"].verdict == "pass"
    for name in ("first loss", "layer 1"):
        assert found[name].verdict == "fail"
        assert "scale the inputs: scaling: standard" in found[name].remedy


@pytest.mark.parametrize("activation", ["relu", "rrelu", "prelu"])
def test_batch_normalization_is_looked_at_as_in_its_first_step(activation: str) -> None:
    """Its averages know nothing yet: with them, large first weights would look like an explosion."""
    shape = dataclasses.replace(NET, batch_norm="before", activation=activation, initializer="normal")
    how = dataclasses.replace(HOW, hyper={**HOW.hyper, "init_std": 0.5})
    assert set(verdicts(shape, how, good()).values()) == {"pass"}


def remedies(architecture: Architecture) -> list[str]:
    checks = check_network(architecture, HOW, good(), seed=0)
    return [check.remedy for check in checks if check.verdict != "pass" and check.name.startswith("layer")]


@pytest.mark.usefixtures("by_heart_in_no_time")
@pytest.mark.parametrize(("activation", "best"), [("relu", "he"), ("tanh", "glorot"), ("selu", "lecun")])
def test_the_initializer_that_is_named_goes_with_the_activation(activation: str, best: str) -> None:
    said = remedies(dataclasses.replace(NET, initializer="zeros", activation=activation))
    assert said
    assert all(f"use initializer: {best}, or batch_norm: before" in remedy for remedy in said)


@pytest.mark.usefixtures("by_heart_in_no_time")
def test_an_initializer_that_is_there_already_is_not_named() -> None:
    said = remedies(dataclasses.replace(NET, hidden=(2,) * 60, initializer="he_uniform"))
    assert said
    assert all("use batch_norm: before" in remedy and "initializer" not in remedy for remedy in said)


def test_the_four_cases() -> None:
    cases = [
        bias_and_variance(*accuracies)[0] for accuracies in ((1, 0.99), (1, 0.8), (0.8, 0.79), (0.8, 0.6))
    ]
    starts = ("low bias and low variance", "high variance", "high bias", "high bias and high variance")
    assert all(case.startswith(f"{start}:") for case, start in zip(cases, starts, strict=True))
    assert bias_and_variance(0.8, 0.79, wanted=0.75)[0].startswith("low bias and low variance")


def test_what_few_rows_may_show_by_chance_is_not_called_variance() -> None:
    case, helps = bias_and_variance(1.0, 0.95, error=0.04)
    assert case.startswith("low bias, and too few new rows to tell the variance:")
    assert helps == ["more validation rows (dataset.split), or folds, tell whether it is high"]
    assert bias_and_variance(1.0, 0.95, error=0.01)[0].startswith("high variance:")
    case, helps = bias_and_variance(0.8, 0.75, error=0.04)
    assert case.startswith("high bias, and too few new rows to tell the variance:")
    assert len(helps) > 1


def test_a_network_that_does_as_well_on_new_rows_is_seldom_said_to_have_variance() -> None:
    rng, metric = np.random.default_rng(0), Metric.named("val_acc")
    for rows in (20, 50, 200, 1000):
        new = (rng.binomial(rows, 0.9, 2000) / rows).tolist()
        said = [bias_and_variance(0.9, value, error=metric.standard_error(value, rows))[0] for value in new]
        assert np.mean(["high variance" in case for case in said]) < 0.05


def test_inputs_that_hardly_differ_are_said() -> None:
    flat = replace(good(), X_train=good().X_train * np.float32(0.001) + np.float32(0.5))
    found = {check.name: check for check in check_data(flat, CLASSES)}
    assert found["scale"].verdict == "warn"
    assert "hardly differ" in found["scale"].remedy


NUMBERS = Architecture(2, (16,), 1, loss="mse", task="regression")


def sorted_numbers() -> Arrays:
    """Rows in the order of their target, whose first ones hardly differ in it."""
    rng = np.random.default_rng(0)
    X = np.stack([np.linspace(-1.7, 1.7, 600), rng.normal(size=600)], axis=1).astype(np.float32)
    y = (1.2 * X[:, 0]).astype(np.float32) ** 3
    return Arrays(X, y, X[::5], y[::5])


def small(architecture: Architecture, data: Arrays) -> diagnostics.Check:
    checks = check_network(architecture, HOW, data, seed=0)
    return next(check for check in checks if check.name == "small batch")


def test_numbers_in_order_are_learned_by_heart() -> None:
    found = small(NUMBERS, sorted_numbers())
    assert found.verdict == "pass"
    assert re.fullmatch(r"r2 (0\.[89]\d|1\.00) on 32 rows learned by heart in 300 steps", found.found)


def test_a_network_that_cannot_learn_numbers_fails() -> None:
    given, rows = sorted_numbers(), np.random.default_rng(0).permutation(600)
    drawn = (given.X_train[rows], given.y_train[rows], 0)
    found = check_by_heart(dataclasses.replace(NUMBERS, initializer="zeros"), HOW, *drawn)
    assert (found.verdict, "cannot learn" in found.remedy) == ("fail", True)
    steps = dataclasses.replace(HOW, hyper={"lr": 1e-9, "momentum": 0.0})
    assert check_by_heart(NUMBERS, steps, *drawn).verdict == "warn"


def test_classes_in_order_are_not_learned_for_there_being_one() -> None:
    """A network that only ever gives one class passed, where the file begins with it."""
    order = np.argsort(good().y_train, kind="stable")
    ordered = replace(good(), X_train=good().X_train[order], y_train=good().y_train[order])
    assert small(dataclasses.replace(NET, initializer="zeros"), ordered).verdict == "fail"


def test_a_score_has_no_share_below_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_heart, "score_by_heart", lambda *_: -138911.15)
    found = check_by_heart(NUMBERS, HOW, sorted_numbers().X_train, sorted_numbers().y_train, 0)
    assert (found.verdict, found.found) == (
        "fail",
        "r2 below 0 on 32 rows learned by heart in 300 steps; r2 below 0 with adam",
    )


def test_rows_that_contradict_each_other_are_not_asked_for() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, size=(200, 6)).astype(np.float32)
    noisy = Arrays(X, rng.integers(0, 3, size=200), X, rng.integers(0, 3, size=200))
    chosen, _ = small_batch(noisy.X_train, noisy.y_train, "classification")
    assert len(np.unique(chosen, axis=0)) == len(chosen) == 32
    found = check_by_heart(dataclasses.replace(NET, hidden=(64, 64)), HOW, noisy.X_train, noisy.y_train, 0)
    assert found.verdict == "pass"


def test_a_rare_number_is_among_those_that_are_learned() -> None:
    X = np.arange(1000, dtype=np.float32)[:, None]
    y = np.where(np.arange(1000) == 777, 5, 0).astype(np.float32)
    _, numbers = small_batch(X, y, "regression")
    assert len(numbers) == 32
    assert numbers.mean() == pytest.approx(0, abs=1e-6)
    assert numbers.std() == pytest.approx(1)
    same, zeros = small_batch(X[:40] * 0, y[:40], "regression")
    assert len(same) == 32
    assert not zeros.any()
