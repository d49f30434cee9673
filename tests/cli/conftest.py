"""The command line as a user has it: a process, in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Hpsearch = Callable[..., subprocess.CompletedProcess[str]]

#: Small and quick, and still every part of a search: rungs, promotions, two shapes, confirmation.
SMALL = """\
name: small
objective: {kind: mlp, dataset: digits, hidden: [16], batch_size: 64, epochs: 4}
space:
  lr: {scale: log, low: 1e-3, high: 1}
  momentum: {scale: one_minus_log, low: 0.5, high: 0.99}
  activation: {choices: [relu, tanh]}
search: {trials: 14, round_size: 4, halving: {eta: 2, min_epochs: 1}, confirm: {top: 2, seeds: 2}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with the small search as config.yaml."""
    (tmp_path / "config.yaml").write_text(SMALL)
    return tmp_path


@pytest.fixture
def hpsearch(folder: Path) -> Hpsearch:
    """Run `hpsearch ARGS` in `folder` to its end."""

    def run(*args: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hpsearch", *args]
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=timeout, check=False
        )

    return run
