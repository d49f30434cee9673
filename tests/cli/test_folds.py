"""A search by cross-validation, from the data to the exported model."""

from __future__ import annotations

import csv
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch import load_model
from hpsearch.objectives.network.temperature import tempered
from tests.cli.conftest import Hpsearch

DIGITS = """\
name: folds
objective: {kind: mlp, dataset: {source: digits, limit: 403, split: {folds: 4}}, hidden: [16], epochs: 4}
space:
  lr: {scale: log, low: 1e-3, high: 1}
  activation: {choices: [relu, tanh]}
search: {trials: 9, round_size: 4, halving: {eta: 2, min_epochs: 1}, confirm: {top: 2, seeds: 2}}
"""
TABLE = """\
name: folds
objective:
  kind: mlp
  dataset: {source: table.csv, target: income, split: {folds: 3, test: 0.25}}
  hidden: [8]
  early_stopping: 1
  lr: 0.5
  epochs: 6
space: {weight_decay: {scale: log, low: 1e-5, high: 1e-2}}
search: {trials: 3, halving: off, confirm: off}
"""


@pytest.fixture
def config(folder: Path, request: pytest.FixtureRequest) -> Path:
    """The configuration of the test's parameter, and a table with gaps."""
    draw = random.Random(0)
    rows = []
    for _ in range(200):
        age, hours = draw.randrange(20, 70), draw.randrange(10, 60)
        rich = (">50K", "<=50K")[age + hours + draw.gauss(0, 10) < 80]
        rows.append(f"{'' if draw.random() < 0.1 else age},{hours},{draw.choice(['cook', 'clerk'])},{rich}")
    (folder / "table.csv").write_text("\n".join(["age,hours,job,income", *rows]) + "\n")
    path = folder / "folds.yaml"
    path.write_text(request.param)
    return path


@pytest.mark.parametrize("config", [DIGITS, TABLE], indirect=True, ids=["digits", "table"])
def test_from_data_to_a_model(config: Path, hpsearch: Hpsearch, real_hpsearch: Hpsearch) -> None:
    assert real_hpsearch("run", "folds.yaml", "--workers", "2").returncode == 0
    folder = config.parent / "runs/folds"
    results = (folder / "results.csv").read_bytes()
    assert hpsearch("run", "folds.yaml", "--overwrite").returncode == 0
    assert (folder / "results.csv").read_bytes() == results
    rows = 403 - 81 if config.read_text() == DIGITS else 150
    tested = 81 if config.read_text() == DIGITS else 50

    reproduced = hpsearch("reproduce", "folds", "1")
    assert reproduced.returncode == 0
    assert "reproduced to the bit" in reproduced.stdout
    evaluated = json.loads(hpsearch("evaluate", "folds", "--json").stdout)
    assert (evaluated["trained_on"], evaluated["rows"]) == (rows, tested)
    assert evaluated["test_acc"] > 0.6
    for state in (folder / "checkpoints").glob("trial*"):
        state.unlink()  # a saved state is a cache
    again = json.loads(hpsearch("evaluate", "folds", "--json").stdout)
    assert again == {**evaluated, "earlier_uses": 1}

    assert hpsearch("export", "folds", "--to", "model", "-o", "m.npz").returncode == 0
    model = load_model(config.parent / "m.npz")
    assert model.origin["refit"] is True
    assert model.origin["epochs"] == evaluated["epochs"]
    if config.read_text() == TABLE:
        predicted = hpsearch("predict", "m.npz", "table.csv").stdout.splitlines()
        assert len(predicted) == 201


@pytest.mark.parametrize("config", [DIGITS], indirect=True)
def test_a_resumed_search_is_the_whole_one(config: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "folds.yaml").returncode == 0
    folder = config.parent / "runs/folds"
    results, journal = (folder / "results.csv").read_bytes(), folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: len(lines) // 2]))
    assert hpsearch("resume", "folds").returncode == 0
    assert (folder / "results.csv").read_bytes() == results
    with (folder / "curves.csv").open() as file:
        assert {"trial", "epoch"} <= set(next(csv.reader(file)))
    shown = hpsearch("show", "folds", "--json")
    assert shown.returncode == 0
    assert "322 validation rows" in hpsearch("show", "folds").stderr + hpsearch("resume", "folds").stderr


@pytest.mark.parametrize("config", [DIGITS], indirect=True)
def test_doctor_and_train_take_the_first_fold(config: Path, hpsearch: Hpsearch) -> None:
    doctor = hpsearch("doctor", "folds.yaml")
    assert "in 241 training rows" in doctor.stdout
    assert hpsearch("run", "folds.yaml").returncode == 0
    trained = hpsearch("train", "folds.yaml", "--from", "folds:0", "--json")
    assert trained.returncode == 0, trained.stderr
    assert json.loads(trained.stdout)["epochs"] == 4


@pytest.mark.parametrize("config", [DIGITS], indirect=True)
@pytest.mark.parametrize(
    ("split", "words"),
    [
        ("{folds: 40}", "folds.yaml:2: objective.dataset: split {folds: 40}: found 39 rows of class"),
        ("{folds: 1}", "folds.yaml:2: objective.dataset.split.folds: must be at least 2"),
        (
            "{folds: 3, tset: 0}",
            "folds.yaml:2: objective.dataset.split.tset: unknown key; did you mean 'test'?",
        ),
        ("{folds: 3, test: 1}", "folds.yaml:2: objective.dataset.split.test: must be below 1 (got 1)"),
    ],
)
def test_mistakes_are_named(config: Path, hpsearch: Hpsearch, split: str, words: str) -> None:
    config.write_text(DIGITS.replace("{folds: 4}", split))
    ended = hpsearch("run", "folds.yaml")
    assert ended.returncode == 2
    assert words in ended.stderr


@pytest.mark.parametrize("config", [DIGITS], indirect=True)
def test_folds_without_a_test_part_have_nothing_to_evaluate(config: Path, hpsearch: Hpsearch) -> None:
    config.write_text(DIGITS.replace("{folds: 4}", "{folds: 2, test: 0}"))
    assert hpsearch("run", "folds.yaml", "--trials", "2").returncode == 0
    assert "or folds with a test part" in hpsearch("evaluate", "folds").stderr


@pytest.mark.parametrize("config", [DIGITS], indirect=True)
def test_the_memory_of_a_worker_counts_the_folds(config: Path, hpsearch: Hpsearch) -> None:
    config.write_text(DIGITS.replace("hidden: [16]", "hidden: [1000, 1000]"))
    ended = hpsearch("run", "folds.yaml", "--set", "dispatch.memory=40")
    assert ended.returncode == 2
    assert (
        "MB to train in 4 folds, and a worker may take 40 MB; make it smaller, take fewer folds"
        in ended.stderr
    )


LONGER = TABLE.replace("early_stopping: 1", "early_stopping: 9").replace("epochs: 6", "epochs: 120")


@pytest.mark.parametrize("config", [LONGER], indirect=True, ids=["table"])
def test_a_mean_has_networks_of_all_rows_and_of_each_fold(
    config: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hpsearch("run", "folds.yaml").returncode == 0
    ended = hpsearch("export", "folds", "--to", "model", "--best", "2", "-o", "mean.npz")
    said = re.search(r"\(3 folds of each, (\d+) % linear\)", ended.stderr)
    assert said
    mean = load_model(config.parent / "mean.npz")
    one = replace(mean, others=(), weights=(), temperature=1.0)
    linear = [shape for shape, _ in mean.networks if not shape.hidden]
    assert (
        len({parameters.tobytes() for _, parameters in mean.networks})
        == len(mean.networks)
        == 8 + len(linear)
    )
    assert len(linear) == 4  # one of all rows; the logarithm of the odds is linear in what the table has
    assert sum(mean.weights) == pytest.approx(1)
    assert sum(mean.weights[-4:]) == pytest.approx(int(said[1]) / 100)
    assert mean.temperature != 1
    rows = {"age": [30, 60], "hours": [20, 50], "job": ["cook", "clerk"]}
    of_each = [
        replace(one, architecture=shape, parameters=own).predict_proba(rows) for shape, own in mean.networks
    ]
    each = np.average(of_each, axis=0, weights=mean.weights)
    np.testing.assert_allclose(mean.predict_proba(rows), tempered(each, mean.temperature))
    evaluated = hpsearch("evaluate", "folds", "--best", "2").stdout
    assert f"the mean of these models {said[0]}:" in evaluated
    monkeypatch.setattr("hpsearch.actions.crew.LONG", 0.0)  # so that workers take part
    assert hpsearch("export", "folds", "--to", "model", "--best", "2", "-o", "again.npz").returncode == 0
    assert (config.parent / "again.npz").read_bytes() == (config.parent / "mean.npz").read_bytes()


@pytest.mark.parametrize("config", [LONGER], indirect=True, ids=["table"])
def test_the_folds_of_the_search_tell_the_share_of_a_line_where_rows_are_many(
    config: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpsearch.actions.model._BAGGED_ROWS", 0)
    assert hpsearch("run", "folds.yaml").returncode == 0
    ended = hpsearch("export", "folds", "--to", "model", "--best", "2", "-o", "mean.npz")
    said = re.search(r"\(3 seeds of each, (\d+) % linear\)", ended.stderr)
    assert said, ended.stderr
    mean = load_model(config.parent / "mean.npz")
    assert [bool(shape.hidden) for shape, _ in mean.networks] == [True] * 6 + [False]
    assert len({parameters.tobytes() for _, parameters in mean.networks}) == 7
    assert sum(mean.weights) == pytest.approx(1)
    assert mean.weights[-1] == pytest.approx(int(said[1]) / 100)
    assert mean.temperature == 1
    for state in (config.parent / "runs/folds/checkpoints").glob("trial*.npz"):
        state.unlink()  # then what it tells is trained again
    assert hpsearch("export", "folds", "--to", "model", "--best", "2", "-o", "again.npz").returncode == 0
    assert (config.parent / "again.npz").read_bytes() == (config.parent / "mean.npz").read_bytes()


NUMBERS = LONGER.replace("target: income", "target: age").replace("lr: 0.5", "lr: 0.002\n  batch_norm: after")


@pytest.mark.parametrize("config", [NUMBERS], indirect=True, ids=["numbers"])
def test_a_plain_network_has_a_share_of_numbers_that_are_in_doubt(config: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "folds.yaml").returncode == 0
    ended = hpsearch("export", "folds", "--to", "model", "--best", "2", "-o", "mean.npz")
    said = re.search(r"3 seeds and 3 folds of each, (\d+) % plain", ended.stderr)
    assert said, ended.stderr
    mean = load_model(config.parent / "mean.npz")
    plain = [shape.hidden == (100,) for shape, _ in mean.networks]
    assert sum(plain) == 6
    assert all(shape.batch_norm == "off" for shape, _ in mean.networks if shape.hidden != (8,))
    assert sum(np.array(mean.weights)[plain]) == pytest.approx(int(said[1]) / 100, abs=0.005)
    assert sum(mean.weights) == pytest.approx(1)


@pytest.mark.parametrize("config", [TABLE], indirect=True, ids=["table"])
def test_a_mean_is_made_of_networks_that_start_from_a_file(config: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("train", "folds.yaml", "--save", "start.npz").returncode == 0
    begun = TABLE.replace("lr: 0.5", "lr: 0.5\n  initializer: file\n  init_file: start.npz")
    config.write_text(begun.replace("trials: 3", "trials: 1"))
    assert hpsearch("run", "folds.yaml").returncode == 0
    ended = hpsearch("export", "folds", "--to", "model")
    assert ended.returncode == 0, ended.stderr
