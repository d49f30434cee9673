"""Searches whose streams are closed, full, or read by somebody who goes away: they go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch
from tests.faults.conftest import results

SPACE = "space: {x: {scale: linear, low: 0, high: 1}}\nsearch: {trials: 10}\n"
PYTHON = 'objective: {kind: python, function: "train.py:train"}\n' + SPACE
TRAIN = 'import time\ndef train(x):\n    time.sleep(0.02)\n    print("printed", x)\n    return x\n'


@pytest.fixture
def run(folder: Path) -> Path:
    (folder / "train.py").write_text(TRAIN)
    (folder / "config.yaml").write_text(PYTHON)
    return folder / "runs/config"


def shell(folder: Path, line: str) -> int:
    """The exit status of a shell's line, in which `$RUN` is a search."""
    command = f"{sys.executable} -m hpsearch run config.yaml"
    environment = {**os.environ, "RUN": command}
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, timeout=100, check=False
    ).returncode


def test_a_reader_who_goes_away_ends_no_search(folder: Path, run: Path) -> None:
    """The first line comes before the first trial; the rest finds nobody."""
    assert shell(folder, 'set -o pipefail; $RUN 2>&1 | (read line; echo "$line" >first)') == 0
    assert (folder / "first").read_text().strip()
    assert len(results(run)) == 10


@pytest.mark.parametrize("executor", ["local", "serial"])
@pytest.mark.parametrize("streams", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_place_for_a_journal(
    streams: str, executor: str, folder: Path, run: Path
) -> None:
    assert shell(folder, f"$RUN --executor {executor} {streams}") == 0
    assert [result.status for result in results(run)] == ["done"] * 10


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_messages_that_cannot_be_written_end_no_search(folder: Path, run: Path, hpsearch: Hpsearch) -> None:
    assert shell(folder, "$RUN 2>/dev/full") == 0
    assert len(results(run)) == 10
    assert shell(folder, f"{sys.executable} -m hpsearch show config >/dev/full 2>told") == 2
    assert (folder / "told").read_text().startswith("standard output: cannot be written: No space left")
