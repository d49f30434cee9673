"""`doctor` and `train` as a user has them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.cli.conftest import Hpsearch


def test_doctor_passes_a_sound_configuration(hpsearch: Hpsearch) -> None:
    done = hpsearch("doctor", "config.yaml", "--set", "objective.lr=0.1")
    assert done.returncode == 0, done.stderr
    assert [line[:4] for line in done.stdout.splitlines()] == ["pass"] * 9
    assert done.stderr == "config.yaml: 9 pass, 0 warn, 0 fail\n"


def test_doctor_names_what_fails_and_the_remedy(hpsearch: Hpsearch) -> None:
    done = hpsearch("doctor", "config.yaml", "--set", "initializer=zeros", "--json")
    assert done.returncode == 1
    failed = {
        check["name"]: check["remedy"] for check in json.loads(done.stdout) if check["verdict"] == "fail"
    }
    assert set(failed) == {"small batch", "layer 1"}
    assert all(failed.values())


def test_doctor_says_what_was_done_to_a_table(hpsearch: Hpsearch, folder: Path) -> None:
    rows = [f"{i % 7},{'' if i % 9 == 0 else i / 10},5,{'ab'[i % 2]}" for i in range(60)]
    (folder / "t.csv").write_text("\n".join(["age,gap,same,target", *rows]))
    done = hpsearch("doctor", "config.yaml", "--set", "dataset=t.csv", "--json")
    found = {check["name"]: check for check in json.loads(done.stdout)}
    assert found["source"]["verdict"] == "warn"
    assert "column 'same' is left out: it has one value only" in found["source"]["found"]
    assert found["missing values"]["found"] == "0 rows with NaN or infinity; gaps were filled in gap"


def test_train_shows_curves_and_a_diagnosis_and_saves_a_model(hpsearch: Hpsearch, folder: Path) -> None:
    done = hpsearch("train", "config.yaml", "--set", "lr=0.1", "--save", "m.npz")
    assert done.returncode == 0, done.stderr
    assert [line[:12] for line in done.stderr.splitlines()] == [f"epoch {e} of 4" for e in range(1, 5)]
    assert done.stdout.startswith("4 epochs: train loss ")
    assert any(case in done.stdout for case in ("low bias", "high bias", "high variance"))
    again = hpsearch("train", "config.yaml", "--set", "lr=0.1", "--json", "--quiet")
    assert again.stderr == ""
    assert len(json.loads(again.stdout)["curves"]["val_acc"]) == 4
    with np.load(folder / "m.npz") as model:
        assert model["0.weight"].shape == (64, 16)
        assert model["factor"].shape == (64,)
        assert model["classes"].tolist() == list("0123456789")


def test_a_saved_model_is_what_the_initializer_file_starts_from(hpsearch: Hpsearch) -> None:
    first = hpsearch("train", "config.yaml", "--set", "lr=0.1", "--save", "m.npz", "--json")
    weights = ("--set", "initializer=file", "--set", "init_file=m.npz", "--set", "lr=1e-9")
    second = hpsearch("train", "config.yaml", *weights, "--json")
    assert second.returncode == 0, second.stderr
    accuracies = [json.loads(done.stdout)["metrics"]["val_acc"] for done in (first, second)]
    assert accuracies[0] == accuracies[1]
    other = hpsearch("train", "config.yaml", *weights, "--set", "hidden=[8]")
    assert other.returncode == 2
    assert "objective.init_file: " in other.stderr
    assert "0.weight has shape (64, 16), and this network needs (64, 8)" in other.stderr


def test_a_search_is_continued_with_the_weights_it_was_begun_with(hpsearch: Hpsearch, folder: Path) -> None:
    for name, seed in (("m.npz", "1"), ("other.npz", "2")):
        assert hpsearch("train", "config.yaml", "--seed", seed, "--save", name, "--quiet").returncode == 0
    text = (
        (folder / "config.yaml")
        .read_text()
        .replace("epochs: 4", "epochs: 4, initializer: file, init_file: m.npz")
    )
    (folder / "from.yaml").write_text(
        text.replace("name: small", "name: from").replace("trials: 14", "trials: 4")
    )
    assert hpsearch("run", "from.yaml", "--quiet").returncode == 0
    assert hpsearch("resume", "from", "--trials", "5", "--quiet").returncode == 0
    assert hpsearch("reproduce", "from", "0").returncode == 0
    weights = (folder / "m.npz").read_bytes()
    (folder / "m.npz").write_bytes((folder / "other.npz").read_bytes())
    for command in (["resume", "from", "--trials", "6"], ["reproduce", "from", "0"], ["evaluate", "from"]):
        refused = hpsearch(*command)
        assert refused.returncode == 2
        assert "the file objective.init_file is not what " in refused.stderr
    (folder / "m.npz").write_bytes(weights)
    assert hpsearch("resume", "from", "--trials", "6", "--quiet").returncode == 0


def test_a_divergence_says_what_to_try(hpsearch: Hpsearch) -> None:
    done = hpsearch("train", "config.yaml", "--set", "lr=1000")
    assert (done.returncode, done.stdout) == (1, "")
    assert "diverged: the loss exploded in epoch 1; try\n  a lower lr: --set lr=100\n" in done.stderr


def test_train_goes_on_from_a_trial_with_another_lr(hpsearch: Hpsearch, folder: Path) -> None:
    assert hpsearch("run", "config.yaml", "--quiet").returncode == 0
    best = json.loads(hpsearch("show", "small", "--json", "--top", "1").stdout)["best"][0]
    trial = best["trial"]
    done = hpsearch("train", "config.yaml", "--from", f"small:{trial}", "--set", "lr=1e-9", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["metrics"]["val_acc"]
    assert found == best["metrics"]["val_acc"]
    for source, message in (
        ("small:99", "the run has no trial 99"),
        ("small", "must be RUN:TRIAL, such as digits:17"),
        ("smal:1", "no run 'smal'"),
    ):
        refused = hpsearch("train", "config.yaml", "--from", source)
        assert refused.returncode in (2, 3)
        assert message in refused.stderr


def test_a_regression_from_the_command_line(hpsearch: Hpsearch, folder: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    np.savez(folder / "houses.npz", X=X, y=1000 + 100 * X[:, 0] * X[:, 1])
    (folder / "houses.yaml").write_text(
        "objective: {kind: mlp, dataset: {source: houses.npz, task: regression}, loss: mse, epochs: 8}\n"
        "space: {lr: {scale: log, low: 1e-3, high: 0.3}}\nsearch: {trials: 6, confirm: off}\n"
    )
    done = hpsearch("run", "houses.yaml", "--quiet")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("Best-1(val r2:0.")
    trained = hpsearch("train", "houses.yaml", "--set", "lr=0.05", "--quiet", "--save", "m.npz")
    assert trained.returncode == 0, trained.stderr
    assert "train r2 0." in trained.stdout


def test_a_model_cannot_be_saved_nowhere(hpsearch: Hpsearch) -> None:
    for name in ("m.txt", "nowhere/m.npz"):
        done = hpsearch("train", "config.yaml", "--save", name)
        assert done.returncode == 2
        assert "must end in .npz, in a folder that exists" in done.stderr
