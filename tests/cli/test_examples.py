"""Every example that the project shows is run as it is."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import pytest

from hpsearch.runs import read
from tests.cli.conftest import Hpsearch

EXAMPLES = Path(__file__).parents[2] / "configs" / "examples"


def best(folder: Path, name: str) -> dict[str, str]:
    with (folder / "runs" / name / "results.csv").open() as file:
        return next(csv.DictReader(file))


def test_every_example_is_tested() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == {"sklearn_svm", "pytorch", "shell", "awk"}


def test_scikit_learn(folder: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", str(EXAMPLES / "sklearn_svm.yaml"), "--trials", "12", timeout=100)
    assert ended.returncode == 0, ended.stderr
    assert float(best(folder, "sklearn_svm")["accuracy"]) > 0.95


@pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="PyTorch is not installed: pip install torch"
)
def test_pytorch(folder: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", str(EXAMPLES / "pytorch.yaml"), "--trials", "9", timeout=300)
    assert ended.returncode == 0, ended.stderr
    assert float(best(folder, "pytorch")["val_acc"]) > 0.6


def test_shell(folder: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", str(EXAMPLES / "shell.yaml"))
    assert ended.returncode == 0, ended.stderr
    assert best(folder, "shell")["size"] == "500"


def test_awk(folder: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", str(EXAMPLES / "awk.yaml"))
    assert ended.returncode == 0, ended.stderr
    assert float(best(folder, "awk")["mse"]) < 0.05
    results = read(folder / "runs/awk/journal.jsonl").results
    assert {result.epochs for result in results} >= {1, 3, 9, 27, 81}
    assert {result.status for result in results} <= {"done", "diverged"}
