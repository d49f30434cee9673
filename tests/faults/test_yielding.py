"""A function that yields is suspended in its worker; what is lost with one begins again, to the same results."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch
from tests.faults.conftest import results

#: Every fifth trial kills its worker, once, when it is trained on, and with it what is suspended there.
MODULE = """\
import os, random, signal

def train(lr, seed, epochs):
    random.seed(seed)
    loss = 1.0
    with open("begun", "a") as file:
        file.write("x")
    for epoch in range(epochs):
        if epoch == 1 and seed % 5 == 0 and os.path.exists("deadly") and not os.path.exists(f"killed{seed}"):
            open(f"killed{seed}", "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        loss *= 1 - lr * random.random()
        yield {"loss": loss + random.random() / 100}
"""
CONFIG = """\
objective: {kind: python, function: train.py:train, epochs: 9}
space: {lr: {scale: log, low: 1e-3, high: 1}}
search: {trials: 24, metric: loss, confirm: {top: 2, seeds: 2}}
dispatch: {paused: 24}
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it needs signals")
def test_the_results_are_the_same_whoever_dies_and_wherever_it_goes_on(
    folder: Path, hpsearch: Hpsearch, real_hpsearch: Hpsearch
) -> None:
    (folder / "train.py").write_text(MODULE)
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "deadly").touch()
    ended = real_hpsearch("run", "config.yaml", "--workers", "2", "--set", "name=deadly")
    assert ended.returncode == 0, ended.stderr
    deaths = len(list(folder.glob("killed*")))
    assert deaths
    assert f"{deaths} process" in ended.stderr
    (folder / "deadly").unlink()
    (folder / "begun").unlink()

    assert hpsearch("run", "config.yaml", "--set", "name=alone").returncode == 0
    begun = (folder / "begun").read_text()
    fresh = sum(result.replicate > 0 for result in results(folder / "runs/alone"))
    assert len(begun) == 24 + fresh, "each trial was begun once, and went on from rung to rung"
    expected = written(folder, "alone")
    assert written(folder, "deadly") == expected

    journal = folder / "runs/alone/journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: len(lines) * 2 // 3]))
    assert hpsearch("resume", "alone").returncode == 0
    assert written(folder, "alone") == expected


def written(folder: Path, run: str) -> list[object]:
    """The results, and the curves in any order."""
    files = folder / "runs" / run
    return [(files / "results.csv").read_bytes(), sorted((files / "curves.csv").read_text().splitlines())]
