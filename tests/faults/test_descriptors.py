"""Where too few files may be open a search says so, with the remedy, and goes on when there are enough."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.commands import command, here

CONFIG = """\
name: small
objective: {kind: python, function: "fit.py:fit"}
space: {x: {scale: linear, low: 0, high: 1}}
search: {trials: 4, metric: score, goal: maximize}
dispatch: {workers: 2}
"""
FIT = "def fit(x):\n    return x\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_too_few_descriptors_are_said(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "fit.py").write_text(FIT)
    call = ["bash", "-c", 'ulimit -n 16; exec "$@"', "bash", *command("run", "config.yaml")]
    ended = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 3, ended.stderr
    last = ended.stderr.splitlines()[-1]
    assert "ulimit -n" in last  # said where the search fails to open a file, and where its workers do
    assert "16" in last
    assert "Traceback" not in ended.stderr
    again = here(tmp_path, "run", "config.yaml", "--resume", "--executor", "serial", "--quiet")
    assert again.returncode == 0, again.stderr
    assert here(tmp_path, "show", "small").stdout.count("done") == 4
