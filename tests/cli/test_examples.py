"""Every example that the project shows is run as it is."""

from __future__ import annotations

import csv
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from tests.cli.conftest import Hpsearch

EXAMPLES = Path(__file__).parents[2] / "configs" / "examples"


needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="PyTorch is not installed: pip install torch"
)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "runs" / name / "results.csv").open() as file:
        return list(csv.DictReader(file))


def best(folder: Path, name: str) -> dict[str, str]:
    return rows(folder, name)[0]


def test_every_example_is_tested() -> None:
    tested = {"sklearn_svm", "sklearn_classifiers", "pytorch", "pytorch_network", "shell", "awk"}
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == tested


def test_scikit_learn(folder: Path, real_hpsearch: Hpsearch) -> None:
    ended = real_hpsearch("run", str(EXAMPLES / "sklearn_svm.yaml"), "--trials", "12", timeout=100)
    assert ended.returncode == 0, ended.stderr
    assert float(best(folder, "sklearn_svm")["accuracy"]) > 0.95


def test_a_choice_between_two_models(folder: Path, real_hpsearch: Hpsearch) -> None:
    one = ("--workers", "1")  # scikit-learn takes each worker a second to import
    config = str(EXAMPLES / "sklearn_classifiers.yaml")
    ended = real_hpsearch("run", config, "--trials", "16", *one, timeout=100)
    assert ended.returncode == 0, ended.stderr
    found = rows(folder, "sklearn_classifiers")
    assert {row["classifier"] for row in found} == {"SVC", "RandomForest"}
    assert all(bool(row["svc_c"]) == (row["classifier"] == "SVC") for row in found)
    assert all(bool(row["svc_c"]) != bool(row["rf_max_depth"]) for row in found)
    assert float(found[0]["accuracy"]) > 0.9


@needs_torch
def test_a_network_whose_layers_are_searched(folder: Path, real_hpsearch: Hpsearch) -> None:
    ended = real_hpsearch("run", str(EXAMPLES / "pytorch_network.yaml"), "--trials", "20", timeout=300)
    assert ended.returncode == 0, ended.stderr
    found = rows(folder, "pytorch_network")
    for row in found:
        layers = int(row["n_layers"])
        assert [bool(row[f"n_units_l{i}"]) for i in range(3)] == [i < layers for i in range(3)]
        assert [bool(row[f"dropout_l{i}"]) for i in range(3)] == [i < layers for i in range(3)]
    assert {row["epochs"] for row in found} >= {"1", "10"}
    assert float(found[0]["val_acc"]) > 0.6
    # What was trained in parts is what is trained at once.
    ended = real_hpsearch("reproduce", "pytorch_network", found[0]["trial"], timeout=300)
    assert ended.returncode == 0, ended.stderr


@needs_torch
def test_pytorch(folder: Path, real_hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch) -> None:
    # The `python` of the command is the first on the search path, as in an environment that is activated.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    ended = real_hpsearch("run", str(EXAMPLES / "pytorch.yaml"), "--trials", "9", timeout=300)
    assert ended.returncode == 0, ended.stderr
    assert float(best(folder, "pytorch")["val_acc"]) > 0.6


def test_shell(folder: Path, real_hpsearch: Hpsearch) -> None:
    ended = real_hpsearch("run", str(EXAMPLES / "shell.yaml"))
    assert ended.returncode == 0, ended.stderr
    assert best(folder, "shell")["size"] == "500"


def test_awk(folder: Path, real_hpsearch: Hpsearch) -> None:
    ended = real_hpsearch("run", str(EXAMPLES / "awk.yaml"))
    assert ended.returncode == 0, ended.stderr
    assert float(best(folder, "awk")["mse"]) < 0.05
    results = Run.read(RunFolder(folder / "runs/awk")).results
    assert {result.epochs for result in results} >= {1, 3, 9, 27, 81}
    assert {result.status for result in results} <= {"done", "diverged"}
