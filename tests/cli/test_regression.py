"""From a table of numbers to a measured model: what each command says, and that all agree."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from hpsearch.config import load_spec
from hpsearch.data.preparation import prepare, prepare_whole
from hpsearch.data.spec import DatasetSpec, Folds
from hpsearch.objectives.network.model_file import load_model
from hpsearch.objectives.network.settings import network_of
from tests.cli.conftest import Hpsearch

CONFIG = """\
name: p
objective: {kind: mlp, dataset: {source: houses.csv, target: price, scaling: SCALING}, hidden: [8], epochs: 9}
space: {lr: {scale: log, low: 1e-3, high: 0.1}}
search: {trials: 4, round_size: 4, confirm: off}
"""


def write_houses(path: Path, rows: int = 400, seed: int = 0, far: float = 0.0) -> None:
    rng = np.random.default_rng(seed)
    lines = ["size,rooms,town,price"]
    for _ in range(rows):
        size, rooms, town = rng.normal(100 + far, 20), rng.integers(1, 6), rng.choice(["Bern", "Ulm"])
        price = 3000 * size + 20_000 * rooms + 50_000 * (town == "Bern") + rng.normal(0, 5000)
        lines.append(f"{'' if rng.random() < 0.05 else round(size, 1)},{rooms},{town},{price:.2f}")
    path.write_text("\n".join(lines) + "\n")


def r2(true: ArrayLike, found: ArrayLike) -> float:
    """What scikit-learn calls `r2_score`, whose import takes longer than these tests."""
    true, found = np.asarray(true, np.float64), np.asarray(found, np.float64)
    return float(1 - ((true - found) ** 2).sum() / ((true - true.mean()) ** 2).sum())


@pytest.fixture
def houses(folder: Path) -> Path:
    write_houses(folder / "houses.csv")
    return folder


def test_a_table_of_numbers_becomes_a_model_in_three_commands(houses: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("init", "houses.csv", "--target", "price", "-o", "p.yaml").returncode == 0
    text = (houses / "p.yaml").read_text()
    assert re.search(r"task: regression, split: {folds: 5, test: 0}}\n(  #.*\n)*  loss: mse", text)
    assert "metric: val_r2" in text
    small = (
        "--set",
        "epochs=6",
        "--set",
        "objective.dataset.split={folds: 2, test: 0.2}",
        "--set",
        "search.confirm=off",
        "--trials",
        "8",
    )
    ended = hpsearch("run", "p.yaml", *small)
    assert ended.returncode == 0, ended.stderr
    assert "note: target 'price': numbers, so regression" in ended.stderr
    assert "not alike" not in ended.stderr
    ended = hpsearch("evaluate", "p")
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"test r2: 0\.\d+, 95 % bootstrap interval \S+ to 0\.\d+ \(80 rows\)", ended.stdout)
    assert re.search(r"test mae: \d{4,}.*\ntest rmse: \d{4,}", ended.stdout)
    assert "residuals (the true number less the predicted one): mean" in ended.stdout
    assert "confusion" not in ended.stdout
    assert hpsearch("export", "p", "--to", "model").returncode == 0
    ended = hpsearch("predict", "p.npz", "houses.csv")
    assert ended.returncode == 0, ended.stderr
    rows = list(csv.DictReader(ended.stdout.splitlines()))
    true, found = ([float(row[name]) for row in rows] for name in ("price", "prediction"))
    assert r2(true, found) > 0.5


@pytest.mark.parametrize("scaling", ["standard", "whiten", "tanh"])
def test_what_is_measured_is_what_the_exported_model_predicts(
    scaling: str, houses: Path, hpsearch: Hpsearch
) -> None:
    (houses / "p.yaml").write_text(CONFIG.replace("SCALING", scaling))
    assert hpsearch("run", "p.yaml").returncode == 0
    measured = json.loads(hpsearch("evaluate", "p", "--best", "1", "--json").stdout)
    assert hpsearch("export", "p", "--to", "model", "--best", "1", "-o", "m.npz").returncode == 0
    model = load_model(houses / "m.npz")
    data = prepare(DatasetSpec(str(houses / "houses.csv"), target="price", scaling=scaling), seed=0)
    mean, deviation = data.target
    true = data.y_test.astype(np.float64) * deviation + mean
    found = model.numbers(model.answers(data.X_test))
    assert measured["test_mae"] == pytest.approx(np.abs(true - found).mean())
    assert measured["test_r2"] == pytest.approx(r2(true, found))
    # The same rows, from the file instead of from the prepared data.
    of_file = model.predict(houses / "houses.csv")
    prices = [float(line.rpartition(",")[2]) for line in (houses / "houses.csv").read_text().split()[1:]]
    for price, number in zip(true, found, strict=True):
        assert of_file[int(np.abs(np.array(prices) - price).argmin())] == number
    with (houses / "runs/p/results.csv").open() as file:
        best = next(csv.DictReader(file))
    validated = model.numbers(model.answers(data.X_val))
    assert float(best["val_r2"]) == pytest.approx(
        r2(data.y_val.astype(np.float64) * deviation + mean, validated), abs=1e-5
    )
    refitted = json.loads(hpsearch("evaluate", "p", "--refit", "--json").stdout)
    assert (refitted["trained_on"], refitted["earlier_uses"]) == (320, 1)


@pytest.mark.parametrize("scaling", ["standard", "whiten", "tanh"])
def test_a_model_saved_by_train_predicts_too(scaling: str, houses: Path, hpsearch: Hpsearch) -> None:
    (houses / "p.yaml").write_text(CONFIG.replace("SCALING", scaling))
    ended = hpsearch("train", "p.yaml", "--set", "lr=0.03", "--save", "m.npz", "--json")
    assert ended.returncode == 0, ended.stderr
    ended_at = json.loads(ended.stdout)["metrics"]["val_r2"]
    model = load_model(houses / "m.npz")
    data = prepare(DatasetSpec(str(houses / "houses.csv"), target="price", scaling=scaling), seed=0)
    assert r2(data.y_val, model.answers(data.X_val)[:, 0]) == pytest.approx(ended_at, abs=1e-5)
    ended = hpsearch("predict", "m.npz", "houses.csv", "-o", "out.csv")
    assert ended.returncode == 0, ended.stderr
    with (houses / "out.csv").open() as file:
        assert all(1e4 < float(row["prediction"]) < 1e6 for row in csv.DictReader(file))


@pytest.mark.parametrize("scaling", ["whiten", "tanh"])
def test_folds_of_a_regression_become_one_model_in_the_units_of_the_target(
    scaling: str, houses: Path, hpsearch: Hpsearch
) -> None:
    text = CONFIG.replace("SCALING", f"{scaling}, split: {{folds: 3}}").replace("epochs: 9", "epochs: 20")
    (houses / "p.yaml").write_text(text)
    ended = hpsearch("run", "p.yaml")
    assert ended.returncode == 0, ended.stderr
    assert "note: target 'price': numbers, so regression" in ended.stderr
    measured = json.loads(hpsearch("evaluate", "p", "--json").stdout)
    assert (measured["trained_on"], measured["rows"], measured["epochs"]) == (320, 80, 20)
    assert hpsearch("export", "p", "--to", "model", "-o", "m.npz").returncode == 0
    split = Folds(3)
    spec = DatasetSpec(str(houses / "houses.csv"), target="price", scaling=scaling, split=split)
    data, model = prepare_whole(spec, seed=0), load_model(houses / "m.npz")
    mean, deviation = data.target
    true, found = data.y_test.astype(np.float64) * deviation + mean, model.numbers(model.answers(data.X_test))
    assert measured["test_mae"] == pytest.approx(np.abs(true - found).mean())
    assert measured["test_r2"] == pytest.approx(r2(true, found))
    ended = hpsearch("predict", "m.npz", "houses.csv")
    assert ended.returncode == 0, ended.stderr
    rows = list(csv.DictReader(ended.stdout.splitlines()))
    of_price = {float(row["price"]): float(row["prediction"]) for row in rows}
    for price, number in zip(true, found, strict=True):
        assert of_price[min(of_price, key=lambda known: abs(known - price))] == pytest.approx(number)


def test_folds_and_files_of_their_own(houses: Path, hpsearch: Hpsearch) -> None:
    write_houses(houses / "other.csv", 50, 2)
    (houses / "p.yaml").write_text(CONFIG.replace("SCALING", "standard, split: {folds: 3, test: 0.2}"))
    for setting, words in [
        (
            "validation",
            "objective.dataset.split: cannot be folds, which validate every row: validation is a file",
        ),
        ("test", "objective.dataset.split.test: must be left out: test is a file of its own (got 0.2)"),
    ]:
        ended = hpsearch("check", "p.yaml", "--set", f"objective.dataset.{setting}=other.csv")
        assert ended.returncode == 2
        assert words in ended.stderr
    own = ("--set", "objective.dataset.test=other.csv", "--set", "objective.dataset.split={folds: 3}")
    ended = hpsearch("run", "p.yaml", *own)
    assert ended.returncode == 0, ended.stderr
    measured = json.loads(hpsearch("evaluate", "p", "--json").stdout)
    assert (measured["trained_on"], measured["rows"]) == (400, 50)


def test_files_of_their_own_and_a_shift(houses: Path, hpsearch: Hpsearch) -> None:
    write_houses(houses / "valid.csv", 100, 1, far=60)
    write_houses(houses / "test.csv", 50, 2)
    files = "houses.csv, validation: valid.csv, test: test.csv"
    (houses / "p.yaml").write_text(CONFIG.replace("houses.csv", files).replace("SCALING", "standard"))
    ended = hpsearch("run", "p.yaml")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("training and validation are not alike") == 1
    assert re.search(r"inputs: size \(mean \S+ in training, 1[56]\S+ in validation", ended.stderr)
    measured = json.loads(hpsearch("evaluate", "p", "--json").stdout)
    assert (measured["trained_on"], measured["rows"]) == (400, 50)
    recorded = network_of(load_spec(houses / "runs/p/config.yaml")).dataset
    assert recorded.validation == houses / "valid.csv"
    ended = hpsearch("doctor", "p.yaml", "--json")
    (check,) = [check for check in json.loads(ended.stdout) if check["name"] == "train and validation"]
    assert check["verdict"] == "warn"
    assert "inputs: size (mean" in check["found"]
    for setting, value, words in [
        ("split", "[0.8,0.2]", "objective.dataset.split: has nothing to divide"),
        ("validation", "none.csv", "none.csv: there is no such file"),
        ("validation", "houses.csv", "is the file that is trained on"),
    ]:
        ended = hpsearch("check", "p.yaml", "--set", f"objective.dataset.{setting}={value}")
        assert ended.returncode == 2
        assert words in ended.stderr
    with (houses / "valid.csv").open("a") as file:
        file.write("100,2,Ulm,1.5\n")
    assert "is not what this search was begun with" in hpsearch("resume", "p", "--trials", "5").stderr


def test_the_task_can_be_given(houses: Path, hpsearch: Hpsearch) -> None:
    text = CONFIG.replace("target: price", "target: rooms").replace("SCALING", "standard")
    (houses / "p.yaml").write_text(text)
    assert load_spec(houses / "p.yaml").search.metric == "val_acc"
    assert load_spec(houses / "p.yaml", ["objective.dataset.task=regression"]).search.metric == "val_r2"
    assert network_of(load_spec(houses / "p.yaml", ["objective.dataset.target=price"])).loss == "mse"
    ended = hpsearch(
        "check", "p.yaml", "--set", "objective.dataset.target=price", "--set", "loss=cross_entropy"
    )
    assert ended.returncode == 2
    assert "objective.loss: must be mse or mae for regression" in ended.stderr
    for target, task, words in (
        ("town", "regression", "holds texts ('"),
        ("price", "classification", "fraction"),
    ):
        sets = (f"objective.dataset.target={target}", f"objective.dataset.task={task}")
        ended = hpsearch("check", "p.yaml", "--set", sets[0], "--set", sets[1])
        assert ended.returncode == 2
        assert words in ended.stderr


def test_one_far_target_among_those_for_validation_is_named_and_no_divergence(
    houses: Path, hpsearch: Hpsearch
) -> None:
    lines = (houses / "houses.csv").read_text().splitlines()
    (houses / "v.csv").write_text("\n".join([lines[0], *lines[1:41], "100,3,Ulm,1e12"]) + "\n")
    text = CONFIG.replace("scaling: SCALING", "scaling: standard, validation: v.csv, split: [1.0]")
    (houses / "p.yaml").write_text(text)
    ended = hpsearch("run", "p.yaml", "--trials", "2")
    assert ended.returncode == 0, ended.stderr
    assert "v.csv: price: 1e+12 in row 41 is far from all others" in ended.stderr
    assert "diverged" not in ended.stdout + ended.stderr
    assert "knowing nothing" not in ended.stderr
    made = hpsearch("export", "p", "--to", "model", "-o", "m.npz")
    assert made.returncode == 0, made.stderr
    assert float(load_model(houses / "m.npz").predict(houses / "v.csv")[-1]) < 1e7


@pytest.mark.parametrize(
    ("settings", "part"),
    [("", "the validation part: its 40 rows have"), ("split: {folds: 2}, ", "fold 1: its 160 rows have")],
)
def test_a_metric_that_cannot_be_a_number_is_refused_before_the_first_trial(
    houses: Path, hpsearch: Hpsearch, settings: str, part: str
) -> None:
    lines = (houses / "houses.csv").read_text().splitlines()
    same = [line.rpartition(",")[0] + ",5" for line in lines[1:]]
    (houses / "v.csv").write_text("\n".join([lines[0], *same[:40]]) + "\n")
    (houses / "same.csv").write_text("\n".join([lines[0], *same[:399], lines[400]]) + "\n")
    text = CONFIG.replace("scaling: SCALING", settings or "validation: v.csv, split: [1.0], ")
    if settings:
        text = text.replace("houses.csv", "same.csv").replace(
            "target: price", "target: price, task: regression"
        )
    (houses / "p.yaml").write_text(text)
    ended = hpsearch("run", "p.yaml")
    assert ended.returncode == 2
    assert (
        f"p.yaml:4: search.metric: val_r2 needs variance to explain, and there is none in {part}"
        in ended.stderr
    )
    assert not (houses / "runs").exists()
    ended = hpsearch("run", "p.yaml", "--set", "search.metric=val_loss", "--trials", "1")
    assert ended.returncode == 0, ended.stderr
    assert "Best-1(val loss:" in ended.stdout
    assert "nan" not in ended.stdout
