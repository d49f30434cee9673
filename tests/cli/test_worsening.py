"""A metric that gets worse with every epoch, as a person's own function may report one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch

FUNCTION = """\
def train(x, y, epochs):
    return {"val_loss": 0.3 + (x - 0.4) ** 2 + (y - 0.6) ** 2 + 0.02 * (epochs - 1)}
"""
CONFIG = """\
name: worse
objective: {kind: python, function: f.py:train, epochs: 27}
space:
  x: {scale: linear, low: 0, high: 1}
  y: {scale: linear, low: 0, high: 1}
search: {trials: 60, metric: val_loss, fit: off}
"""


@pytest.fixture
def worse(folder: Path) -> Path:
    """A folder with such a function and its search."""
    (folder / "f.py").write_text(FUNCTION)
    (folder / "worse.yaml").write_text(CONFIG)
    return folder


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "runs/worse/results.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_longest_trained_rank_first_and_it_is_said(worse: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", "worse.yaml")
    assert ended.returncode == 0, ended.stderr
    lengths = [int(row["epochs"]) for row in rows(worse)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths.count(27) <= 60 / 9
    said = " ".join(ended.stderr.split())
    assert "val loss was best by epoch 3 in " in said
    assert "fewer epochs, or search.value: best; those trained for longer rank first" in said
    assert "val loss was best by epoch 3 in " in " ".join(hpsearch("show", "worse").stderr.split())
    # The advice can be followed.
    ended = hpsearch("refine", "worse", "--trials", "4", "--set", "search.value=best")
    assert ended.returncode == 0, ended.stderr


def test_by_its_best_epoch_a_trial_ranks_as_it_was_then(worse: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", "worse.yaml", "--set", "search.value=best")
    assert ended.returncode == 0, ended.stderr
    ranked = rows(worse)
    assert [float(row["val_loss"]) for row in ranked] == sorted(float(row["val_loss"]) for row in ranked)
    assert {row["best_epoch"] for row in ranked if row["epochs"] in ("9", "27")} <= {
        "1",
        "3",
    }  # as they began
    assert f"| epoch {ranked[0]['best_epoch']} of 27\n" in (worse / "runs/worse/results.txt").read_text()
    with (worse / "runs/worse/curves.csv").open() as file:
        curve = [row for row in csv.DictReader(file) if row["trial"] == ranked[0]["trial"]]
    assert curve == []  # it gives one number for each rung
    assert "reproduced to the bit" in hpsearch("reproduce", "worse", ranked[0]["trial"]).stdout
    assert "rank first" not in ended.stdout
    before = (worse / "runs/worse/results.csv").read_bytes()
    assert hpsearch("resume", "worse").returncode == 0
    assert (worse / "runs/worse/results.csv").read_bytes() == before
    assert hpsearch("resume", "worse", "--set", "search.value=last").returncode == 2
